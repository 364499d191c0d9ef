import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { requireSizeBytes } from "./require-size-bytes.ts";

describe("requireSizeBytes()", () => {
  for (const sizeBytes of [1, 2 ** 40]) {
    test(`takes ${sizeBytes}`, () => requireSizeBytes(sizeBytes));
  }
  for (const sizeBytes of [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    test(`refuses ${sizeBytes}`, () =>
      assert.throws(() => requireSizeBytes(sizeBytes), RangeError));
  }
});
