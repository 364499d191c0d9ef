/**
 * What to do about an error that stops hls.js for good: start the decoder again with other bytes, go on
 * after the part that nobody has, or tell the page.
 *
 * The same bytes from the same host would fail again, so before anything is started again the segment at
 * fault is rejected, and comes from another pathway. Network trouble never gets here, as the transport
 * keeps trying. What fails again and again all the same is told.
 */
import type { FailoverPolicy } from "../../contract/player-options.ts";

export type FatalError = {
  readonly kind: "no-source" | "media" | "missing" | "other";
  /** When playback was last got going again, oldest first. */
  readonly recoveredAtMs: readonly number[];
  /** Whether somebody is left whose bytes for the segment at fault have not been refused. */
  readonly hasElsewhere: boolean;
  /** Whether it is known which segment is at fault. */
  readonly knowsSegment: boolean;
};

export type FatalErrorDecision = "recover" | "skip" | "tell-no-source" | "tell-media-error";

export function judgeFatalError(
  { kind, recoveredAtMs, hasElsewhere, knowsSegment }: FatalError,
  policy: FailoverPolicy,
  nowMs: number,
): FatalErrorDecision {
  if (kind === "no-source") return "tell-no-source";
  if (kind === "other") return "tell-media-error";
  const recent = recoveredAtMs.filter((atMs) => nowMs - atMs < policy.mediaRecoveriesWithinMs);
  if (recent.length >= policy.mediaRecoveries) return "tell-media-error";
  if (kind === "media" && (hasElsewhere || !knowsSegment)) return "recover";
  return knowsSegment ? "skip" : "tell-media-error";
}

export type BufferedSegment = {
  readonly name: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
};

/** A decoder works so far ahead of the picture. */
const AHEAD_SECONDS = 1;

/** Which of what was buffered the decoder was at when it failed: picture and sound, and what joins on. */
export function suspectsAt<Segment extends BufferedSegment>(
  buffered: readonly Segment[],
  currentSeconds: number,
): readonly Segment[] {
  return buffered.filter(
    ({ startSeconds, endSeconds }) =>
      startSeconds <= currentSeconds + AHEAD_SECONDS && currentSeconds < endSeconds,
  );
}
