/** Noise as measurements have it: factors around 1 with a long tail, and slow wandering. */
import type { Random } from "../../kernel/seeded-random.ts";

export function drawBetween(random: Random, low: number, high: number): number {
  return low + (high - low) * random();
}

/** From the standard normal distribution (Box and Muller). */
export function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A factor with median 1; `spread` is the standard deviation of its logarithm. */
export function drawFactor(random: Random, spread: number): number {
  return Math.exp(spread * drawNormal(random));
}

/** A count with this mean; above a few dozen a normal draw is as good. */
export function drawCount(random: Random, mean: number): number {
  if (mean > 40) return Math.max(0, Math.round(mean + Math.sqrt(mean) * drawNormal(random)));
  let count = -1;
  for (let left = Math.exp(-mean), product = 1; product > left; count += 1) product *= random();
  return Math.max(0, count);
}

/**
 * A factor that wanders about 1: its logarithm has this spread, and forgets where it was within
 * `forgetsAfter` steps (an Ornstein–Uhlenbeck process).
 */
export function wander(random: Random, spread: number, forgetsAfter: number): () => number {
  const kept = Math.exp(-1 / forgetsAfter);
  let logarithm = spread * drawNormal(random);
  return () => {
    logarithm = kept * logarithm + Math.sqrt(1 - kept ** 2) * spread * drawNormal(random);
    return Math.exp(logarithm);
  };
}
