/**
 * Is the rendition that is being loaded more than the link carries, so that the lowest is better at once?
 *
 * hls.js asks whether the segment will be whole before the buffer is empty, and lets it come where that is
 * just so; the next one then finds nothing in hand. Here it is given up while there is still time for one of the
 * lowest. A host that is slow is left first, and begins a new measure: this is for the link.
 */
import type { FailoverPolicy } from "../../contract/player-options.ts";

export type RenditionQuestion = {
  /** Of the segment, from the host that serves it now. */
  readonly receivedBytes: number;
  readonly receivingMs: number;
  readonly remainingBytes: number;
  readonly bufferMs: number;
  /** A segment of the same length in the lowest rendition. */
  readonly lowestBytes: number;
};

export type RenditionVerdict = "keep" | "drop-to-lowest";

export function judgeRendition(
  question: RenditionQuestion,
  policy: FailoverPolicy,
): RenditionVerdict {
  const { receivedBytes, receivingMs, remainingBytes, bufferMs, lowestBytes } = question;
  // By then a host that is too slow has been left: the window in which it shows, and the time to measure another.
  if (receivingMs < policy.paceWindowMs + policy.pacePatienceMs) return "keep";
  const msPerByte = receivingMs / Math.max(1, receivedBytes);
  const isInTime = remainingBytes * msPerByte <= bufferMs - policy.paceMarginMs;
  return isInTime || lowestBytes >= remainingBytes ? "keep" : "drop-to-lowest";
}

/** A segment that has come. */
export type SegmentLoad = {
  readonly bytes: number;
  readonly transferMs: number;
  readonly durationMs: number;
  /** Without it. */
  readonly bufferMs: number;
};

/** So much may an estimate be above what a segment has just been measured at. */
const ESTIMATE_TOLERANCE = 1.5;

/**
 * What hls.js should take the link for, where it still thinks of a much faster one: its average forgets a
 * fast minute only over several segments, each of them too large. Undefined where its estimate may stand,
 * and where there is time for that.
 */
export function correctEstimate(
  estimateBitsPerSecond: number,
  { bytes, transferMs, durationMs, bufferMs }: SegmentLoad,
  policy: FailoverPolicy,
): number | undefined {
  // What came quickly was measured for too short a time to say much.
  if (transferMs < durationMs / 2) return undefined;
  // Another one like it would leave enough in hand.
  if (bufferMs - transferMs >= policy.paceMarginMs) return undefined;
  const measured = (bytes * 8 * 1_000) / transferMs;
  return estimateBitsPerSecond > measured * ESTIMATE_TOLERANCE ? measured : undefined;
}
