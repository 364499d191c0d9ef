import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { retryAfterMs } from "./retry-after.ts";

describe("retryAfterMs()", () => {
  for (const [status, retryAfter, expectedMs] of [
    [503, "5", 5_000],
    [429, "5", 5_000],
    [503, "0", 0],
    [503, "3600", 30_000],
    [503, "Thu, 01 Jan 1970 00:00:17 GMT", 7_000],
    [503, "Thu, 01 Jan 1970 00:00:09 GMT", 0],
    [503, "soon", 0],
    [503, "-5", 0],
    [503, undefined, 0],
    [500, "5", 0],
    [301, "5", 0],
  ] as const) {
    test(`of ${status} with ${retryAfter} is ${expectedMs} ms`, () => {
      const fields = retryAfter === undefined ? {} : { "retry-after": retryAfter };
      const answer = { status, fields, requestedAtWallMs: 9_900, arrivedAtWallMs: 10_000 };
      assert.equal(retryAfterMs(answer, 30_000), expectedMs);
    });
  }
});
