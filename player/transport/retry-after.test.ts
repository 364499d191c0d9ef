import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readRetryAfterMs } from "./retry-after.ts";

const NOW_MS = Date.parse("Sat, 28 Nov 2026 12:00:00 GMT");

describe("readRetryAfterMs()", () => {
  for (const [header, ms] of [
    ["5", 5_000],
    [" 0 ", 0],
    ["Sat, 28 Nov 2026 12:00:07 GMT", 7_000],
    ["Sat, 28 Nov 2026 11:00:00 GMT", 0],
    ["soon", undefined],
    [null, undefined],
  ] as const) {
    test(`${header}: ${ms} ms`, () => assert.equal(readRetryAfterMs(header, NOW_MS), ms));
  }
});
