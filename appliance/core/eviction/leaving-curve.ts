/**
 * Learns how likely a viewer goes on, from how long the viewer has been watching.
 *
 * Who has just come may only be looking in; who has watched for an hour will see the end. So the
 * chance of leaving with the next segment is counted in steps that double: for the first segment, the
 * next two, the next four, and so on.
 */
const STEPS = 14;
/** Before anything is known: one viewer in forty leaves with each segment. */
const PRIOR_WENT_ON = 20;
const PRIOR_LEFT = 0.5;
/** Whatever was counted is halved then, so that habits may change. */
const MAX_COUNTED = 1_000_000;
/** The sums are renewed once in so many events: they change slowly, and are read for every eviction. */
const RENEWED_EVERY = 256;

export class LeavingCurve {
  readonly #wentOn = new Float64Array(STEPS).fill(PRIOR_WENT_ON);
  readonly #left = new Float64Array(STEPS).fill(PRIOR_LEFT);
  /** For each step the chance of leaving per segment in it, and the sum of those before it. */
  readonly #chance = new Float64Array(STEPS);
  readonly #before = new Float64Array(STEPS);
  #events = 0;

  constructor() {
    this.#renew();
  }

  /** A viewer who had watched so many segments before took another one. */
  onWentOn(watchedSegments: number): void {
    this.#count(this.#wentOn, watchedSegments);
  }

  onLeft(watchedSegments: number): void {
    this.#count(this.#left, watchedSegments);
  }

  /** The chance that who has watched so many segments will watch so many more. */
  chanceToGoOn(watchedSegments: number, moreSegments: number): number {
    return Math.exp(this.#sumUpTo(watchedSegments) - this.#sumUpTo(watchedSegments + moreSegments));
  }

  #count(counts: Float64Array, watchedSegments: number): void {
    const step = stepOf(watchedSegments);
    counts[step] = (counts[step] ?? 0) + 1;
    if ((counts[step] ?? 0) > MAX_COUNTED) this.#halve(step);
    this.#events += 1;
    if (this.#events % RENEWED_EVERY === 0) this.#renew();
  }

  #halve(step: number): void {
    for (const counts of [this.#wentOn, this.#left]) counts[step] = (counts[step] ?? 0) / 2;
  }

  #renew(): void {
    let sum = 0;
    for (let step = 0; step < STEPS; step += 1) {
      const left = this.#left[step] ?? 0;
      const chance = left / (left + (this.#wentOn[step] ?? 0));
      this.#chance[step] = chance;
      this.#before[step] = sum;
      sum += chance * 2 ** step;
    }
  }

  #sumUpTo(watchedSegments: number): number {
    const step = stepOf(watchedSegments);
    const within = watchedSegments + 1 - 2 ** step;
    return (this.#before[step] ?? 0) + within * (this.#chance[step] ?? 0);
  }
}

/** Step n begins with segment 2^n − 1. */
function stepOf(watchedSegments: number): number {
  return Math.min(STEPS - 1, 31 - Math.clz32(watchedSegments + 1));
}
