import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { box, bytesOf, decodeTimeBox, joined } from "./made-up-boxes.rig.ts";
import { moveDecodeTime } from "./move-decode-time.ts";

const segment = (...times: readonly Uint8Array[]) =>
  joined([
    box("styp", bytesOf("iso6")),
    box(
      "moof",
      box("mfhd", new Uint8Array(8)),
      ...times.map((time) => box("traf", box("tfhd"), time)),
    ),
    box("mdat", bytesOf("tfdt")),
  ]);

describe("moveDecodeTime()", () => {
  for (const version of [0, 1] as const) {
    test(`adds to a time of version ${version}, and to nothing else`, () => {
      const moved = segment(decodeTimeBox(version, 48_000n));
      moveDecodeTime(moved, 96_000);
      assert.deepEqual(moved, segment(decodeTimeBox(version, 144_000n)));
    });
  }
  test("of every track", () => {
    const moved = segment(decodeTimeBox(1, 1n), decodeTimeBox(1, 2n));
    moveDecodeTime(moved, 10);
    assert.deepEqual(moved, segment(decodeTimeBox(1, 11n), decodeTimeBox(1, 12n)));
  });
  test("refuses what does not say when it begins", () =>
    assert.throws(() => moveDecodeTime(segment(), 1), RangeError));
  test("refuses what is no box", () =>
    assert.throws(() => moveDecodeTime(new Uint8Array(16), 1), RangeError));
  test("refuses a time that does not fit", () =>
    assert.throws(() => moveDecodeTime(segment(decodeTimeBox(0, 0xff_ff_ff_ffn)), 1), RangeError));
});
