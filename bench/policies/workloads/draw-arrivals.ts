/**
 * Moments at which viewers arrive: a Poisson process whose rate may change with time, drawn by thinning
 * one of the highest rate.
 */
import type { Random } from "../../../kernel/seeded-random.ts";

export type Arrivals = {
  readonly durationMs: number;
  /** At its highest. */
  readonly perMinute: number;
  /** The share of that rate at a moment, from 0 to 1; always 1 where it is left out. */
  readonly shareAt?: (atMs: number) => number;
};

export function drawArrivals(arrivals: Arrivals, random: Random): number[] {
  const { durationMs, perMinute, shareAt = () => 1 } = arrivals;
  const moments: number[] = [];
  let atMs = 0;
  for (;;) {
    atMs += (-Math.log(1 - random()) * 60_000) / perMinute;
    if (atMs >= durationMs) return moments;
    if (random() < shareAt(atMs)) moments.push(atMs);
  }
}
