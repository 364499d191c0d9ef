/**
 * Decides when the appliance registers with steering, when it sends a heartbeat, and when it tries
 * again after a failure.
 *
 * A registration that steering has forgotten (it was restarted, or the lease ran out) is taken anew
 * at once; silence is answered with growing waits. Playback never depends on any of it.
 */
import { type BackoffPolicy, backoffMs } from "../../kernel/backoff.ts";
import type { Lease } from "../../steering/contract/appliance-lease.ts";

export type LeaseCourse = {
  /** Undefined before the first registration, and after steering forgot it. */
  readonly lease: Lease | undefined;
  readonly nextAtMs: number;
  readonly failuresInRow: number;
  /** Why steering cannot be reached; undefined while it can. */
  readonly trouble: string | undefined;
};

export type LeaseStep = "register" | "heartbeat" | "wait";

export type LeaseOutcome =
  | { readonly kind: "leased"; readonly lease: Lease }
  | { readonly kind: "forgotten" }
  | { readonly kind: "failed"; readonly reason: string };

export function beginLeaseCourse(nowMs: number): LeaseCourse {
  return { lease: undefined, nextAtMs: nowMs, failuresInRow: 0, trouble: "not registered yet" };
}

export function nextLeaseStep(course: LeaseCourse, nowMs: number): LeaseStep {
  if (nowMs < course.nextAtMs) return "wait";
  return course.lease === undefined ? "register" : "heartbeat";
}

export function observeLeaseOutcome(
  course: LeaseCourse,
  outcome: LeaseOutcome,
  policy: BackoffPolicy,
  at: { readonly nowMs: number; readonly random: () => number },
): LeaseCourse {
  switch (outcome.kind) {
    case "leased": {
      const nextAtMs = at.nowMs + outcome.lease.heartbeatSeconds * 1000;
      return { lease: outcome.lease, nextAtMs, failuresInRow: 0, trouble: undefined };
    }
    case "forgotten":
      return { ...course, lease: undefined, nextAtMs: at.nowMs, trouble: "registration forgotten" };
    case "failed": {
      const failuresInRow = course.failuresInRow + 1;
      const waitMs = backoffMs(failuresInRow, policy, at.random);
      return { ...course, failuresInRow, nextAtMs: at.nowMs + waitMs, trouble: outcome.reason };
    }
  }
}

/** Something changed that steering should know before the next heartbeat is due. */
export function hastenHeartbeat(course: LeaseCourse, nowMs: number): LeaseCourse {
  return { ...course, nextAtMs: Math.min(course.nextAtMs, nowMs) };
}
