/**
 * Decides whether a server that fails is still asked: closed, it is; open, it is left alone for a
 * while; half-open, a few calls try it.
 *
 * It opens on failures in a row, which finds a dead server within a handful of calls, and on the share
 * of failures in a window, which finds one that is half dead. Each opening in succession lasts longer,
 * with jitter, so that those who left together do not return together.
 *
 * A state is an era with a number. What comes of a call counts only in the era that let it through:
 * the failure of a call from before an outage says nothing of the server that came back.
 */
import { type BackoffPolicy, backoffMs } from "./backoff.ts";

export type BreakerPolicy = {
  /** Opens at so many failures without a success in between. */
  readonly failuresInRow: number;
  /** Opens above this share of failures, once the window holds `minCalls`. */
  readonly failureRatio: number;
  readonly minCalls: number;
  readonly windowMs: number;
  /** How many trials may be under way at once while half-open. */
  readonly trials: number;
  /** How many of them must succeed before it closes. */
  readonly closeAfter: number;
  /** How long it stays open; grows with each opening until it closes. */
  readonly openFor: BackoffPolicy;
};

export type CircuitBreaker = { readonly era: number } & (
  | { readonly state: "closed"; readonly failuresInRow: number; readonly window: CallWindow }
  | { readonly state: "open"; readonly openings: number; readonly untilMs: number }
  | {
      readonly state: "half-open";
      readonly openings: number;
      readonly underWay: number;
      readonly successes: number;
    }
);

export type Admission =
  | { readonly action: "call"; readonly reason: "closed" | "trial"; readonly era: number }
  | { readonly action: "refuse"; readonly reason: "open"; readonly retryAfterMs: number }
  | { readonly action: "refuse"; readonly reason: "trials-under-way" };

/**
 * A `failure` says that the server serves nobody, and counts in both ways. A `doubt` may concern the one
 * thing that was asked for: it counts towards the share only, unless it was a trial. `none` proves
 * nothing, such as a call that its own client broke off.
 */
export type CallOutcome = "success" | "failure" | "doubt" | "none";

export type CallEvent = { readonly era: number; readonly outcome: CallOutcome };

/** The calls of the last while, in a few buckets: a bucket begins with its first call. */
type CallWindow = readonly CallBucket[];
type CallBucket = { readonly startMs: number; readonly calls: number; readonly failures: number };

const BUCKETS = 5;

export const NEW_BREAKER: CircuitBreaker = {
  state: "closed",
  era: 0,
  failuresInRow: 0,
  window: [],
};

/** Asks for one call. One that is let through must be observed in the end, or a trial stays taken. */
export function admitCall(
  breaker: CircuitBreaker,
  policy: BreakerPolicy,
  nowMs: number,
): { readonly breaker: CircuitBreaker; readonly admission: Admission } {
  const { era } = breaker;
  switch (breaker.state) {
    case "closed":
      return { breaker, admission: { action: "call", reason: "closed", era } };
    case "open": {
      const retryAfterMs = breaker.untilMs - nowMs;
      if (retryAfterMs > 0) {
        return { breaker, admission: { action: "refuse", reason: "open", retryAfterMs } };
      }
      const { openings } = breaker;
      return admitTrial({ state: "half-open", era: era + 1, openings, underWay: 0, successes: 0 });
    }
    case "half-open": {
      if (breaker.underWay < policy.trials) return admitTrial(breaker);
      return { breaker, admission: { action: "refuse", reason: "trials-under-way" } };
    }
  }
}

/** Whether a call would be let through now; nothing is taken. */
export function wouldAdmit(breaker: CircuitBreaker, policy: BreakerPolicy, nowMs: number): boolean {
  return admitCall(breaker, policy, nowMs).admission.action === "call";
}

/** Takes note of what came of a call. @param random draws from [0, 1). */
export function observeCall(
  breaker: CircuitBreaker,
  { era, outcome }: CallEvent,
  policy: BreakerPolicy,
  { nowMs, random }: { readonly nowMs: number; readonly random: () => number },
): CircuitBreaker {
  if (era !== breaker.era) return breaker;
  const opened = (openings: number): CircuitBreaker => ({
    state: "open",
    era: era + 1,
    openings,
    untilMs: nowMs + backoffMs(openings, policy.openFor, random),
  });
  switch (breaker.state) {
    case "open":
      throw new RangeError("No call is let through while the breaker is open");
    case "closed": {
      if (outcome === "none") return breaker;
      const failuresInRow = rowAfter(breaker.failuresInRow, outcome);
      const window = withCall(breaker.window, outcome, policy.windowMs, nowMs);
      if (outcome !== "success" && isTooBad(failuresInRow, window, policy)) return opened(1);
      return { ...breaker, failuresInRow, window };
    }
    case "half-open": {
      if (outcome === "failure" || outcome === "doubt") return opened(breaker.openings + 1);
      const underWay = breaker.underWay - 1;
      const successes = breaker.successes + (outcome === "success" ? 1 : 0);
      if (successes < policy.closeAfter) return { ...breaker, underWay, successes };
      const window = withCall([], "success", policy.windowMs, nowMs);
      return { state: "closed", era: era + 1, failuresInRow: 0, window };
    }
  }
}

function admitTrial(breaker: CircuitBreaker & { readonly state: "half-open" }) {
  return {
    breaker: { ...breaker, underWay: breaker.underWay + 1 },
    admission: { action: "call", reason: "trial", era: breaker.era },
  } as const;
}

function rowAfter(failuresInRow: number, outcome: Exclude<CallOutcome, "none">): number {
  switch (outcome) {
    case "success":
      return 0;
    case "doubt":
      return failuresInRow;
    case "failure":
      return failuresInRow + 1;
  }
}

function withCall(
  window: CallWindow,
  outcome: Exclude<CallOutcome, "none">,
  windowMs: number,
  nowMs: number,
): CallWindow {
  const failures = outcome === "success" ? 0 : 1;
  const recent = window.filter(({ startMs }) => nowMs - startMs < windowMs);
  const last = recent.at(-1);
  if (last === undefined || nowMs - last.startMs >= windowMs / BUCKETS) {
    return [...recent, { startMs: nowMs, calls: 1, failures }];
  }
  const grown = { ...last, calls: last.calls + 1, failures: last.failures + failures };
  return [...recent.slice(0, -1), grown];
}

function isTooBad(failuresInRow: number, window: CallWindow, policy: BreakerPolicy): boolean {
  if (failuresInRow >= policy.failuresInRow) return true;
  const calls = window.reduce((sum, bucket) => sum + bucket.calls, 0);
  const failures = window.reduce((sum, bucket) => sum + bucket.failures, 0);
  return calls >= policy.minCalls && failures > policy.failureRatio * calls;
}
