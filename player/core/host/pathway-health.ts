/**
 * One viewer's own record of one pathway: is it well, or is it avoided, for what and since when?
 *
 * Every request of the session feeds the same record, so that a playlist's failure spares the next
 * segment from finding out again. A pathway is avoided from its first failure at the host; it is
 * well again after `probesToRecover` good probes in a row that span at least the dwell, or at once
 * if it delivered a whole body when nothing better was left to ask. One that recovered by probes is on
 * trial until it has delivered, and has a place in the ramp on which viewers return. One that was left for being too
 * slow must be clearly faster than it was, or have been avoided for long: on a slow link of the
 * viewer's own it would otherwise be returned to and left for ever. What it sent that could not be
 * decoded is held against it as long: no probe can tell.
 */
import { backoffMs } from "../../../kernel/backoff.ts";
import { type Smoothed, smooth } from "../../../kernel/smoothing.ts";
import type { FailureReason } from "../../contract/player-events.ts";
import type { FailoverPolicy } from "../../contract/player-options.ts";

export type PathwayHealth = WellPathway | AvoidedPathway;

export type WellPathway = {
  readonly state: "well";
  /** Undefined while nothing is known yet: a new pathway is trusted. */
  readonly sinceMs: number | undefined;
  readonly firstByteMs: Smoothed | undefined;
  readonly failuresInRow: number;
  /** It has recovered, and delivered nothing since. */
  readonly isOnTrial: boolean;
  /** This viewer's place in the ramp on which viewers return to it. */
  readonly returnAtMs: number;
};

export type AvoidedPathway = {
  readonly state: "avoided";
  readonly reason: FailureReason;
  /** How slow it was, if that is what it was left for. */
  readonly slowBytesPerSecond: number | undefined;
  readonly sinceMs: number;
  /** The breaker's open time: from here on a probe may be sent whatever the buffer holds. */
  readonly untilMs: number;
  readonly failuresInRow: number;
  readonly goodProbes: number;
  /** When the present row of good probes began. */
  readonly goodSinceMs: number | undefined;
  readonly dwellMs: number;
  readonly rampMs: number;
  readonly firstByteMs: Smoothed | undefined;
};

export const NEW_PATHWAY: PathwayHealth = {
  state: "well",
  sinceMs: undefined,
  firstByteMs: undefined,
  failuresInRow: 0,
  isOnTrial: false,
  returnAtMs: 0,
};

/** Whether a failure speaks against the host, or only against the one object that was asked for. */
export function blamesHost(reason: FailureReason): boolean {
  switch (reason) {
    case "refused":
    case "no-first-byte":
    case "silence":
    case "too-slow":
    case "truncated":
    case "status-5xx":
    // No probe and no look can tell whether the next one can be decoded, and each costs the viewer a jolt.
    case "undecodable":
    case "stale-playlist":
      return true;
    case "status-4xx":
    case "wrong-range":
    case "wrong-length":
    case "not-a-playlist":
    case "not-media":
    case "corrupt":
      return false;
  }
}

/** Whether it was an answer's body that was no good, rather than that none came, or that there is none. */
export function isAboutBody(reason: FailureReason): boolean {
  return !blamesHost(reason) && reason !== "status-4xx";
}

/**
 * Whether what came was meant to be the object, so that no good one may exist. A page in its place says
 * only that somebody stands in the way: a portal that wants to be signed in to does so everywhere.
 */
export function isDamaged(reason: FailureReason): boolean {
  return isAboutBody(reason) && reason !== "not-media" && reason !== "not-a-playlist";
}

export type HostFailure = {
  readonly reason: FailureReason;
  /** How quickly the host was delivering. */
  readonly bytesPerSecond: number;
};

/** A request failed at this pathway for a reason that blames the host. */
export function observeFailure(
  health: PathwayHealth,
  { reason, bytesPerSecond }: HostFailure,
  world: { readonly policy: FailoverPolicy; readonly nowMs: number; readonly random: () => number },
): AvoidedPathway {
  const { policy, nowMs, random } = world;
  // Requests that were under way together fail together: they are one failure, not several.
  const isSameIncident = health.state === "avoided" && nowMs < health.untilMs;
  const failuresInRow = isSameIncident ? health.failuresInRow : health.failuresInRow + 1;
  const isSlow = reason === "too-slow";
  const isLong = isSlow || reason === "undecodable";
  const firstMs = isLong ? policy.avoidSlowFirstMs : policy.avoidFirstMs;
  const open = { firstMs, longestMs: policy.avoidLongestMs };
  return {
    state: "avoided",
    reason,
    slowBytesPerSecond: isSlow ? bytesPerSecond : undefined,
    sinceMs: health.state === "avoided" ? health.sinceMs : nowMs,
    untilMs: isSameIncident ? health.untilMs : nowMs + backoffMs(failuresInRow, open, random),
    failuresInRow,
    goodProbes: 0,
    goodSinceMs: undefined,
    dwellMs: policy.dwellMs + random() * policy.dwellJitterMs,
    rampMs: random() * policy.failbackRampMs,
    firstByteMs: health.firstByteMs,
  };
}

export type ObservedDelivery = {
  readonly startedMs: number;
  /** Undefined where it was the content that was awaited, not the host. */
  readonly firstByteMs: number | undefined;
};

/**
 * Whether it was left so long ago that it is looked after whatever the buffer holds. With little in hand the
 * viewer comes first, at first; but some streams never have more than that.
 */
export function hasWaited(
  { sinceMs, untilMs }: AvoidedPathway,
  { avoidFirstMs }: FailoverPolicy,
  nowMs: number,
): boolean {
  return nowMs >= Math.min(untilMs, sinceMs + avoidFirstMs);
}

/** A whole body arrived. */
export function observeDelivery(
  health: PathwayHealth,
  delivery: ObservedDelivery,
  nowMs: number,
): PathwayHealth {
  // What was asked before the host failed says nothing of the host as it is now.
  if (health.state === "avoided" && delivery.startedMs < health.sinceMs) return health;
  return {
    state: "well",
    sinceMs: health.state === "well" ? (health.sinceMs ?? nowMs) : nowMs,
    firstByteMs:
      delivery.firstByteMs === undefined
        ? health.firstByteMs
        : smooth(health.firstByteMs, delivery.firstByteMs - delivery.startedMs),
    failuresInRow: 0,
    isOnTrial: false,
    returnAtMs: health.state === "well" ? health.returnAtMs : nowMs,
  };
}

/** It answers for itself, though it lacked what it was asked for: that is no object to return by. */
export function endTrial(health: PathwayHealth): PathwayHealth {
  return health.state === "well" ? { ...health, isOnTrial: false } : health;
}

export type ProbeReport = {
  readonly ok: boolean;
  readonly firstByteMs: number;
  /** Undefined where too few bytes came to tell. */
  readonly bytesPerSecond: number | undefined;
};

/** A probe of an avoided pathway came back; of a well one, it changes nothing. */
export function observeProbe(
  health: PathwayHealth,
  probe: ProbeReport,
  policy: FailoverPolicy,
  nowMs: number,
): PathwayHealth {
  if (health.state === "well") return health;
  const verdict = probe.ok ? comparePace(health, probe, policy, nowMs) : "bad";
  if (verdict === "bad") return { ...health, goodProbes: 0, goodSinceMs: undefined };
  if (verdict === "too-short") return health;

  const goodProbes = health.goodProbes + 1;
  const goodSinceMs = health.goodSinceMs ?? nowMs;
  const firstByteMs = smooth(health.firstByteMs, probe.firstByteMs);
  if (goodProbes < policy.probesToRecover || nowMs - goodSinceMs < health.dwellMs) {
    return { ...health, goodProbes, goodSinceMs, firstByteMs };
  }
  // The row of failures is forgotten by a delivery, not by probes: a pathway that answers probes
  // and fails viewers is avoided for longer each time.
  return {
    state: "well",
    sinceMs: nowMs,
    firstByteMs,
    failuresInRow: health.failuresInRow,
    isOnTrial: true,
    returnAtMs: nowMs + health.rampMs,
  };
}

/** A host that was too slow has to show that it no longer is, until its time is up. */
function comparePace(
  { reason, slowBytesPerSecond, untilMs }: AvoidedPathway,
  { bytesPerSecond }: ProbeReport,
  { clearlyFasterFactor }: FailoverPolicy,
  nowMs: number,
): "good" | "bad" | "too-short" {
  if (reason === "undecodable" && nowMs < untilMs) return "too-short";
  if (slowBytesPerSecond === undefined || nowMs >= untilMs) return "good";
  if (bytesPerSecond === undefined) return "too-short";
  return bytesPerSecond >= slowBytesPerSecond * clearlyFasterFactor ? "good" : "bad";
}
