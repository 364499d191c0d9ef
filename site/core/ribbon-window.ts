/**
 * Which stretch of media time the ribbon shows: all of a film, or what lies around the playhead of
 * something live.
 *
 * A channel has no length to show. Its ribbon is a tape that runs under a playhead which stands still,
 * and what has left the tape is not drawn, however long one watches.
 */
import type { ServedSpan } from "../../player/contract/player-events.ts";

export type RibbonWindow = { readonly fromSeconds: number; readonly toSeconds: number };

export const LIVE_PAST_SECONDS = 45;
const LIVE_AHEAD_SECONDS = 15;

/** @param durationSeconds undefined for what is live */
export function ribbonWindow(
  currentSeconds: number,
  durationSeconds: number | undefined,
): RibbonWindow {
  if (durationSeconds !== undefined) return { fromSeconds: 0, toSeconds: durationSeconds };
  return {
    fromSeconds: currentSeconds - LIVE_PAST_SECONDS,
    toSeconds: currentSeconds + LIVE_AHEAD_SECONDS,
  };
}

/** How far into the window a moment lies: 0 at its left edge, 1 at its right, beyond both outside it. */
export function shareOfWindow(seconds: number, { fromSeconds, toSeconds }: RibbonWindow): number {
  if (toSeconds <= fromSeconds) return 0;
  return (seconds - fromSeconds) / (toSeconds - fromSeconds);
}

/** The spans of which something can be seen. */
export function spansInWindow(
  served: readonly ServedSpan[],
  { fromSeconds, toSeconds }: RibbonWindow,
): readonly ServedSpan[] {
  return served.filter(
    ({ startSeconds, endSeconds }) => endSeconds > fromSeconds && startSeconds < toSeconds,
  );
}
