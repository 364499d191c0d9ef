import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isWorthLeaving } from "./judge-leaving.ts";

const POLICY = { moveFinishMs: 500 };

describe("isWorthLeaving()", () => {
  for (const [what, remainingBytes, bytesPerSecond, isWorth] of [
    ["what will be whole in half a second", 50_000, 100_000, false],
    ["what takes longer", 50_001, 100_000, true],
    ["what has come to a halt", 1, 0, true],
    ["what is whole", 0, 0, false],
    ["what has not begun", undefined, 100_000, true],
  ] as const) {
    test(`${what}: ${isWorth}`, () =>
      assert.equal(isWorthLeaving({ remainingBytes, bytesPerSecond }, POLICY), isWorth));
  }
});
