import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RunningFault } from "../../chaos/contract/faults.ts";
import { countdownWords, readFaultClock } from "./fault-clock.ts";
import { unbroken } from "./unbroken.rig.ts";

/** Of 20 s, 15 are left at the answer that came at 1 000 ms of this page's clock. */
const FAULT: RunningFault = {
  target: "east-1",
  fault: "blackhole",
  parameters: {},
  startedAt: "2026-11-24T01:00:00.000Z",
  endsAt: "2026-11-24T01:00:20.000Z",
  secondsLeft: 15,
  touchedRequests: 0,
};

describe("readFaultClock()", () => {
  for (const [nowMs, elapsedSeconds, leftSeconds] of [
    [1_000, 5, 15],
    [2_500, 6.5, 13.5],
    [16_000, 20, 0],
    [99_000, 20, 0],
  ] as const) {
    test(`at ${nowMs} ms, ${elapsedSeconds} s have passed and ${leftSeconds} s are left`, () =>
      assert.deepEqual(readFaultClock(FAULT, 1_000, nowMs), {
        totalSeconds: 20,
        elapsedSeconds,
        leftSeconds,
      }));
  }
});

describe("countdownWords()", () => {
  for (const [leftSeconds, hearing, expected] of [
    [20, "fresh", unbroken("heals in 20 s")],
    [13.5, "fresh", unbroken("heals in 14 s")],
    [0.1, "fresh", unbroken("heals in 1 s")],
    [0, "fresh", "is healing now"],
    [5, "stale", unbroken("heals in 5 s")],
    [0, "stale", "should have healed by now"],
  ] as const) {
    test(`${leftSeconds} s left, ${hearing}: ${expected}`, () =>
      assert.equal(countdownWords(leftSeconds, hearing), expected));
  }
});
