/** Requests for objects of one byte, and how many of them an index misses. */
import { seededRandom } from "../../../kernel/seeded-random.ts";
import type { NewCacheIndex } from "./cache-index.ts";

export const REPLAY_SEEDS = ["one", "two", "three", "four"] as const;

/** Skewed, drifting, and with a scan in the middle: each part of a policy has something to do. */
export function drawRequests(seed: string, count: number): string[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, step) => {
    if (step > count * 0.4 && step < count * 0.5) return `/scan/${step}`;
    const drift = Math.floor((step / count) * 40);
    return `/${Math.floor(random() ** 3 * 300) + drift}`;
  });
}

export function countMisses(
  newIndex: NewCacheIndex,
  limitBytes: number,
  requests: readonly string[],
): number {
  const index = newIndex<true>({
    limitBytes,
    onRemoved: () => {},
    now: () => 1,
    random: seededRandom("replay"),
  });
  let misses = 0;
  for (const key of requests) {
    if (index.get(key) !== undefined) continue;
    misses += 1;
    index.set(key, true, 1);
  }
  return misses;
}

/** A policy written down a second time, as plainly as can be: arrays that are searched. */
export type NaiveCache = {
  /** @returns whether it was a hit; what was missed is in afterwards. */
  ask(key: string): boolean;
};

export function countNaiveMisses(cache: NaiveCache, requests: readonly string[]): number {
  return requests.filter((key) => !cache.ask(key)).length;
}
