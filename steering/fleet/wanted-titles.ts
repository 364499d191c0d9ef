/** Counts what viewers ask for, so that a node that comes back can be filled with the most wanted first. */
import { LRUCache } from "lru-cache";
import type { WantedTitle } from "../core/ranking/choose-warming.ts";

export type WantedTitlesPolicy = {
  readonly maxTitles: number;
  /** What was asked for so long ago counts half. */
  readonly halfLifeMs: number;
};

/** When a whole region comes back, each of its nodes asks: sorting for each would take half of the time. */
const LISTED_FOR_MS = 1_000;

export function countWantedTitles(policy: WantedTitlesPolicy, now: () => number) {
  const titles = new LRUCache<string, { asks: number }>({ max: policy.maxTitles });
  let halvedAtMs = now();
  let listed: readonly WantedTitle[] = [];
  let listedAtMs = Number.NEGATIVE_INFINITY;

  return {
    noteAsked(title: string): void {
      const known = titles.get(title);
      if (known === undefined) titles.set(title, { asks: 1 });
      else known.asks += 1;
    },
    /** The most wanted first, as of a second ago at most. */
    list(): readonly WantedTitle[] {
      const nowMs = now();
      if (nowMs - listedAtMs < LISTED_FOR_MS) return listed;
      listedAtMs = nowMs;
      const halvings = Math.floor((nowMs - halvedAtMs) / policy.halfLifeMs);
      if (halvings > 0) {
        halvedAtMs += halvings * policy.halfLifeMs;
        for (const [, counted] of titles.entries()) counted.asks /= 2 ** halvings;
      }
      listed = Array.from(titles.entries(), ([title, { asks }]) => ({ title, asks })).sort(
        (a, b) => b.asks - a.asks || (a.title < b.title ? -1 : 1),
      );
      return listed;
    },
  };
}
