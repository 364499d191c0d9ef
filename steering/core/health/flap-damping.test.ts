import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NO_FALLS, noteFall, recentFalls, trialMsOf } from "./flap-damping.ts";

const POLICY = { trialMs: 1_000, longestTrialMs: 6_000, halfLifeMs: 60_000 };

/** So many falls at the same moment. */
function falls(count: number, nowMs = 1) {
  let fallen = NO_FALLS;
  for (let index = 0; index < count; index += 1) fallen = noteFall(fallen, POLICY, nowMs);
  return fallen;
}

describe("trialMsOf()", () => {
  for (const [count, trialMs] of [
    [0, 0],
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [4, 6_000],
    [40, 6_000],
  ] as const) {
    test(`after ${count} falls: ${trialMs} ms`, () =>
      assert.equal(trialMsOf(falls(count), POLICY, 1), trialMs));
  }
  test("shrinks as falls are forgotten, and is never less than one trial before", () => {
    assert.equal(trialMsOf(falls(2), POLICY, 60_001), 1_000);
    assert.equal(trialMsOf(falls(1), POLICY, 60_001), 1_000);
    assert.equal(trialMsOf(falls(1), POLICY, 60_002), 0);
  });
});

describe("recentFalls()", () => {
  test("halves with each half-life", () => {
    assert.equal(recentFalls(falls(4), POLICY, 60_001), 2);
    assert.equal(recentFalls(falls(4), POLICY, 120_001), 1);
  });
  test("counts ten at most, so that one bad night is forgotten by noon", () =>
    assert.equal(recentFalls(falls(500), POLICY, 1), 10));
  test("a clock that stands or goes back adds nothing", () =>
    assert.equal(recentFalls(falls(2, 1_000), POLICY, 1), 2));
});
