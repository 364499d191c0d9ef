/**
 * Learns by how much the names of successive segments differ: by one where they are counted, by the
 * duration in ticks where they are named by their time (`$Time$` in DASH).
 *
 * The smallest difference between a read and one of the last few before it is that of a viewer who
 * goes on. It has to be seen several times, for viewers far apart would pass for a large step.
 */
export type StepPolicy = {
  /** Smaller differences are counts: a tick is a millisecond or less, and no segment that short. */
  readonly leastTicks: number;
  readonly timesSeen: number;
};

/** Durations of sound alternate, by a frame of it. */
const ALIKE = 0.02;
/** As many viewers may read in turn, and each is still seen to go on. */
const RECENT = 4;

export class SegmentStep {
  /** Ticks a segment; 1 where segments are counted, and as long as nothing else is known. */
  ticks = 1;
  readonly #policy: StepPolicy;
  readonly #recent: number[] = [];
  #smallest = Number.POSITIVE_INFINITY;
  #seen = 0;

  constructor(policy: StepPolicy) {
    this.#policy = policy;
  }

  /** The place in the run of a segment named so. */
  placeOf(number: number): number {
    return this.ticks === 1 ? number : Math.round(number / this.ticks);
  }

  /** @returns whether places are counted otherwise from now on. */
  observe(number: number): boolean {
    // Segments one apart are counted, and nothing can be smaller.
    if (this.#smallest === 1 && this.ticks === 1) return false;
    const difference = this.#differenceFromRecent(number);
    if (difference > this.#smallest * (1 + ALIKE) || difference === Number.POSITIVE_INFINITY) {
      return false;
    }
    const isAlike = difference >= this.#smallest * (1 - ALIKE);
    this.#smallest = Math.min(this.#smallest, difference);
    this.#seen = isAlike ? this.#seen + 1 : 1;
    return this.#adopt(this.#seen >= this.#policy.timesSeen ? this.#smallest : this.ticks);
  }

  #differenceFromRecent(number: number): number {
    let smallest = Number.POSITIVE_INFINITY;
    for (const recent of this.#recent) {
      const difference = Math.abs(number - recent);
      if (difference > 0 && difference < smallest) smallest = difference;
    }
    this.#recent.push(number);
    if (this.#recent.length > RECENT) this.#recent.shift();
    return smallest;
  }

  #adopt(difference: number): boolean {
    const ticks = difference < this.#policy.leastTicks ? 1 : difference;
    const isNews = Math.abs(ticks - this.ticks) > this.ticks * ALIKE;
    if (isNews) this.ticks = ticks;
    return isNews;
  }
}
