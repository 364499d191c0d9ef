import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { stillWords } from "./still-words.ts";
import { unbroken } from "./unbroken.rig.ts";

const watch = (movedMs: number, lookedMs: number, overMs = 0) => ({
  timeSeconds: 0,
  movedMs,
  lookedMs,
  overMs,
});

describe("stillWords()", () => {
  for (const [words, given] of [
    ["has not stood still", watch(1_000, 1_250)],
    ["stands still, 4.2 s so far", watch(1_000, 5_200)],
    ["stands still, 6.2 s so far", watch(1_000, 5_200, 2_000)],
    ["stood still for 2.0 s", watch(1_000, 1_000, 2_000)],
  ] as const) {
    test(words, () => assert.equal(stillWords(given), unbroken(words)));
  }
  test("a player that has given up", () =>
    assert.equal(stillWords(watch(0, 12_000), true), unbroken("gave up; stood still for 12 s")));
});
