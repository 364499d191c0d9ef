/**
 * What the players together say of one node.
 *
 * Each session has one voice, however much it sends, and too few sessions say nothing. What a session
 * says has been weighed by itself before (weigh-session.ts). How far the verdict reaches is not
 * decided here: health gives all players together less than the whole say.
 */
import type { Say } from "./weigh-session.ts";

export type PlayersVerdict = {
  /** Different sessions that have something to say. */
  readonly sessions: number;
  readonly verdict: "good" | "bad" | "unknown";
  /** Mean of the sessions' shares of failed requests; each counts as one. */
  readonly errorRatio: number;
  /** Median of the sessions' means, so that no few can move it far. */
  readonly throughputBitsPerSecond: number | undefined;
  readonly reason: string;
};

export type VerdictPolicy = {
  readonly minSessions: number;
  /** From this share of the voices on the verdict is bad. */
  readonly badShare: number;
  /** Up to this share of bad voices it is good. */
  readonly goodShare: number;
};

export const NO_VERDICT: PlayersVerdict = {
  sessions: 0,
  verdict: "unknown",
  errorRatio: 0,
  throughputBitsPerSecond: undefined,
  reason: "nothing-said",
};

export function judgePlayers(says: readonly Say[], policy: VerdictPolicy): PlayersVerdict {
  const voices = says.filter(({ standing }) => standing !== "nothing");
  if (voices.length === 0) return NO_VERDICT;
  const bad = voices.filter(({ standing }) => standing === "bad");
  const badShare = weightOf(bad) / weightOf(voices);
  const shared = {
    sessions: voices.length,
    errorRatio: voices.reduce((sum, { errorRatio }) => sum + errorRatio, 0) / voices.length,
    throughputBitsPerSecond: median(
      voices.flatMap(({ throughputBitsPerSecond }) => throughputBitsPerSecond ?? []),
    ),
  };
  if (voices.length < policy.minSessions) {
    return { ...shared, verdict: "unknown", reason: "too-few-sessions" };
  }
  if (badShare >= policy.badShare && bad.length >= policy.minSessions) {
    return { ...shared, verdict: "bad", reason: commonestReason(bad) };
  }
  if (badShare <= policy.goodShare) {
    return { ...shared, verdict: "good", reason: "served-well" };
  }
  return { ...shared, verdict: "unknown", reason: "players-disagree" };
}

function weightOf(says: readonly Say[]): number {
  return says.reduce((sum, { weight }) => sum + weight, 0);
}

function commonestReason(says: readonly Say[]): string {
  const weights = new Map<string, number>();
  for (const { reason, weight } of says) weights.set(reason, (weights.get(reason) ?? 0) + weight);
  const [[reason] = ["nothing-said"]] = Array.from(weights).toSorted(
    ([a, weightOfA], [b, weightOfB]) => weightOfB - weightOfA || (a < b ? -1 : 1),
  );
  return reason;
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
