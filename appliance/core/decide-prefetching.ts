/**
 * Decides whether the segments after one that a viewer has just asked for are fetched ahead.
 *
 * The order of segments is that of the playlist, not of numbers in names: what is not listed is never
 * asked for, so a live channel's next segment is fetched when the playlist first names it, and not before.
 * It must cost no viewer anything: nothing is begun unless the origin is idle enough.
 */
export type PrefetchingPolicy = {
  /** How many segments ahead of a viewer; 0 turns it off. */
  readonly depth: number;
  /** How many fetches ahead may be under way. */
  readonly maxRunning: number;
};

export type PrefetchingQuestion = {
  /** The segments after the one that was asked for, nearest first; no more than are listed. */
  readonly ahead: readonly { readonly key: string; readonly isThere: boolean }[];
  readonly isOriginIdle: boolean;
  readonly running: number;
};

export type PrefetchingDecision =
  | { readonly action: "fetch"; readonly reason: "next-segment"; readonly keys: readonly string[] }
  | {
      readonly action: "wait";
      readonly reason: "all-there" | "end-of-list" | "origin-busy" | "too-many";
    };

export function decidePrefetching(
  { ahead, isOriginIdle, running }: PrefetchingQuestion,
  { depth, maxRunning }: PrefetchingPolicy,
): PrefetchingDecision {
  if (ahead.length === 0) return { action: "wait", reason: "end-of-list" };
  const missing = ahead.slice(0, depth).filter(({ isThere }) => !isThere);
  if (missing.length === 0) return { action: "wait", reason: "all-there" };
  if (!isOriginIdle) return { action: "wait", reason: "origin-busy" };
  if (running >= maxRunning) return { action: "wait", reason: "too-many" };
  const keys = missing.slice(0, maxRunning - running).map(({ key }) => key);
  return { action: "fetch", reason: "next-segment", keys };
}
