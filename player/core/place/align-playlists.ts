/**
 * Do two pathways cut a stream at the same places, and which segment of one is which of the other?
 *
 * Media sequence numbers are meant to agree between pathways, and often do not: a title may be counted
 * from 0 here and from 1 there, and each of two encoders counts from its own start. So segments are
 * paired by the time they stand for where that is known, and every pair must be equally long. One that
 * is not means other boundaries: no segment of one can then go on in the other.
 */
import type { ListedSegment, MediaPlaylist } from "./media-playlist.ts";

export type Alignment =
  | { readonly kind: "same"; readonly offset: Offset }
  /** They have no time in common, and what is not seen cannot be compared. */
  | { readonly kind: "unknown" }
  | { readonly kind: "apart" };

/** By how much the numbers of the other are larger. */
export type Offset = {
  /** Of media sequence numbers. */
  readonly sequence: number;
  /** Of discontinuity sequence numbers. */
  readonly discontinuity: number;
};

export const NO_OFFSET: Offset = { sequence: 0, discontinuity: 0 };

/** How far lengths and dates may differ: packagers round, and encoders' clocks are not one. */
const TOLERANCE_MS = 250;

export function alignPlaylists(one: MediaPlaylist, other: MediaPlaylist): Alignment {
  const sequence = offsetBetween(one, other);
  if (sequence === undefined) return { kind: "unknown" };
  if (sequence === "apart") return { kind: "apart" };
  let discontinuity: number | undefined;
  for (const segment of one.segments) {
    const pair = segmentAt(other, segment.sequence + sequence);
    if (pair === undefined) continue;
    discontinuity ??= pair.discontinuity - segment.discontinuity;
    // The first of a window does not tell whether what stood before it was another recording.
    const isFirst = segment === one.segments[0] || pair === other.segments[0];
    if (!isFirst && segment.isDiscontinuous !== pair.isDiscontinuous) return { kind: "apart" };
    if (!isSameLength(segment, pair)) return { kind: "apart" };
  }
  return { kind: "same", offset: { sequence, discontinuity: discontinuity ?? 0 } };
}

/** @param times `-1` for the difference. */
export function addOffsets(one: Offset, other: Offset, times: 1 | -1 = 1): Offset {
  return {
    sequence: one.sequence + times * other.sequence,
    discontinuity: one.discontinuity + times * other.discontinuity,
  };
}

export function segmentAt(
  { segments }: MediaPlaylist,
  sequence: number,
): ListedSegment | undefined {
  return segments[sequence - (segments[0]?.sequence ?? 0)];
}

function offsetBetween(one: MediaPlaylist, other: MediaPlaylist): number | "apart" | undefined {
  const [first] = one.segments;
  const [otherFirst] = other.segments;
  if (first === undefined || otherFirst === undefined) return undefined;
  // A title is whole on both: what counts is how manieth a segment is.
  if (one.isComplete && other.isComplete) return otherFirst.sequence - first.sequence;
  return offsetByDate(one, other);
}

/**
 * 0 where there are no dates: then the numbers have to be believed. Both are gone through side by side: a window
 * of many hours has too many segments for each to be compared with each, once in a refresh.
 */
function offsetByDate(one: MediaPlaylist, other: MediaPlaylist): number | "apart" | undefined {
  const own = byDate(one);
  const others = byDate(other);
  if (own.length === 0 || others.length === 0) return 0;
  let hasCommonTime = false;
  let at = 0;
  for (const { atMs, sequence } of own) {
    while ((others[at]?.atMs ?? atMs) < atMs - TOLERANCE_MS) at += 1;
    const pair = others[at];
    if (pair !== undefined && pair.atMs <= atMs + TOLERANCE_MS) return pair.sequence - sequence;
    hasCommonTime ||= atMs < (others[at - 1]?.endMs ?? atMs);
  }
  return hasCommonTime ? "apart" : undefined;
}

type Dated = { readonly atMs: number; readonly endMs: number; readonly sequence: number };

function byDate({ segments }: MediaPlaylist): readonly Dated[] {
  const dated = segments.flatMap(({ dateMs: atMs, durationMs = 0, sequence }) =>
    atMs === undefined ? [] : { atMs, endMs: atMs + durationMs, sequence },
  );
  return dated.sort((a, b) => a.atMs - b.atMs);
}

/** A segment of which only parts exist yet has no length. */
function isSameLength(one: ListedSegment, other: ListedSegment): boolean {
  if (one.durationMs === undefined || other.durationMs === undefined) return true;
  return Math.abs(one.durationMs - other.durationMs) <= TOLERANCE_MS;
}
