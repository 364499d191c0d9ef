/**
 * Is it time to ask a second pathway beside the one that is silent: to hedge?
 *
 * Waiting is free while there is media in hand, so the deadline decides and not the wait: a hedge goes out
 * only where the watchdog, were it waited for, would leave too little of the buffer. And never before the
 * host has been silent for longer than it usually is, to everybody: a host that is delivering something
 * else just now is busy, and so is a slow link (Dean and Barroso, "The Tail at Scale", 2013).
 */
import { type Smoothed, upperBound } from "../../../kernel/smoothing.ts";
import type { HedgeReason } from "../../contract/player-events.ts";
import type { FailoverPolicy } from "../../contract/player-options.ts";
import type { AttemptProgress, Patience } from "./judge-attempt.ts";

export type HedgeQuestion = {
  readonly attempt: AttemptProgress;
  readonly patience: Patience;
  /** Text is short: it has to be whole soon, and its size is not known. */
  readonly isText: boolean;
  /** How long the host has been taking; undefined while that is unknown. */
  readonly firstByteMs: Smoothed | undefined;
  /** Since anything came from the host, to whichever request. */
  readonly hostSilentMs: number;
  readonly bufferMs: number;
};

const DEVIATIONS = 2;

/** @returns what is waited for in vain; undefined where there is no need to hedge, or not yet. */
export function decideHedge(
  { attempt, patience, isText, firstByteMs, hostSilentMs, bufferMs }: HedgeQuestion,
  policy: FailoverPolicy,
  nowMs: number,
): HedgeReason | undefined {
  const hasBegun = attempt.firstByteMs !== undefined;
  const waitedMs = nowMs - (attempt.lastByteMs ?? attempt.firstByteMs ?? attempt.startedMs);
  const leftMs = (hasBegun ? patience.silenceMs : patience.firstByteMs) - waitedMs;
  if (bufferMs - leftMs >= policy.hedgeBufferMs) return undefined;

  const usualMs = hasBegun || firstByteMs === undefined ? 0 : upperBound(firstByteMs, DEVIATIONS);
  const silentMs = Math.min(waitedMs, hostSilentMs);
  if (silentMs >= Math.max(policy.hedgeAfterMs, usualMs)) {
    return hasBegun ? "silence" : "no-first-byte";
  }
  const isLateText = isText && hasBegun && nowMs - attempt.startedMs >= policy.hedgeTextMs;
  return isLateText ? "too-slow" : undefined;
}
