import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { beginsWrong, inspectMedia, type Meant } from "./inspect-media.ts";
import { damagedAt, textBody, titleBody, tracksOf, transportStream } from "./media.rig.ts";

const INIT = titleBody("last-tram-to-violet-street/video-240/init.mp4");
const SEGMENT = titleBody("last-tram-to-violet-street/video-240/segment-00001.m4s");
const TRACKS = tracksOf(INIT);
const PAGE = textBody("<!DOCTYPE html>\n<title>Not today</title>");
const SYNC = transportStream(8);

const plain: Meant = {
  url: "http://a/1.m4s",
  listed: undefined,
  tracks: undefined,
  isKnownByName: false,
};
/** As where an MPD names the media, and no playlist. */
const named = (url = "http://a/1.m4s"): Meant => ({ ...plain, url, isKnownByName: true });
const init: Meant = { ...plain, listed: { role: "init", cipher: "none" } };
const listed = (fields: object = {}, url = "http://a/1.m4s"): Meant => ({
  ...plain,
  url,
  listed: { role: "segment", init: "i", cipher: "none", isPart: false, ...fields },
});
const segment: Meant = { ...listed(), tracks: TRACKS };
const encrypted = (cipher: string): Meant => listed({ cipher });
const stream = listed({}, "http://a/1.ts?x=1");

const joined = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

describe("inspectMedia()", () => {
  for (const [rule, bytes, meant, verdict] of [
    ["an initialization section", INIT, init, "sound"],
    ["one without a moov", INIT.slice(0, 32), init, "corrupt"],
    ["one that is cut", INIT.slice(0, -1), init, "corrupt"],
    ["noise in place of one", new Uint8Array(700).fill(7), init, "corrupt"],
    ["one that is packets with their tables", SYNC, init, "sound"],
    ["one that is captions' header", textBody("WEBVTT\n"), init, "sound"],
    ["a segment of it", SEGMENT, segment, "sound"],
    ["a segment of which nothing is known", SEGMENT, plain, "sound"],
    ["one that is cut", SEGMENT.slice(0, -1), plain, "corrupt"],
    ["one with a byte too many", joined(SEGMENT, Uint8Array.of(0)), segment, "corrupt"],
    ["one with a head that is no box any more", damagedAt(SEGMENT, 5, 0x80), segment, "corrupt"],
    ["where it is not known what it was to be", damagedAt(SEGMENT, 5, 0x80), plain, "sound"],
    ["where its name tells", damagedAt(SEGMENT, 5, 0x80), named(), "corrupt"],
    ["one that is sound, known by its name", SEGMENT, named("http://a/1.CMFV?x=.ts"), "sound"],
    ["its initialization section, known by its name", INIT, named("http://a/i.mp4"), "sound"],
    ["timed text of a name that tells nothing", textBody("<tt/>"), named("http://a/1"), "sound"],
    ["an initialization section in its place", INIT, segment, "corrupt"],
    ["a part of an I-frame playlist", SEGMENT.slice(0, 900), listed({ isPart: true }), "sound"],
    ["both in one, of which nothing is known", joined(INIT, SEGMENT), plain, "sound"],
    ["packets of MPEG-TS", SYNC, plain, "sound"],
    ["packets after a few other bytes", joined(new Uint8Array(9), SYNC), stream, "sound"],
    ["packets with a rest", joined(SYNC, Uint8Array.of(1, 2)), stream, "sound"],
    ["packets of which one lost its sync byte", damagedAt(SYNC, 188 * 5), stream, "corrupt"],
    ["noise in place of packets", new Uint8Array(5_000).fill(7), stream, "corrupt"],
    [
      "noise that is encrypted",
      new Uint8Array(4_992).fill(7),
      { ...stream, listed: encrypted("blocks").listed },
      "sound",
    ],
    ["encrypted blocks that are cut", new Uint8Array(4_991), encrypted("blocks"), "corrupt"],
    ["an encrypted stream of any length", new Uint8Array(4_991), encrypted("stream"), "sound"],
    ["packed audio", textBody("ID3\u0004audio"), plain, "sound"],
    ["captions", textBody("WEBVTT\n\n00:01.000 --> 00:02.000\n<b>hello</b>"), plain, "sound"],
    ["timed text", textBody('<?xml version="1.0"?><tt></tt>'), plain, "sound"],
    ["something new", Uint8Array.of(1, 2, 3), plain, "sound"],
    ["a page", PAGE, plain, "not-media"],
    ["a page in place of an encrypted segment", PAGE, encrypted("blocks"), "not-media"],
    ["a page in place of an initialization section", textBody("\n <html>"), init, "not-media"],
  ] as const) {
    test(`${rule}: ${verdict}`, () =>
      assert.equal(inspectMedia(bytes, meant as Meant).verdict, verdict));
  }

  test("tells the tracks of an initialization section", () => {
    const inspected = inspectMedia(INIT, init);
    assert.deepEqual("tracks" in inspected && inspected.tracks, TRACKS);
  });

  test("never throws, whatever the bytes and whatever they are meant to be", () => {
    const meanings = [plain, named(), init, segment, stream, encrypted("blocks")];
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 600 }),
        fc.constantFrom(...meanings),
        fc.constantFrom(INIT, SEGMENT, SYNC, new Uint8Array()),
        (tail, meant, head) => {
          inspectMedia(joined(head.slice(0, tail[0]), tail), meant);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe("beginsWrong()", () => {
  const noise = new Uint8Array(1_024).fill(7);
  for (const [what, start, meant, isWrong] of [
    ["a segment's first bytes", SEGMENT.slice(0, 1_024), segment, false],
    ["noise in their place", noise, segment, true],
    ["nothing at all", new Uint8Array(), segment, true],
    ["noise of which nothing is known", noise, plain, false],
    ["noise of which the name tells", noise, named(), true],
    ["noise that is encrypted", noise, encrypted("blocks"), false],
    ["packets", SYNC.slice(0, 1_024), stream, false],
    ["noise in place of packets", noise, stream, true],
    ["a page", PAGE, plain, true],
  ] as const) {
    test(`${what}: ${isWrong}`, () => assert.equal(beginsWrong(start, meant), isWrong));
  }
});
