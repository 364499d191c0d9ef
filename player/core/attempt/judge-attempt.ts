/**
 * Is this attempt still worth waiting for? Compares how long the next byte has been awaited with
 * how long it may take on this pathway.
 *
 * The first byte may take as long as this pathway's own past makes likely; before it has a past, a
 * start value, a shorter one while there is no picture yet and others can be asked. Silence that the
 * player cut short by turning elsewhere counts against the next request. Each round in which nobody
 * answered doubles the patience: when everything is slow, the viewer's own link is, and running from
 * host to host would only make it worse.
 */
import { type Smoothed, upperBound } from "../../../kernel/smoothing.ts";
import type { FailoverPolicy } from "../../contract/player-options.ts";

export type AttemptProgress = {
  readonly startedMs: number;
  readonly firstByteMs: number | undefined;
  readonly lastByteMs: number | undefined;
};

export type Patience = { readonly firstByteMs: number; readonly silenceMs: number };

export type AttemptVerdict = "in-time" | "no-first-byte" | "silence";

const DEVIATIONS = 4;
/** Of its mean, a host may take so much for its first byte whatever was asked of it in vain. */
const USUAL_FACTOR = 1.5;

export function judgeAttempt(
  attempt: AttemptProgress,
  patience: Patience,
  nowMs: number,
): AttemptVerdict {
  if (attempt.firstByteMs === undefined) {
    return nowMs - attempt.startedMs < patience.firstByteMs ? "in-time" : "no-first-byte";
  }
  const silentMs = nowMs - (attempt.lastByteMs ?? attempt.firstByteMs);
  return silentMs < patience.silenceMs ? "in-time" : "silence";
}

export type Circumstances = {
  /** How often every pathway has been asked in vain for this request, from 0. */
  readonly round?: number;
  /** Nothing is buffered, and nobody who could answer has been found late yet. */
  readonly isEager?: boolean;
  /** How long the host had been silent when the player turned away from it, and not a byte since. */
  readonly unansweredMs?: number;
};

/** @param firstByteMs how long this host has been taking; undefined while that is unknown. */
export function patienceWith(
  firstByteMs: Smoothed | undefined,
  { round = 0, isEager = false, unansweredMs = 0 }: Circumstances,
  policy: FailoverPolicy,
): Patience {
  const startMs = isEager ? policy.firstByteEagerMs : policy.firstByteStartMs;
  const expectedMs =
    firstByteMs === undefined
      ? startMs
      : Math.min(
          policy.firstByteCeilingMs,
          Math.max(policy.firstByteFloorMs, upperBound(firstByteMs, DEVIATIONS)),
        );
  const factor = 2 ** Math.min(round, 10);
  const fullMs = Math.min(policy.patienceLimitMs, expectedMs * factor);
  // A viewer who seeks about cuts every answer short: a host that always takes a while is none the worse.
  const usualMs = (firstByteMs?.mean ?? 0) * USUAL_FACTOR;
  const leastMs = Math.min(fullMs, Math.max(policy.suspectMs, usualMs));
  return {
    firstByteMs: Math.max(leastMs, fullMs - unansweredMs),
    silenceMs: Math.min(policy.patienceLimitMs, policy.silenceMs * factor),
  };
}
