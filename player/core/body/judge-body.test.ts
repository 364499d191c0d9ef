import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { judgeBody, type WholeBody } from "./judge-body.ts";
import { damagedAt, textBody, titleBody, tracksOf } from "./media.rig.ts";

const FOLDER = "the-keeper-of-small-lights/video-240";
const INIT = titleBody(`${FOLDER}/init.mp4`);
const SEGMENT = titleBody(`${FOLDER}/segment-00001.m4s`);
const BROKEN = damagedAt(SEGMENT, 3);
const PAGE = textBody("<html>");
const EMPTY = new Uint8Array();

const body = (bytes: Uint8Array<ArrayBuffer>, fields: Partial<WholeBody> = {}): WholeBody => ({
  bytes,
  kind: "segment",
  url: "http://a/1.m4s",
  listed: { role: "segment", init: "i", cipher: "none", isPart: false },
  tracks: tracksOf(INIT),
  isKnownByName: false,
  digest: undefined,
  ...fields,
});
const key = (bytes: Uint8Array<ArrayBuffer>, keyBytes?: number): WholeBody =>
  body(bytes, {
    kind: "key",
    listed: keyBytes === undefined ? undefined : { role: "key", keyBytes },
  });

describe("judgeBody()", () => {
  for (const [rule, judged, expected] of [
    ["a sound segment", body(SEGMENT), "sound"],
    ["one that looks damaged", body(BROKEN), "doubtful corrupt"],
    [
      "one that its digest vouches for is not looked at",
      body(BROKEN, { digest: "matches" }),
      "sound",
    ],
    [
      "one that has another digest, however it looks",
      body(SEGMENT, { digest: "differs" }),
      "wrong corrupt",
    ],
    ["an empty one", body(EMPTY), "doubtful wrong-length"],
    ["an empty one by its digest", body(EMPTY, { digest: "matches" }), "sound"],
    ["a page", body(PAGE), "wrong not-media"],
    ["a key", key(new Uint8Array(16), 16), "sound"],
    ["a key of the wrong length", key(new Uint8Array(15), 16), "wrong wrong-length"],
    ["an empty key", key(EMPTY, 16), "wrong wrong-length"],
    ["a key of which no playlist tells", key(new Uint8Array(15)), "sound"],
    ["a page in place of a key", key(PAGE, 6), "wrong not-media"],
    [
      "a playlist",
      body(textBody("#EXTM3U\n#EXT-X-TARGETDURATION:2"), { kind: "media-playlist" }),
      "sound",
    ],
    ["a page in place of one", body(PAGE, { kind: "media-playlist" }), "wrong not-a-playlist"],
    [
      "half of one",
      body(textBody("#EXTM3U\n"), { kind: "multivariant-playlist" }),
      "doubtful corrupt",
    ],
    ["whatever else", body(PAGE, { kind: "other" }), "sound"],
  ] as const) {
    test(`${rule}: ${expected}`, () => {
      const verdict = judgeBody(judged);
      const words = "reason" in verdict ? `${verdict.verdict} ${verdict.reason}` : verdict.verdict;
      assert.equal(words, expected);
    });
  }

  test("an initialization section is read though its digest vouches for it", () => {
    const verdict = judgeBody(
      body(INIT, {
        listed: { role: "init", cipher: "none" },
        tracks: undefined,
        digest: "matches",
      }),
    );
    assert.deepEqual("tracks" in verdict && verdict.tracks, tracksOf(INIT));
  });
});
