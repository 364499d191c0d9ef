/** Which segments of the lab's live channel are listed at a moment. */
import { SEGMENT_SECONDS } from "./lab-ladder.ts";

/** How much has been shown when the page opens, and how much is listed. */
export const SHOWN_BEFORE_SEGMENTS = 30;
const WINDOW_SEGMENTS = 20;
/** So many segments too many does a list name that is ahead. */
const AHEAD_SEGMENTS = 2;

export type LiveWindow = { readonly first: number; readonly count: number };

/** @param elapsedSeconds since the page opened. @param isAhead whether it lies, see `playlist-ahead`. */
export function liveWindow(
  elapsedSeconds: number,
  { isAhead }: { readonly isAhead: boolean },
): LiveWindow {
  const end = shownSegments(elapsedSeconds) + (isAhead ? AHEAD_SEGMENTS : 0);
  return { first: end - WINDOW_SEGMENTS, count: WINDOW_SEGMENTS };
}

/** A segment can be had once it has wholly been shown. */
export function shownSegments(elapsedSeconds: number): number {
  return SHOWN_BEFORE_SEGMENTS + Math.floor(elapsedSeconds / SEGMENT_SECONDS);
}
