import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { backoffMs } from "./backoff.ts";

const POLICY = { firstMs: 100, longestMs: 1_000 };

describe("backoffMs()", () => {
  for (const [failures, least, most] of [
    [0, 50, 100],
    [1, 50, 100],
    [2, 100, 200],
    [3, 200, 400],
    [4, 400, 800],
    [5, 500, 1_000],
    [5_000, 500, 1_000],
  ] as const) {
    test(`after ${failures} failures waits ${least} to ${most} ms`, () => {
      assert.equal(
        backoffMs(failures, POLICY, () => 0),
        least,
      );
      assert.equal(
        backoffMs(failures, POLICY, () => 1),
        most,
      );
    });
  }
});
