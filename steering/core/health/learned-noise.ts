/**
 * Learns how far a signal usually strays: its mean absolute error, with each error cut at a few times
 * what is usual, so that an incident does not teach us that it is normal.
 */
export type LearnedNoise = { readonly mean: number; readonly samples: number };

export const NO_NOISE: LearnedNoise = { mean: 0, samples: 0 };

const CUT_AT = 3;
/** So many errors are taken as they are: nothing is usual yet. */
const FIRST_SAMPLES = 5;

/** @param weight of a new error, once there are many; the first ones are averaged. */
export function learnNoise(noise: LearnedNoise, error: number, weight: number): LearnedNoise {
  if (!Number.isFinite(error)) return noise;
  const size = Math.abs(error);
  const counted =
    noise.samples < FIRST_SAMPLES ? size : Math.min(size, CUT_AT * noise.mean + Number.EPSILON);
  const share = Math.max(weight, 1 / (noise.samples + 1));
  return { mean: noise.mean + share * (counted - noise.mean), samples: noise.samples + 1 };
}
