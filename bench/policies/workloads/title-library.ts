/** Titles of different lengths, and which of them the next viewer chooses: the nth by 1/n^exponent. */
import type { Random } from "../../../kernel/seeded-random.ts";
import type { TraceBuilder } from "../trace.ts";
import { PackagedTitle } from "./packaged-title.ts";

export type LibraryPlan = {
  readonly titles: number;
  readonly zipfExponent: number;
  readonly shortestSegments: number;
  readonly longestSegments: number;
};

export type LibraryTitle = { readonly title: PackagedTitle; readonly segments: number };

export class TitleLibrary {
  readonly #titles: readonly LibraryTitle[];
  /** Of each rank, the chance of it or a better one. */
  readonly #ranksUpTo: readonly number[];

  constructor(plan: LibraryPlan, builder: TraceBuilder, random: Random) {
    const { titles, zipfExponent, shortestSegments, longestSegments } = plan;
    this.#titles = Array.from({ length: titles }, (_, number) => ({
      title: new PackagedTitle(`/vod/title-${String(number).padStart(3, "0")}`, builder),
      segments: shortestSegments + Math.floor(random() * (longestSegments - shortestSegments)),
    }));
    const weights = Array.from({ length: titles }, (_, rank) => (rank + 1) ** -zipfExponent);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    let upTo = 0;
    this.#ranksUpTo = weights.map((weight) => {
      upTo += weight / sum;
      return upTo;
    });
  }

  drawRank(random: Random): number {
    const point = random();
    const rank = this.#ranksUpTo.findIndex((upTo) => point < upTo);
    return rank === -1 ? this.#titles.length - 1 : rank;
  }

  at(number: number): LibraryTitle {
    const found = this.#titles[number % this.#titles.length];
    if (found === undefined) throw new RangeError("A library without titles has no title");
    return found;
  }
}
