import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bufferSecondsNow, isWorthTelling } from "./told-buffer.ts";

describe("bufferSecondsNow()", () => {
  for (const [what, told, nowMs, seconds] of [
    ["nothing told is assumed", undefined, 9_000, 5],
    ["just told", { seconds: 8, rate: 1, atMs: 1_000 }, 1_000, 8],
    ["played on since", { seconds: 8, rate: 1, atMs: 1_000 }, 2_500, 6.5],
    ["at twice the rate", { seconds: 8, rate: 2, atMs: 1_000 }, 2_500, 5],
    ["paused", { seconds: 8, rate: 0, atMs: 1_000 }, 60_000, 8],
    ["played away", { seconds: 8, rate: 1, atMs: 1_000 }, 60_000, 0],
  ] as const) {
    test(`${what}: ${seconds} s`, () => assert.equal(bufferSecondsNow(told, 5, nowMs), seconds));
  }
});

describe("isWorthTelling()", () => {
  for (const [what, told, now, expected] of [
    ["the first time", undefined, { seconds: 0, rate: 0 }, true],
    ["while it plays", { seconds: 8, rate: 1 }, { seconds: 8, rate: 1 }, true],
    ["when it is paused", { seconds: 8, rate: 1 }, { seconds: 8, rate: 0 }, true],
    ["while nothing changes", { seconds: 8, rate: 0 }, { seconds: 8.1, rate: 0 }, false],
    ["when it fills", { seconds: 8, rate: 0 }, { seconds: 8.2, rate: 0 }, true],
    ["when it is sought in", { seconds: 8, rate: 0 }, { seconds: 0, rate: 0 }, true],
  ] as const) {
    test(`${what}: ${expected}`, () => assert.equal(isWorthTelling(told, now, 0.1), expected));
  }
});
