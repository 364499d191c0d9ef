/**
 * All titles that are watched or were lately: which runs of segments are renditions of one title, who
 * goes on and who leaves, and what viewers of any title choose.
 *
 * Packagers put each rendition into a folder of its title, or all into the title's own. So the title is
 * the folder above that of the segment, unless that one has too many runs for a title: then it is the
 * folder itself, and where that is crowded too, the run stands alone.
 */
import { FadingCount } from "./fading-count.ts";
import { LeavingCurve } from "./leaving-curve.ts";
import { SegmentStep, type StepPolicy } from "./segment-step.ts";
import {
  type Observation,
  type Rendition,
  type TitlePolicy,
  WatchedTitle,
} from "./watched-title.ts";

export type WatchedTitlesPolicy = TitlePolicy & {
  /** More runs of segments than a title has, with its sound tracks and subtitles. */
  readonly maxRenditions: number;
  /** Titles of which nothing is held are forgotten beyond that, the longest unread first. */
  readonly maxTitles: number;
  /** Rendition names told apart; the rest count as one. */
  readonly maxNames: number;
  readonly firstPaceMs: number;
  readonly step: StepPolicy;
};

const PACE_WEIGHT = 0.01;
/** Names remember about so many reads. */
const MAX_NAMED_READS = 100_000;

export class WatchedTitles {
  readonly leaving = new LeavingCurve();
  readonly arrivals: FadingCount;
  readonly #policy: WatchedTitlesPolicy;
  readonly #beganMs: number;
  readonly #titles = new Map<string, WatchedTitle>();
  readonly #renditions = new Map<string, Rendition>();
  readonly #names = new Map<string, { reads: number }>();
  readonly #otherNames = { reads: 0 };
  #namedReads = 0;
  #paceMs: number;
  #followed = 0;
  #moved = 0;
  #sweepAt: number;

  constructor(policy: WatchedTitlesPolicy, nowMs: number) {
    this.#policy = policy;
    this.#beganMs = nowMs;
    this.#paceMs = policy.firstPaceMs;
    this.#sweepAt = policy.maxTitles;
    this.arrivals = new FadingCount(policy.arrivalsFadeMs, nowMs);
  }

  get size(): number {
    return this.#titles.size;
  }

  /** The logarithm of the chance that a viewer keeps to a rendition for one more segment. */
  get logOfStaying(): number {
    // Before anything is known, one in fifty moves.
    return Math.log(1 - (this.#moved + 1) / (this.#followed + 50));
  }

  /** The time over which the fading counts have counted. */
  countedMs(nowMs: number): number {
    const { arrivalsFadeMs } = this.#policy;
    return arrivalsFadeMs * (1 - Math.exp((this.#beganMs - nowMs) / arrivalsFadeMs));
  }

  /** The share of all reads that renditions of that name have. */
  shareOfName({ namesakes }: Rendition): number {
    return (namesakes.reads + 0.5) / (this.#namedReads + 1);
  }

  /** The title below a path, as far as one is known: for an init segment, which is part of no run. */
  titleAt(path: string): WatchedTitle | undefined {
    const folder = folderOf(path);
    return this.#wholeTitle(folderOf(folder)) ?? this.#wholeTitle(folder);
  }

  renditionOf(sequence: string, nowMs: number): Rendition {
    const known = this.#renditions.get(sequence);
    if (known !== undefined) return known;
    const title = this.#titleFor(sequence, nowMs);
    const namesakes = this.#namesakesOf(sequence.slice(title.name.length));
    const step = new SegmentStep(this.#policy.step);
    const rendition = { title, sequence, namesakes, step, reads: 0, held: 0 };
    this.#renditions.set(sequence, rendition);
    title.renditions.push(rendition);
    this.#forgetIdle();
    return rendition;
  }

  observe(rendition: Rendition, number: number, nowMs: number): Observation {
    this.#countName(rendition);
    const { title, step } = rendition;
    if (step.observe(number)) title.startAnew();
    const observation = title.observe(rendition, step.placeOf(number), nowMs);
    switch (observation.what) {
      case "arrived":
        this.arrivals.add(nowMs);
        break;
      case "moved":
      case "went-on":
        this.leaving.onWentOn(observation.watchedSegments);
        this.#followed += 1;
        if (observation.what === "moved") this.#moved += 1;
        this.#paceMs += PACE_WEIGHT * (title.paceMs - this.#paceMs);
        break;
      case "repeated":
    }
    return observation;
  }

  #titleFor(sequence: string, nowMs: number): WatchedTitle {
    const folder = folderOf(sequence);
    for (const name of [folderOf(folder), folder]) {
      const title = this.#titleNamed(name, nowMs);
      if (title.isCrowded) continue;
      if (title.renditions.length < this.#policy.maxRenditions) return title;
      this.#breakUp(title, nowMs);
    }
    return this.#titleNamed(sequence, nowMs);
  }

  /** What was taken for renditions of a title are titles. */
  #breakUp(crowded: WatchedTitle, nowMs: number): void {
    crowded.isCrowded = true;
    for (const rendition of crowded.renditions.splice(0)) {
      const title = this.#titleFor(rendition.sequence, nowMs);
      rendition.title = title;
      rendition.namesakes = this.#namesakesOf(rendition.sequence.slice(title.name.length));
      title.renditions.push(rendition);
    }
  }

  #titleNamed(name: string, nowMs: number): WatchedTitle {
    const known = this.#titles.get(name);
    if (known !== undefined) return known;
    const title = new WatchedTitle(name, this.#policy, { paceMs: this.#paceMs, nowMs });
    this.#titles.set(name, title);
    return title;
  }

  #wholeTitle(name: string): WatchedTitle | undefined {
    const title = this.#titles.get(name);
    return title?.isCrowded ? undefined : title;
  }

  #namesakesOf(name: string): { reads: number } {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    if (this.#names.size >= this.#policy.maxNames) return this.#otherNames;
    const namesakes = { reads: 0 };
    this.#names.set(name, namesakes);
    return namesakes;
  }

  #countName({ namesakes }: Rendition): void {
    namesakes.reads += 1;
    this.#namedReads += 1;
    if (this.#namedReads <= MAX_NAMED_READS) return;
    this.#namedReads /= 2;
    for (const each of [...this.#names.values(), this.#otherNames]) each.reads /= 2;
    this.#followed /= 2;
    this.#moved /= 2;
  }

  /** A sweep costs as much as there are titles, and comes when they have doubled since the last. */
  #forgetIdle(): void {
    if (this.#titles.size <= this.#sweepAt) return;
    const idle = [...this.#titles].filter(([, title]) => isIdle(title));
    idle.sort(([, one], [, two]) => one.lastReadMs - two.lastReadMs);
    const surplus = this.#titles.size - this.#policy.maxTitles / 2;
    for (const [name, title] of idle.slice(0, Math.ceil(surplus))) {
      this.#titles.delete(name);
      for (const { sequence } of title.renditions) this.#renditions.delete(sequence);
    }
    this.#sweepAt = Math.max(this.#policy.maxTitles, 2 * this.#titles.size);
  }
}

function isIdle({ renditions }: WatchedTitle): boolean {
  return renditions.every(({ held }) => held === 0);
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
