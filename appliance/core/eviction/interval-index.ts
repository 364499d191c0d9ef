/**
 * Interval: keeps what viewers are about to reach, and lets go first of what nobody is coming for. The
 * one policy here that knows it caches video.
 *
 * Who watches what, how fast, and how likely they go on is inferred from reads (`watched-titles`), and
 * tells how soon each segment will be wanted (`forecast-use`). Of a few objects drawn at random the one
 * least wanted goes: forecasts change with every second and with every viewer, and an order kept of all
 * of them would be out of date before it was used. A hit costs a binary search among a title's viewers.
 *
 * What is no segment, and segments that are not read in order, go by how often they were asked for
 * lately, over the time since they were used.
 */
import { hashText } from "../../../kernel/seeded-random.ts";
import type { NewCacheIndex } from "./cache-index.ts";
import { type ForecastPolicy, forecastArrivalMs, forecastUse, type Place } from "./forecast-use.ts";
import { FrequencySketch, type SketchPolicy } from "./frequency-sketch.ts";
import { objectTraitsOf } from "./object-traits.ts";
import {
  type EvictionOrder,
  type HeldObject,
  indexByOrder,
  type NewObject,
  type OrderOptions,
} from "./ordered-index.ts";
import { WatchedTitles, type WatchedTitlesPolicy } from "./watched-titles.ts";

export const INTERVAL_POLICY: IntervalPolicy = {
  drawn: 24,
  // A tie goes to what was used last.
  recencyWeight: 0.000_1,
  minReads: 24,
  minFollowedShare: 0.3,
  sketch: { minWidth: 1_024, maxWidth: 1_048_576, sampleFactor: 10 },
  titles: {
    leftAfterSegments: 10,
    maxStep: 2,
    repeatMs: 1_000,
    maxViewers: 256,
    arrivalsFadeMs: 8 * 3_600_000,
    maxReads: 4_000,
    maxRenditions: 32,
    maxTitles: 8_192,
    maxNames: 512,
    firstPaceMs: 6_000,
    step: { leastTicks: 500, timesSeen: 3 },
  },
  forecast: {
    maxViewersAsked: 8,
    soonestMs: 6_000,
    ownReadsWeight: 400,
    arrivalsCredit: 0.1,
    liveStartSegments: 8,
  },
};

/** Most of what was asked for once is never asked for again. */
const SINGLE_USE_WORTH = 0.05;

export type IntervalPolicy = {
  /** Objects looked at for one that goes. */
  readonly drawn: number;
  readonly recencyWeight: number;
  /** A title is believed to be read in order until so many reads say otherwise. */
  readonly minReads: number;
  readonly minFollowedShare: number;
  /** For what is not read in order. */
  readonly sketch: SketchPolicy;
  readonly titles: WatchedTitlesPolicy;
  readonly forecast: ForecastPolicy;
};

export const newIntervalIndex: NewCacheIndex = indexByOrder(
  (options) => new IntervalOrder(options, INTERVAL_POLICY),
);

type IntervalObject = HeldObject & {
  /** Where it stands among those that may be drawn. */
  at: number;
  readonly isInit: boolean;
  readonly place: Place | undefined;
  readonly hash: number;
  usedMs: number;
};

class IntervalOrder implements EvictionOrder<IntervalObject> {
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #policy: IntervalPolicy;
  #titles: WatchedTitles;
  #objects: IntervalObject[] = [];
  readonly #sketch: FrequencySketch;

  constructor({ now, random }: OrderOptions, policy: IntervalPolicy) {
    this.#now = now;
    this.#random = random;
    this.#policy = policy;
    this.#titles = new WatchedTitles(policy.titles, now());
    this.#sketch = new FrequencySketch(policy.sketch);
  }

  /** What comes in is not a read: it may have been recovered after a start, or fetched ahead of viewers. */
  insert({ key, value, sizeBytes, traits }: NewObject): IntervalObject {
    const nowMs = this.#now();
    const { sequence, number, isLive = false } = traits ?? {};
    const isSegment = sequence !== undefined && number !== undefined;
    const held: IntervalObject = {
      key,
      value,
      sizeBytes,
      at: this.#objects.length,
      isInit: traits?.kind === "init",
      place: isSegment
        ? { rendition: this.#titles.renditionOf(sequence, nowMs), number, isLive }
        : undefined,
      hash: hashText(key),
      usedMs: nowMs,
    };
    if (held.place !== undefined) held.place.rendition.held += 1;
    this.#objects.push(held);
    this.#sketch.fit(this.#objects.length);
    return held;
  }

  onHit(held: IntervalObject): void {
    const nowMs = this.#now();
    held.usedMs = nowMs;
    this.#sketch.observe(held.hash);
    const { place } = held;
    if (place !== undefined) this.#titles.observe(place.rendition, place.number, nowMs);
  }

  /** A viewer who is not served from here goes on all the same. */
  onMiss(key: string): void {
    this.#sketch.observe(hashText(key));
    const { sequence, number } = objectTraitsOf({ key });
    if (sequence === undefined || number === undefined) return;
    const nowMs = this.#now();
    this.#titles.observe(this.#titles.renditionOf(sequence, nowMs), number, nowMs);
  }

  remove(held: IntervalObject): void {
    const last = this.#objects.pop();
    if (last !== undefined && last !== held) {
      last.at = held.at;
      this.#objects[held.at] = last;
    }
    if (held.place !== undefined) held.place.rendition.held -= 1;
  }

  takeNext(): IntervalObject | undefined {
    const nowMs = this.#now();
    let next: IntervalObject | undefined;
    let leastWanted = Number.POSITIVE_INFINITY;
    for (let draw = 0; draw < this.#policy.drawn; draw += 1) {
      const held = this.#objects[Math.floor(this.#random() * this.#objects.length)];
      if (held === undefined) return undefined;
      const wanted = this.#forecast(held, nowMs);
      if (wanted >= leastWanted) continue;
      leastWanted = wanted;
      next = held;
    }
    if (next !== undefined) this.remove(next);
    return next;
  }

  clear(): void {
    this.#objects = [];
    this.#titles = new WatchedTitles(this.#policy.titles, this.#now());
  }

  #forecast(held: IntervalObject, nowMs: number): number {
    const { forecast, recencyWeight } = this.#policy;
    if (held.isInit) return this.#forecastInit(held, nowMs);
    if (held.place === undefined || !this.#isReadInOrder(held.place)) {
      const comesBack = Math.max(0, this.#sketch.estimate(held.hash) - 1) + SINGLE_USE_WORTH;
      return comesBack / (nowMs - held.usedMs + forecast.soonestMs);
    }
    const byRecency = recencyWeight / (nowMs - held.usedMs + forecast.soonestMs);
    return forecastUse(held.place, { titles: this.#titles, policy: forecast, nowMs }) + byRecency;
  }

  /** Wanted by everybody who comes or moves up or down, so it stays while anybody watches. */
  #forecastInit({ key }: IntervalObject, nowMs: number): number {
    const { forecast, titles } = this.#policy;
    const title = this.#titles.titleAt(key);
    if (title === undefined) return 1 / forecast.soonestMs;
    const isWatched = nowMs - title.lastReadMs <= titles.leftAfterSegments * title.paceMs;
    if (isWatched) return 1 / forecast.soonestMs;
    return 1 / forecastArrivalMs(title, 1, { titles: this.#titles, policy: forecast, nowMs });
  }

  #isReadInOrder({ rendition: { title } }: Place): boolean {
    const { minReads, minFollowedShare } = this.#policy;
    return title.reads < minReads || title.followed >= minFollowedShare * title.reads;
  }
}
