/**
 * Counts durations by how long they were, for the price of a few comparisons: what each request pays to
 * be seen in a histogram.
 */

/** Upper bounds in milliseconds; what is longer than the last is counted beyond them. */
export const LATENCY_BOUNDS_MS: readonly number[] = [
  0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000,
];

export class LatencyBuckets {
  /** How many were within each bound and beyond the one before it; the last is beyond them all. */
  readonly counts: number[] = LATENCY_BOUNDS_MS.map(() => 0).concat(0);
  sumMs = 0;

  add(ms: number): void {
    let index = 0;
    while (index < LATENCY_BOUNDS_MS.length && ms > (LATENCY_BOUNDS_MS[index] ?? 0)) index += 1;
    this.counts[index] = (this.counts[index] ?? 0) + 1;
    this.sumMs += ms;
  }
}
