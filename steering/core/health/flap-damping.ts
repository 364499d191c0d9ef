/**
 * Makes a node that falls again and again wait longer each time before it is trusted: each fall adds
 * one, time takes away half per half-life, and the trial doubles with each recent fall (as routes are
 * damped in BGP, RFC 2439).
 *
 * So the first fall costs a short trial, and a node that flaps all the time stays on trial.
 */
export type Falls = {
  /** How many there were, as of then: a fall of long ago counts for a fraction. */
  readonly count: number;
  readonly atMs: number;
};

export type DampingPolicy = {
  /** How long a node must answer well after one fall. */
  readonly trialMs: number;
  readonly longestTrialMs: number;
  readonly halfLifeMs: number;
};

export const NO_FALLS: Falls = { count: 0, atMs: 0 };

/** More than this many are not counted: else one bad night would be remembered for days. */
const MOST_FALLS = 10;
/** Less than half a fall is forgotten. */
const FORGOTTEN_BELOW = 0.5;

export function noteFall(falls: Falls, policy: DampingPolicy, nowMs: number): Falls {
  return { count: Math.min(MOST_FALLS, recentFalls(falls, policy, nowMs) + 1), atMs: nowMs };
}

export function recentFalls(
  { count, atMs }: Falls,
  { halfLifeMs }: DampingPolicy,
  nowMs: number,
): number {
  const left = count * 2 ** (-Math.max(0, nowMs - atMs) / halfLifeMs);
  return left < FORGOTTEN_BELOW ? 0 : left;
}

/** How long the row of good probes must last before the node is up; 0 for one that never fell. */
export function trialMsOf(falls: Falls, policy: DampingPolicy, nowMs: number): number {
  const recent = recentFalls(falls, policy, nowMs);
  if (recent === 0) return 0;
  return Math.min(policy.longestTrialMs, policy.trialMs * 2 ** Math.max(0, recent - 1));
}
