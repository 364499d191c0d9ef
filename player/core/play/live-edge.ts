/**
 * Does a live playlist still move?
 *
 * A host that shows an old playlist answers quickly and with 200: only the clock gives it away. One that
 * has listed nothing new for longer than it takes to make a segment is under suspicion, and so is one
 * that goes back behind what was seen already. Suspicion is no verdict: if the encoder stands still, all
 * pathways look like that. So another pathway is asked, and only if that one is ahead is this one to blame.
 */
import type { FailoverPolicy } from "../../contract/player-options.ts";
import type { MediaPlaylist } from "../place/media-playlist.ts";

/** How far a playlist reaches: its last segment, and how many parts of one that is not whole yet. */
export type Reach = { readonly sequence: number; readonly parts: number };

/** The furthest that was seen of a stream. */
export type LiveEdge = {
  readonly reach: Reach;
  /** Whose numbers those are. */
  readonly pathwayId: string;
  readonly sinceMs: number;
  /** When all were last found to stand still together. */
  readonly agreedMs: number | undefined;
};

/** Segments. */
const USUAL_LAG = 1;

export type EdgeVerdict = "moves" | "waits" | "suspect";

/** Undefined where there is nothing to wait for. */
export function reachOf({ segments, isComplete }: MediaPlaylist): Reach | undefined {
  const last = segments.at(-1);
  if (isComplete || last === undefined) return undefined;
  const isWhole = last.resource !== undefined;
  return {
    sequence: isWhole ? last.sequence : last.sequence - 1,
    parts: isWhole ? 0 : last.parts.length,
  };
}

export function isAhead(one: Reach, other: Reach): boolean {
  return one.sequence === other.sequence ? one.parts > other.parts : one.sequence > other.sequence;
}

/** @param heard by the numbers of the edge. */
export function judgeEdge(
  edge: LiveEdge,
  heard: { readonly reach: Reach; readonly pathwayId: string; readonly list: MediaPlaylist },
  policy: FailoverPolicy,
  nowMs: number,
): EdgeVerdict {
  if (isAhead(heard.reach, edge.reach)) return "moves";
  const longestMs = standstillMs(heard.list, policy);
  const sinceAgreedMs = nowMs - (edge.agreedMs ?? Number.NEGATIVE_INFINITY);
  if (sinceAgreedMs < longestMs) return "waits";
  if (lagOf(edge, heard.reach) > USUAL_LAG) return "suspect";
  // Another pathway gets time of its own: it may be late by what edges differ, and move all the same.
  if (heard.pathwayId !== edge.pathwayId) return "moves";
  return nowMs - edge.sinceMs >= longestMs ? "suspect" : "waits";
}

/** Edges of one channel are never quite equally far: a segment less is usual. */
export function isUpToDate(edge: LiveEdge, reach: Reach): boolean {
  return lagOf(edge, reach) <= USUAL_LAG;
}

function lagOf(edge: LiveEdge, reach: Reach): number {
  return edge.reach.sequence - reach.sequence;
}

/**
 * In low latency, the player stands no further behind the edge than the hold-back: that is all the time
 * there is.
 */
export function standstillMs(
  { targetMs = 0, partTargetMs, partHoldBackMs }: MediaPlaylist,
  policy: FailoverPolicy,
): number {
  const ofSegments = targetMs * policy.staleAfterTargets;
  if (partTargetMs === undefined) return ofSegments;
  const ofParts = partHoldBackMs ?? partTargetMs * 3;
  return Math.min(ofSegments, Math.max(ofParts, policy.staleLeastMs));
}
