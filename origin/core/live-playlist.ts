/**
 * Writes the media playlist of a channel's stream as it stands at one moment (RFC 8216bis §6.2.2).
 *
 * The list follows from its newest segment alone, the last one that has wholly been shown: it changes
 * when a segment is added and at no other time, so its ETag and its lifetime can be exact.
 */
import { initName, segmentName } from "./live-path.ts";
import { type LiveSegment, type LiveTimeline, newestSequence, segmentAt } from "./live-timeline.ts";

/** In target durations, so that it suits segments of any length. */
export type LivePolicy = {
  /** When the first title of every channel began. */
  readonly epochWallMs: number;
  /** How much is listed. */
  readonly windowTargets: number;
  /** How far behind the newest segment players should stay; RFC 8216bis wants at least 3. */
  readonly holdBackTargets: number;
  /** How long a segment can be had after it has left the list. */
  readonly lingerTargets: number;
  /** A segment can be had so long before it is listed: replicas' clocks are not quite the same. */
  readonly clockSkewMs: number;
  /** How long caches may keep a segment, whose number is never used again. */
  readonly segmentMaxAgeSeconds: number;
  /** How long they may believe that a segment is not there. */
  readonly absenceMaxAgeSeconds: number;
};

export type LivePlaylist = {
  readonly text: string;
  /** Whole seconds until a newer list exists. */
  readonly maxAgeSeconds: number;
};

/** A playlist may not be shorter than this (RFC 8216bis §6.2.2). */
const SHORTEST_TARGETS = 3;

/** Undefined while too little has been shown since the epoch. */
export function writeLivePlaylist(
  timeline: LiveTimeline,
  wallMs: number,
  policy: LivePolicy,
): LivePlaylist | undefined {
  const targetMs = timeline.program.targetDurationSeconds * 1000;
  const window = listWindow(timeline, wallMs, policy.windowTargets * targetMs);
  const [oldest] = window;
  const newest = window.at(-1);
  if (oldest === undefined || newest === undefined) return undefined;
  const listedMs = window.reduce((total, segment) => total + lengthMs(segment), 0);
  if (listedMs < SHORTEST_TARGETS * targetMs) return undefined;

  const next = segmentAt(timeline, newest.sequence + 1);
  return {
    text: [
      ...headLines(timeline, oldest, policy),
      ...window.flatMap((segment) => segmentLines(segment, segment === oldest)),
      "",
    ].join("\n"),
    // Rounded down: a list that is kept a moment too long lacks a segment which players wait for.
    maxAgeSeconds: Math.floor((next.endWallMs - wallMs) / 1000),
  };
}

/** The newest segment that has ended, and those before it until they fill the window. */
function listWindow(timeline: LiveTimeline, wallMs: number, windowMs: number): LiveSegment[] {
  const window: LiveSegment[] = [];
  let sequence = newestSequence(timeline, wallMs);
  let fromWallMs = Number.NEGATIVE_INFINITY;
  while (sequence >= 0) {
    const segment = segmentAt(timeline, sequence);
    if (window.length === 0) fromWallMs = segment.endWallMs - windowMs;
    if (segment.endWallMs <= fromWallMs) break;
    window.push(segment);
    sequence -= 1;
  }
  return window.reverse();
}

function headLines(timeline: LiveTimeline, oldest: LiveSegment, policy: LivePolicy): string[] {
  const { targetDurationSeconds } = timeline.program;
  // A discontinuity counts as gone once its tag is: the tag stays while its segment is listed.
  const gone = oldest.discontinuitySequence - (hasDiscontinuity(oldest) ? 1 : 0);
  const holdBackSeconds = policy.holdBackTargets * targetDurationSeconds;
  return [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${targetDurationSeconds}`,
    `#EXT-X-MEDIA-SEQUENCE:${oldest.sequence}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${gone}`,
    "#EXT-X-INDEPENDENT-SEGMENTS",
    `#EXT-X-SERVER-CONTROL:HOLD-BACK=${holdBackSeconds.toFixed(3)}`,
  ];
}

function segmentLines(segment: LiveSegment, isFirst: boolean): string[] {
  return [
    ...(hasDiscontinuity(segment) ? ["#EXT-X-DISCONTINUITY"] : []),
    ...(isFirst || segment.beginsSlot ? [`#EXT-X-MAP:URI="${initName(segment.titleId)}"`] : []),
    `#EXT-X-PROGRAM-DATE-TIME:${isoTime(segment.startWallMs)}`,
    `#EXTINF:${(lengthMs(segment) / 1000).toFixed(6)},`,
    segmentName(segment.sequence),
  ];
}

function lengthMs({ startMs, endMs }: LiveSegment): number {
  return endMs - startMs;
}

/** Timestamps begin anew with every title; only before the very first one there is nothing to break. */
function hasDiscontinuity({ beginsSlot, discontinuitySequence }: LiveSegment): boolean {
  return beginsSlot && discontinuitySequence > 0;
}

function isoTime(wallMs: number): string {
  // biome-ignore lint/style/noRestrictedGlobals: it writes a given time, and reads no clock.
  return new Date(Math.round(wallMs)).toISOString();
}
