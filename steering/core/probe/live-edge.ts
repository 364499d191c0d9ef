/**
 * Tells a live playlist that has stopped from one that is merely a moment behind.
 *
 * A frozen list is a failure that no status shows: the answer is 200, quick and whole. So every look at
 * the list, at the source and at each node, is compared with what has been published: a node whose list
 * lacks a segment that others had a while ago is stale. What counts as published is what the source
 * lists, or, where the source cannot be asked, what two nodes list, so that one node that runs ahead
 * makes nobody else look late.
 */
import { readPlaylistLines } from "../../../kernel/playlist-lines.ts";

/** What a look at a media playlist shows. */
export type LiveLook = {
  /** Media sequence number of the last segment listed. */
  readonly lastSequence: number;
  readonly targetDurationMs: number;
  /** EXT-X-ENDLIST stands in it: it will not change any more. */
  readonly isEnded: boolean;
};

/** What is known of one live stream. */
export type LiveEdge = {
  /** When each of the last sequence numbers was first seen published, oldest first. */
  readonly published: readonly Sighting[];
  /** The highest number in the source's list at the last look. */
  readonly sourceSequence: number | undefined;
  /**
   * What of it the source lists, while that is less. An encoder that begins anew steps back: the number that
   * it is at then counts from that moment on.
   */
  readonly atSource: readonly Sighting[] | undefined;
  /** The highest number that a single node has listed, and that nobody has confirmed yet. */
  readonly claim: (Sighting & { readonly by: string }) | undefined;
};
type Sighting = { readonly sequence: number; readonly atMs: number };

export type LivePolicy = {
  /** In target durations: how long a node may lack what is published; caches keep lists a moment. */
  readonly staleAfterTargets: number;
  /** How many segments a node may list beyond what is known to be published. */
  readonly aheadSegments: number;
};

export type LiveVerdict = {
  readonly ok: boolean;
  readonly reason: "current" | "stale-playlist" | "playlist-ahead";
};

export const UNSEEN: LiveEdge = {
  published: [],
  sourceSequence: undefined,
  atSource: undefined,
  claim: undefined,
};

const MAX_SIGHTINGS = 16;

/** Undefined for text that is no media playlist with segments. */
export function readLiveLook(text: string): LiveLook | undefined {
  let firstSequence = 0;
  let segments = 0;
  let targetSeconds = 0;
  let isEnded = false;
  for (const line of readPlaylistLines(text)) {
    if (line.kind !== "tag") continue;
    if (line.name === "EXTINF") segments += 1;
    else if (line.name === "EXT-X-ENDLIST") isEnded = true;
    else if (line.name === "EXT-X-MEDIA-SEQUENCE") firstSequence = Number(line.value);
    else if (line.name === "EXT-X-TARGETDURATION") targetSeconds = Number(line.value);
  }
  const hasTarget = targetSeconds > 0 && Number.isFinite(targetSeconds);
  if (!hasTarget || !Number.isSafeInteger(firstSequence) || segments === 0) return undefined;
  return {
    lastSequence: firstSequence + segments - 1,
    targetDurationMs: targetSeconds * 1000,
    isEnded,
  };
}

/** The source's own list is published by definition; one far behind begins the count anew. */
export function observeSource(edge: LiveEdge, { lastSequence }: LiveLook, nowMs: number): LiveEdge {
  const newest = edge.published.at(-1)?.sequence ?? Number.NEGATIVE_INFINITY;
  const began = newest - lastSequence > MAX_SIGHTINGS ? UNSEEN : edge;
  const looked = { ...began, sourceSequence: lastSequence };
  if (began === UNSEEN || lastSequence >= newest) {
    return { ...publish(looked, lastSequence, nowMs), atSource: undefined };
  }
  const hasSteppedBack = lastSequence < (edge.sourceSequence ?? lastSequence);
  const seen = edge.atSource ?? edge.published;
  const before = seen.filter(({ sequence }) => sequence <= lastSequence);
  const isSeen = before.at(-1)?.sequence === lastSequence;
  const kept = isSeen && hasSteppedBack ? before.slice(0, -1) : before;
  return { ...looked, atSource: withSighting(kept, lastSequence, nowMs) };
}

/** What two nodes list is published. */
export function observeNodeList(
  edge: LiveEdge,
  { look, by }: { readonly look: LiveLook; readonly by: string },
  nowMs: number,
): LiveEdge {
  const sequence = look.lastSequence;
  const newest = edge.published.at(-1)?.sequence ?? Number.NEGATIVE_INFINITY;
  if (sequence <= newest) return edge;
  const { claim } = edge;
  if (claim === undefined || claim.by === by) {
    const atMs = claim?.sequence === sequence ? claim.atMs : nowMs;
    return { ...edge, claim: { sequence, atMs, by } };
  }
  const agreed = Math.min(sequence, claim.sequence);
  const ahead = sequence > claim.sequence ? { sequence, atMs: nowMs, by } : claim;
  const confirmed = publish(edge, agreed, nowMs);
  return ahead.sequence > agreed ? { ...confirmed, claim: ahead } : confirmed;
}

export function judgeLiveList(
  edge: LiveEdge,
  look: LiveLook,
  policy: LivePolicy,
  nowMs: number,
): LiveVerdict {
  const newest = edge.published.at(-1);
  if (newest === undefined || look.isEnded) return CURRENT;
  if (look.lastSequence > newest.sequence + policy.aheadSegments) {
    return { ok: false, reason: "playlist-ahead" };
  }
  const there = edge.atSource ?? edge.published;
  const lacked = there.find(({ sequence }) => sequence > look.lastSequence);
  const patienceMs = policy.staleAfterTargets * look.targetDurationMs;
  const isStale = lacked !== undefined && nowMs - lacked.atMs > patienceMs;
  return isStale ? { ok: false, reason: "stale-playlist" } : CURRENT;
}

const CURRENT: LiveVerdict = { ok: true, reason: "current" };

function publish(edge: LiveEdge, sequence: number, nowMs: number): LiveEdge {
  const published = withSighting(edge.published, sequence, nowMs);
  if (published === edge.published) return edge;
  const isClaimOpen = edge.claim !== undefined && edge.claim.sequence > sequence;
  return { ...edge, published, claim: isClaimOpen ? edge.claim : undefined };
}

/** The same where that is not new. */
function withSighting(
  sightings: readonly Sighting[],
  sequence: number,
  atMs: number,
): readonly Sighting[] {
  const newest = sightings.at(-1)?.sequence ?? Number.NEGATIVE_INFINITY;
  return sequence <= newest ? sightings : [...sightings, { sequence, atMs }].slice(-MAX_SIGHTINGS);
}
