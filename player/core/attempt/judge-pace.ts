/**
 * Is a host that does deliver too slow to stay with?
 *
 * A trickle never falls silent, so the watchdog for silence does not bite: what counts is when the
 * body will be whole. It is late if that takes longer than it plays, or than the buffer lasts; but late
 * is no reason to leave unless somebody else would be quicker. A viewer's own slow link makes every host
 * look ill, so a host is left only for one that is known to be clearly faster: now, and not before it became
 * slow here, for then the link may have been another. One of which that is not known is measured first, with
 * bytes that will be needed anyway; and once a second host has turned out no better, the link is at fault and
 * further strangers are measured only where the picture would freeze otherwise. The rest is the bitrate's
 * business.
 */
import type { FailoverPolicy } from "../../contract/player-options.ts";
import type { Pace } from "./flow.ts";

export type PaceQuestion = {
  /** Of the host, over all that it is delivering. */
  readonly pace: Pace;
  /** What it still has to deliver until this body is whole; undefined if its size is unknown. */
  readonly remainingBytes: number | undefined;
  /** Since the first byte of this body. */
  readonly receivingMs: number;
  /** Since the last one. */
  readonly silentMs: number;
  /** How long this body plays; undefined for what is no media. */
  readonly durationMs: number | undefined;
  readonly bufferMs: number;
  /** Those that could go on with this body; undefined where nothing is known of one. */
  readonly others: readonly (OtherPace | undefined)[];
  /** False where a stranger cannot be measured: then it has to be tried. */
  readonly canMeasure: boolean;
  /** Bytes per second of every other host that has been measured lately, ill ones too. */
  readonly measured: readonly number[];
};

export type OtherPace = {
  readonly bytesPerSecond: number;
  /** It was seen while this body has been coming. */
  readonly isOfNow: boolean;
};

export type PaceVerdict = "in-time" | "too-slow" | "measure-others";

export function judgePace(question: PaceQuestion, policy: FailoverPolicy): PaceVerdict {
  const { pace, receivingMs, silentMs, durationMs = 0, bufferMs, others, measured } = question;
  // With hardly anything in hand there is no time for a long look, nor for much patience.
  const isEager = bufferMs < policy.pacePatienceMs;
  const windowMs = isEager ? policy.paceEagerMs : policy.paceWindowMs;
  const patienceMs = isEager ? policy.paceEagerMs : policy.pacePatienceMs;
  if (pace.overMs < windowMs) return "in-time";
  // The pace may still be that of small bodies, or of a link that was slow: this one has to show in it.
  if (receivingMs < windowMs / 2) return "in-time";
  // What has stopped altogether is the other watchdog's, which knows it for what it is.
  if (silentMs >= policy.silenceMs / 2) return "in-time";

  const spareMs = bufferMs - policy.paceMarginMs;
  const dueMs = Math.max(patienceMs, Math.min(durationMs, spareMs));
  const restMs = timeToWhole(question, dueMs);
  if (restMs <= dueMs) return "in-time";

  const isFaster = (other: number) => isClearlyFaster(other, pace, policy);
  if (others.some((other) => other?.isOfNow && isFaster(other.bytesPerSecond))) return "too-slow";
  if (!others.some((other) => isWorthMeasuring(other, pace, policy))) return "in-time";
  const isLinkSlow = measured.some((other) => !isFaster(other));
  const isFreezeAhead = restMs > Math.max(patienceMs, bufferMs);
  if (isLinkSlow && !isFreezeAhead) return "in-time";
  return question.canMeasure ? "measure-others" : "too-slow";
}

/** Nothing is known of it; or it was clearly faster, before this body began to come. */
export function isWorthMeasuring(
  other: OtherPace | undefined,
  pace: Pace,
  policy: FailoverPolicy,
): boolean {
  if (other === undefined) return true;
  return !other.isOfNow && isClearlyFaster(other.bytesPerSecond, pace, policy);
}

function isClearlyFaster(other: number, pace: Pace, { clearlyFasterFactor }: FailoverPolicy) {
  return other >= pace.bytesPerSecond * clearlyFasterFactor;
}

/** A body of unknown size is due once it has been coming for as long as one may take. */
function timeToWhole({ pace, remainingBytes, receivingMs }: PaceQuestion, dueMs: number): number {
  if (remainingBytes === undefined) return receivingMs < dueMs ? 0 : Number.POSITIVE_INFINITY;
  return (remainingBytes * 1_000) / Math.max(1, pace.bytesPerSecond);
}
