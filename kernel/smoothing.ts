/**
 * Smooths a noisy signal so that one odd sample moves little: an exponentially weighted mean with
 * the mean deviation beside it, as TCP estimates its round trip (RFC 6298 §2).
 *
 * The deviation is what makes it useful: "how long may this take?" is `mean + k × deviation`, a
 * prediction that adapts to each host, where a fixed timeout fits none.
 */
export type Smoothed = {
  readonly mean: number;
  readonly deviation: number;
  readonly samples: number;
};

const MEAN_WEIGHT = 1 / 8;
const DEVIATION_WEIGHT = 1 / 4;

/** Adds one sample; the first one sets the mean, and half of it the deviation (RFC 6298 §2.2). */
export function smooth(state: Smoothed | undefined, sample: number): Smoothed {
  if (state === undefined) return { mean: sample, deviation: sample / 2, samples: 1 };
  const error = Math.abs(state.mean - sample);
  return {
    mean: (1 - MEAN_WEIGHT) * state.mean + MEAN_WEIGHT * sample,
    deviation: (1 - DEVIATION_WEIGHT) * state.deviation + DEVIATION_WEIGHT * error,
    samples: state.samples + 1,
  };
}

/** The value that the next sample should not exceed, `deviations` mean deviations above the mean. */
export function upperBound(state: Smoothed, deviations: number): number {
  return state.mean + deviations * state.deviation;
}
