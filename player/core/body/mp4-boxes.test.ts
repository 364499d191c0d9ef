import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { viewOf } from "./media.rig.ts";
import { tileBoxes } from "./mp4-boxes.ts";

describe("tileBoxes()", () => {
  const types = (bytes: readonly number[]) =>
    tileBoxes(viewOf(Uint8Array.from(bytes)), 0, bytes.length)
      ?.map(({ type }) => type)
      .join(" ");
  const free = [0x66, 0x72, 0x65, 0x65];
  for (const [rule, bytes, expected] of [
    ["nothing is filled by no box", [], ""],
    ["a box", [0, 0, 0, 8, ...free], "free"],
    ["two boxes", [0, 0, 0, 9, ...free, 7, 0, 0, 0, 8, ...free], "free free"],
    ["one of 64-bit size", [0, 0, 0, 1, ...free, 0, 0, 0, 0, 0, 0, 0, 16], "free"],
    ["one that goes to the end", [0, 0, 0, 0, ...free, 1, 2, 3], "free"],
    ["half a head", [0, 0, 0, 8, 0x66], undefined],
    ["one that is longer than what there is", [0, 0, 0, 9, ...free], undefined],
    ["one that is shorter than its head", [0, 0, 0, 7, ...free], undefined],
    ["half a head of 64-bit size", [0, 0, 0, 1, ...free], undefined],
    ["a size beyond all numbers", [0, 0, 0, 1, ...free, ...Array(8).fill(255)], undefined],
    ["a type that is no text", [0, 0, 0, 8, 0x66, 0, 0, 0], undefined],
  ] as const) {
    test(rule, () => assert.equal(types(bytes), expected));
  }
});
