import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ClockReading, isSteadyClock, observeClock } from "./steady-clock.ts";

const POLICY = { toleranceMs: 60_000, steadyAfterMs: 600_000 };
const FIRST: ClockReading = { wallMs: 1_700_000_000_000, nowMs: 1 };

/** Later by `nowMs`, and by `stepMs` more on the wall. */
const later = (nowMs: number, stepMs = 0): ClockReading => ({
  wallMs: FIRST.wallMs + nowMs + stepMs,
  nowMs: FIRST.nowMs + nowMs,
});
const stepped = (reading: ClockReading) => observeClock(FIRST, reading, POLICY) === reading;

describe("the time of day has made a step", () => {
  for (const [stepMs, isStep] of [
    [60_000, false],
    [60_001, true],
    [-60_000, false],
    [-60_001, true],
  ] as const) {
    test(`of ${stepMs} ms: ${isStep}`, () => {
      assert.equal(stepped(later(5_000, stepMs)), isStep);
    });
  }
  test("also where it crept there in many looks", () => {
    let since = FIRST;
    for (let look = 1; look <= 10; look += 1) {
      since = observeClock(since, later(look * 1_000, look * 10_000), POLICY);
    }
    assert.deepEqual(since, later(7_000, 70_000));
  });
  test("never by time alone", () => {
    assert.equal(observeClock(FIRST, later(86_400_000), POLICY), FIRST);
  });
});

test("it is believed after a while without a step, the moment itself included", () => {
  assert.equal(isSteadyClock(FIRST, POLICY, 1 + 599_999), false);
  assert.equal(isSteadyClock(FIRST, POLICY, 1 + 600_000), true);
});
