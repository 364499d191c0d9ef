import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { damagedAt, titleBody, titlePaths, tracksOf, viewOf } from "./media.rig.ts";
import { type Box, tileBoxes, tileInside } from "./mp4-boxes.ts";
import { samplesFit, type Tracks } from "./mp4-samples.ts";

const FOLDER = "a-whale-named-tuesday/video-360";
const INIT = titleBody(`${FOLDER}/init.mp4`);
const SEGMENT = titleBody(`${FOLDER}/segment-00002.m4s`);
const TRACKS = tracksOf(INIT) as Tracks;

function fits(bytes: Uint8Array, tracks: Tracks | undefined = TRACKS): boolean {
  const boxes = tileBoxes(viewOf(bytes), 0, bytes.length);
  return boxes !== undefined && samplesFit(viewOf(bytes), boxes, tracks);
}

function boxIn(bytes: Uint8Array, ...path: readonly string[]): Box {
  const view = viewOf(bytes);
  let boxes = tileBoxes(view, 0, bytes.length) ?? [];
  let found: Box | undefined;
  for (const type of path) {
    found = boxes.find((box) => box.type === type);
    boxes = (found && tileInside(view, found)) ?? [];
  }
  return found as Box;
}

describe("readTracks()", () => {
  test("reads how long a NAL unit's length is", () =>
    assert.deepEqual(
      [...TRACKS.values()].map(({ nalLengthBytes }) => nalLengthBytes),
      [4],
    ));
  test("knows no NAL units in sound", () => {
    const tracks = tracksOf(titleBody("a-whale-named-tuesday/audio/init.mp4")) as Tracks;
    assert.deepEqual(
      [...tracks.values()].map(({ nalLengthBytes }) => nalLengthBytes),
      [undefined],
    );
  });
  test("an encrypted description says nothing of its units", () => {
    const encrypted = INIT.slice();
    const at = Buffer.from(encrypted.buffer).indexOf("avc1", boxIn(INIT, "moov").start);
    encrypted.set(Buffer.from("encv"), at);
    assert.deepEqual(
      [...(tracksOf(encrypted) ?? new Map()).values()][0]?.nalLengthBytes,
      undefined,
    );
  });
  test("is undefined for what has no moov", () => assert.equal(tracksOf(SEGMENT), undefined));
});

describe("samplesFit()", () => {
  test("every segment of every title, in picture and sound", () => {
    for (const init of titlePaths("*/*/init.mp4")) {
      const tracks = tracksOf(titleBody(init));
      for (const path of titlePaths(init.replace("init.mp4", "*.m4s"))) {
        assert.ok(fits(titleBody(path), tracks), path);
      }
    }
  });
  test("a segment whose initialization is not known, as far as that goes", () => {
    assert.ok(fits(SEGMENT, undefined));
    assert.ok(fits(SEGMENT, new Map()));
  });
  test("not if a sample grew by a byte", () => {
    const run = boxIn(SEGMENT, "moof", "traf", "trun");
    const flags = viewOf(SEGMENT).getUint32(run.bodyStart) & 0xffffff;
    const firstSizeAt =
      run.bodyStart + 8 + (flags & 1 ? 4 : 0) + (flags & 4 ? 4 : 0) + (flags & 0x100 ? 4 : 0) + 3;
    assert.ok(flags & 0x200);
    assert.ok(!fits(damagedAt(SEGMENT, firstSizeAt, 1), undefined));
  });
  test("not if a NAL unit's length is damaged, wherever it is", () => {
    const { bodyStart } = boxIn(SEGMENT, "mdat");
    const view = viewOf(SEGMENT);
    let at = bodyStart;
    let units = 0;
    for (; at < SEGMENT.length; units += 1) {
      assert.ok(!fits(damagedAt(SEGMENT, at + 3, 0x10)), `unit ${units}`);
      assert.ok(!fits(damagedAt(SEGMENT, at + 4, 0x80)), `head of unit ${units}`);
      at += 4 + view.getUint32(at);
    }
    assert.equal(at, SEGMENT.length);
    assert.ok(units > 40);
  });
  test("not if the picture is all zeros from somewhere on", () => {
    const { start, end } = boxIn(SEGMENT, "mdat");
    const torn = SEGMENT.slice();
    torn.fill(0, Math.floor((start + end) / 2));
    assert.ok(!fits(torn));
  });
  test("damage within a unit is not seen: that takes a digest", () =>
    assert.ok(fits(damagedAt(SEGMENT, SEGMENT.length - 10))));

  test("never throws, and always ends, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, knows) => {
        fits(bytes, knows ? TRACKS : undefined);
        tracksOf(bytes);
      }),
      { numRuns: 2_000 },
    );
  });
  test("never throws, and always ends, wherever a head is damaged", () => {
    const headBytes = boxIn(SEGMENT, "mdat").bodyStart;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(headBytes - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.array(fc.tuple(fc.nat(INIT.length - 1), fc.nat(255)), { maxLength: 3 }),
        (places, initPlaces) => {
          const segment = SEGMENT.slice();
          const init = INIT.slice();
          for (const [at, byte] of places) segment[at] = byte;
          for (const [at, byte] of initPlaces) init[at] = byte;
          fits(segment, tracksOf(init));
        },
      ),
      { numRuns: 500 },
    );
  });
});
