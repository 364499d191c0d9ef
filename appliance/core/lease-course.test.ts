import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  beginLeaseCourse,
  hastenHeartbeat,
  type LeaseOutcome,
  nextLeaseStep,
  observeLeaseOutcome,
} from "./lease-course.ts";

const POLICY = { firstMs: 1_000, longestMs: 4_000 };
const LEASED: LeaseOutcome = { kind: "leased", lease: { leaseSeconds: 6, heartbeatSeconds: 2 } };
const FAILED: LeaseOutcome = { kind: "failed", reason: "ECONNREFUSED" };
const OUTCOMES: Record<string, LeaseOutcome> = { L: LEASED, x: FAILED, f: { kind: "forgotten" } };

/** Takes steps as soon as they are due: `L` leased, `x` failed, `f` forgotten. Tells what and when. */
function course(outcomes: string): string {
  let state = beginLeaseCourse(1);
  let nowMs = 1;
  const steps = Array.from(outcomes, (mark) => {
    nowMs = Math.max(nowMs, state.nextAtMs);
    const step = nextLeaseStep(state, nowMs);
    assert.equal(nextLeaseStep(state, state.nextAtMs - 1), "wait");
    const outcome = OUTCOMES[mark] ?? FAILED;
    state = observeLeaseOutcome(state, outcome, POLICY, { nowMs, random: () => 1 });
    return `${step}@${nowMs}`;
  });
  return steps.join(" ");
}

describe("the course of a lease", () => {
  test("registers at once, then sends a heartbeat every two seconds", () =>
    assert.equal(course("LLL"), "register@1 heartbeat@2001 heartbeat@4001"));
  test("registers again at once when it was forgotten", () =>
    assert.equal(course("LfL"), "register@1 heartbeat@2001 register@2001"));
  test("tries again with growing waits, up to the longest", () =>
    assert.equal(
      course("xxxxL"),
      "register@1 register@1001 register@3001 register@7001 register@11001",
    ));
  test("keeps its lease through a failed heartbeat, and begins with short waits again", () =>
    assert.equal(
      course("LxxLx"),
      "register@1 heartbeat@2001 heartbeat@3001 heartbeat@5001 heartbeat@7001",
    ));
  test("tells why steering cannot be reached, until it can", () => {
    const at = { nowMs: 1, random: () => 1 };
    const failed = observeLeaseOutcome(beginLeaseCourse(1), FAILED, POLICY, at);
    assert.equal(failed.trouble, "ECONNREFUSED");
    assert.equal(observeLeaseOutcome(failed, LEASED, POLICY, at).trouble, undefined);
  });
  test("does not wait when there is news", () => {
    const at = { nowMs: 1, random: () => 1 };
    const leased = observeLeaseOutcome(beginLeaseCourse(1), LEASED, POLICY, at);
    assert.equal(nextLeaseStep(hastenHeartbeat(leased, 5), 5), "heartbeat");
  });
});
