import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { percentile } from "./percentile.ts";

const HUNDRED = Array.from({ length: 100 }, (_, index) => 100 - index);

describe("percentile()", () => {
  for (const [share, expected] of [
    [0, 1],
    [0.5, 50],
    [0.99, 99],
    [0.995, 100],
    [1, 100],
  ] as const) {
    test(`${share} of 1 to 100 is ${expected}`, () =>
      assert.equal(percentile(HUNDRED, share), expected));
  }
  test("of one value is that value", () => assert.equal(percentile([7], 0.99), 7));
  test("of nothing is a mistake", () => assert.throws(() => percentile([], 0.5), RangeError));
});
