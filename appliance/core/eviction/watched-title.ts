/**
 * One title or channel as its viewers watch it: who stands where, inferred from what is read.
 *
 * Nobody says who asks, and nobody needs to: a read of segment n is by whoever last read n − 1, on the
 * same rendition or, after a move on the ladder, on another. If nobody did, somebody has arrived. Two
 * viewers who are mistaken for each other do no harm, because only places count.
 */
import { FadingCount } from "./fading-count.ts";
import type { SegmentStep } from "./segment-step.ts";

/** One run of segments of a title: a rendition of its picture or of its sound. */
export type Rendition = {
  title: WatchedTitle;
  readonly sequence: string;
  /** What viewers of all titles read of renditions named alike. */
  namesakes: { reads: number };
  reads: number;
  readonly step: SegmentStep;
  /** Objects of it that the index holds. */
  held: number;
};

export type Viewer = {
  rendition: Rendition;
  /** The place in the run of the segment last read. */
  number: number;
  atMs: number;
  watchedSegments: number;
};

export type TitlePolicy = {
  /** Who has read nothing for so many segments' time has left. */
  readonly leftAfterSegments: number;
  /** A viewer may leave out a segment, and is recognised all the same. */
  readonly maxStep: number;
  /** The same segment again, so soon: a retry or another range, and no new viewer. */
  readonly repeatMs: number;
  readonly maxViewers: number;
  readonly arrivalsFadeMs: number;
  /** Reads remembered before all of them count half. */
  readonly maxReads: number;
};

export type Observation =
  | {
      readonly what: "went-on" | "moved";
      readonly watchedSegments: number;
      readonly pauseMs: number;
    }
  | { readonly what: "arrived" | "repeated" };

const ARRIVED: Observation = { what: "arrived" };
const REPEATED: Observation = { what: "repeated" };
/** A buffer is filled faster than it is played; who has read more than this plays. */
const BUFFERING_SEGMENTS = 6;
const PACE_WEIGHT = 0.05;
const LONGEST_PACE_MS = 20_000;

export class WatchedTitle {
  readonly renditions: Rendition[] = [];
  readonly name: string;
  lastReadMs: number;
  /** Too many runs of segments to be one title: its folder is a catalogue. */
  isCrowded = false;
  /** Of the segments read, those that followed on another. */
  followed = 0;
  reads = 0;
  firstNumber = Number.POSITIVE_INFINITY;
  lastNumber = 0;
  readonly arrivals: FadingCount;
  /** How long a segment plays. */
  paceMs: number;
  readonly #policy: TitlePolicy;
  /** In order of their number; who came to it first is last among equals. */
  readonly #viewers: Viewer[] = [];

  constructor(name: string, policy: TitlePolicy, begun: { paceMs: number; nowMs: number }) {
    const { paceMs, nowMs } = begun;
    this.name = name;
    this.#policy = policy;
    this.paceMs = paceMs;
    this.lastReadMs = nowMs;
    this.arrivals = new FadingCount(policy.arrivalsFadeMs, nowMs);
  }

  get viewers(): number {
    return this.#viewers.length;
  }

  observe(rendition: Rendition, number: number, nowMs: number): Observation {
    this.#countRead(rendition, number, nowMs);
    const at = this.#findFollower(rendition, number, nowMs);
    if (at === undefined) return this.#arrive(rendition, number, nowMs);
    const viewer = this.#viewers[at] as Viewer;
    const { watchedSegments } = viewer;
    const pauseMs = nowMs - viewer.atMs;
    const what = viewer.rendition === rendition ? "went-on" : "moved";
    this.followed += 1;
    if (watchedSegments >= BUFFERING_SEGMENTS) this.#learnPace(pauseMs);
    viewer.rendition = rendition;
    viewer.number = number;
    viewer.atMs = nowMs;
    viewer.watchedSegments += 1;
    this.#moveUp(at);
    return { what, watchedSegments, pauseMs };
  }

  /**
   * Calls back for those who have not reached a segment, the nearest first, until `visit` returns false.
   * Who has left meanwhile is forgotten, and `onLeft` is told.
   */
  visitViewersBefore(
    number: number,
    nowMs: number,
    visit: (viewer: Viewer) => boolean,
    onLeft: (viewer: Viewer) => void,
  ): void {
    for (let at = this.#countBefore(number) - 1; at >= 0; at -= 1) {
      const viewer = this.#viewers[at] as Viewer;
      if (this.hasLeft(viewer, nowMs)) {
        this.#viewers.splice(at, 1);
        onLeft(viewer);
      } else if (!visit(viewer)) return;
    }
  }

  /** Forgets places that were counted otherwise. */
  startAnew(): void {
    this.#viewers.length = 0;
    this.firstNumber = Number.POSITIVE_INFINITY;
    this.lastNumber = 0;
    this.reads = 0;
    this.followed = 0;
    for (const rendition of this.renditions) rendition.reads = 0;
  }

  hasLeft({ atMs }: Viewer, nowMs: number): boolean {
    return nowMs - atMs > this.#policy.leftAfterSegments * this.paceMs;
  }

  #countRead(rendition: Rendition, number: number, nowMs: number): void {
    this.lastReadMs = nowMs;
    this.firstNumber = Math.min(this.firstNumber, number);
    this.lastNumber = Math.max(this.lastNumber, number);
    this.reads += 1;
    rendition.reads += 1;
    if (this.reads <= this.#policy.maxReads) return;
    this.reads /= 2;
    this.followed /= 2;
    for (const each of this.renditions) each.reads /= 2;
  }

  /** Of those one or two segments before, one on the same rendition, else who has waited longest. */
  #findFollower(rendition: Rendition, number: number, nowMs: number): number | undefined {
    let found: number | undefined;
    for (let at = this.#countBefore(number) - 1; at >= 0; at -= 1) {
      const viewer = this.#viewers[at] as Viewer;
      if (viewer.number < number - this.#policy.maxStep) break;
      if (this.hasLeft(viewer, nowMs)) continue;
      if (viewer.rendition === rendition) return at;
      if (found === undefined || viewer.atMs < (this.#viewers[found] as Viewer).atMs) found = at;
    }
    return found;
  }

  #arrive(rendition: Rendition, number: number, nowMs: number): Observation {
    const at = this.#countBefore(number);
    for (let next = at; this.#viewers[next]?.number === number; next += 1) {
      const viewer = this.#viewers[next] as Viewer;
      const isRepeat = nowMs - viewer.atMs <= this.#policy.repeatMs;
      if (isRepeat && viewer.rendition === rendition) return REPEATED;
    }
    this.#viewers.splice(at, 0, { rendition, number, atMs: nowMs, watchedSegments: 0 });
    // With so many viewers there is always one behind; which of them are known matters little.
    if (this.#viewers.length > this.#policy.maxViewers) this.#viewers.shift();
    this.arrivals.add(nowMs);
    return ARRIVED;
  }

  #learnPace(pauseMs: number): void {
    const seen = Math.min(pauseMs, LONGEST_PACE_MS);
    this.paceMs += PACE_WEIGHT * (seen - this.paceMs);
  }

  /** Those ahead make way for who has gone on. */
  #moveUp(from: number): void {
    const viewers = this.#viewers;
    const moved = viewers[from] as Viewer;
    let at = from;
    for (; (viewers[at + 1]?.number ?? Number.POSITIVE_INFINITY) < moved.number; at += 1) {
      viewers[at] = viewers[at + 1] as Viewer;
    }
    viewers[at] = moved;
  }

  #countBefore(number: number): number {
    let low = 0;
    let high = this.#viewers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#viewers[middle] as Viewer).number < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
