/** What a cache made of a trace. */
export type ReplayScore = {
  readonly requests: number;
  readonly missedRequests: number;
  readonly bytes: number;
  /** Also what the origin had to send. */
  readonly missedBytes: number;
  /** What was taken in, and so written to a disk. */
  readonly writtenBytes: number;
};

export const byteMissRatio = ({ missedBytes, bytes }: ReplayScore): number => missedBytes / bytes;

export const objectMissRatio = ({ missedRequests, requests }: ReplayScore): number =>
  missedRequests / requests;

/** Of the way from LRU to what can be done at all: 1 is all of it, below 0 is worse than LRU. */
export function gapClosed(score: ReplayScore, lru: ReplayScore, offline: ReplayScore): number {
  const gap = lru.missedBytes - offline.missedBytes;
  return gap === 0 ? 0 : (lru.missedBytes - score.missedBytes) / gap;
}
