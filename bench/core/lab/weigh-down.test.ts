import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { box, joined } from "./made-up-boxes.rig.ts";
import { weighDown } from "./weigh-down.ts";

const SEGMENT = box("mdat", Uint8Array.of(1, 2, 3, 4));

describe("weighDown()", () => {
  test("puts a box to be skipped before the segment", () =>
    assert.deepEqual(
      weighDown(SEGMENT, SEGMENT.length + 10),
      joined([box("free", Uint8Array.of(0, 0)), SEGMENT]),
    ));
  for (const [what, sizeBytes] of [
    ["as large already", SEGMENT.length],
    ["larger already", 1],
    ["too little smaller for a box", SEGMENT.length + 7],
  ] as const) {
    test(`leaves what is ${what}`, () => assert.deepEqual(weighDown(SEGMENT, sizeBytes), SEGMENT));
  }
});
