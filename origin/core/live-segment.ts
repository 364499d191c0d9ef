/**
 * Decides whether a channel's segment can be had at one moment, and if not, for how long that stays so.
 *
 * A segment is there from its end on, as if it were being recorded, and for a while after it has left
 * the list (RFC 8216bis §6.2.2). That it is not there yet may be kept only until it is.
 */
import type { LivePolicy } from "./live-playlist.ts";
import { type LiveSegment, type LiveTimeline, segmentAt } from "./live-timeline.ts";

export type LiveSegmentDecision =
  | { readonly kind: "there"; readonly reason: "shown"; readonly segment: LiveSegment }
  | {
      readonly kind: "absent";
      readonly reason: "not-yet" | "gone";
      /** Whole seconds for which this answer certainly holds. */
      readonly maxAgeSeconds: number;
    };

export function decideLiveSegment(
  timeline: LiveTimeline,
  sequence: number,
  wallMs: number,
  policy: LivePolicy,
): LiveSegmentDecision {
  const segment = segmentAt(timeline, sequence);
  const earlyMs = segment.endWallMs - policy.clockSkewMs - wallMs;
  if (earlyMs > 0) {
    const seconds = Math.floor(earlyMs / 1000);
    return { kind: "absent", reason: "not-yet", maxAgeSeconds: atMost(seconds, policy) };
  }
  const targetMs = timeline.program.targetDurationSeconds * 1000;
  const keptMs = (policy.windowTargets + policy.lingerTargets) * targetMs;
  if (wallMs >= segment.endWallMs + keptMs) {
    return { kind: "absent", reason: "gone", maxAgeSeconds: policy.absenceMaxAgeSeconds };
  }
  return { kind: "there", reason: "shown", segment };
}

/** Somebody may set this machine's clock right in the meantime. */
function atMost(seconds: number, { absenceMaxAgeSeconds }: LivePolicy): number {
  return Math.min(seconds, absenceMaxAgeSeconds);
}
