/** Counts what viewers ask for, so that a node that comes back can be filled with the most wanted first. */
import { LRUCache } from "lru-cache";
import type { WantedTitle } from "../core/ranking/choose-warming.ts";

export type WantedTitlesPolicy = {
  readonly maxTitles: number;
  /** What was asked for so long ago counts half. */
  readonly halfLifeMs: number;
};

export function countWantedTitles(policy: WantedTitlesPolicy, now: () => number) {
  const titles = new LRUCache<string, { asks: number }>({ max: policy.maxTitles });
  let halvedAtMs = now();

  return {
    noteAsked(title: string): void {
      const known = titles.get(title);
      if (known === undefined) titles.set(title, { asks: 1 });
      else known.asks += 1;
    },
    list(): WantedTitle[] {
      const halvings = Math.floor((now() - halvedAtMs) / policy.halfLifeMs);
      if (halvings > 0) {
        halvedAtMs += halvings * policy.halfLifeMs;
        for (const [, counted] of titles.entries()) counted.asks /= 2 ** halvings;
      }
      return Array.from(titles.entries(), ([title, { asks }]) => ({ title, asks }));
    },
  };
}
