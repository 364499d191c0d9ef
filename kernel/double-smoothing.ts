/**
 * Predicts the next sample of a signal from its level and its trend: double exponential smoothing
 * (Holt's), as Netflix' Atlas computes it online in `:des` and `:sdes`.
 *
 * A single one remembers its first sample for ever, so what it says depends on when one began to watch.
 * The sliding one fixes that as Atlas does: time is cut into periods of `training` slots, each period
 * begins a smoothing of its own, and it is asked for predictions in the period after. Whoever has
 * watched for two whole periods predicts the same, whenever he began.
 *
 * Source: Netflix/atlas, atlas-core, `algorithm/OnlineDes.scala` and `OnlineSlidingDes.scala`
 * (2014–2019); there the predicted value is the level before the sample is known.
 */
export type DoubleSmoothing = {
  readonly samples: number;
  readonly level: number;
  /** Change of the level from one sample to the next. */
  readonly trend: number;
};

export type DoubleSmoothingPolicy = {
  /** Samples before it predicts; of a sliding one the slots of a period. Atlas: 10. */
  readonly training: number;
  /** Atlas' alpha, from 0 to 1. Its fast setting has 0.1. */
  readonly levelWeight: number;
  /** Atlas' beta, from 0 to 1. Its fast setting has 0.02. */
  readonly trendWeight: number;
};

/** Adds one sample. One that is no number says nothing, and changes nothing. */
export function smoothTwice(
  state: DoubleSmoothing | undefined,
  sample: number,
  { levelWeight, trendWeight }: DoubleSmoothingPolicy,
): DoubleSmoothing | undefined {
  if (!Number.isFinite(sample)) return state;
  if (state === undefined) return { samples: 1, level: sample, trend: 0 };
  const level = levelWeight * sample + (1 - levelWeight) * (state.level + state.trend);
  const trend = trendWeight * (level - state.level) + (1 - trendWeight) * state.trend;
  // Absurd samples may overflow; then it begins anew instead of being poisoned for ever.
  if (!Number.isFinite(level) || !Number.isFinite(trend))
    return { samples: 1, level: sample, trend: 0 };
  return { samples: state.samples + 1, level, trend };
}

/** What the next sample should be; undefined while there were too few. */
export function predictNext(
  state: DoubleSmoothing | undefined,
  { training }: Pick<DoubleSmoothingPolicy, "training">,
): number | undefined {
  return state === undefined || state.samples < training ? undefined : state.level;
}

export type SlidingSmoothing = {
  /** Number of the period: slot 0 begins period 0. */
  readonly period: number;
  /** Began with the period before, and is asked for predictions. */
  readonly elder: DoubleSmoothing | undefined;
  /** Began with this period, and takes over in the next. */
  readonly younger: DoubleSmoothing | undefined;
};

export type SlidingSmoothingPolicy = DoubleSmoothingPolicy & {
  /** Samples that the asked one must have, if not all its slots had one. Atlas: `training`. */
  readonly leastSamples: number;
};

/**
 * Adds the sample of one slot (a whole number that grows with time). Slots may be missing; one that
 * comes too late counts as of now.
 */
export function smoothSliding(
  state: SlidingSmoothing | undefined,
  { slot, sample }: { readonly slot: number; readonly sample: number },
  policy: SlidingSmoothingPolicy,
): SlidingSmoothing {
  const { period, elder, younger } = slideTo(state, slot, policy);
  return {
    period,
    elder: elder && smoothTwice(elder, sample, policy),
    younger: smoothTwice(younger, sample, policy),
  };
}

/** What the sample of this slot should be; ask before adding it. */
export function predictSliding(
  state: SlidingSmoothing | undefined,
  slot: number,
  policy: SlidingSmoothingPolicy,
): number | undefined {
  return predictNext(slideTo(state, slot, policy).elder, { training: policy.leastSamples });
}

function slideTo(
  state: SlidingSmoothing | undefined,
  slot: number,
  { training }: SlidingSmoothingPolicy,
): SlidingSmoothing {
  const period = Math.floor(slot / training);
  if (state === undefined || period > state.period + 1) {
    return { period, elder: undefined, younger: undefined };
  }
  return period > state.period ? { period, elder: state.younger, younger: undefined } : state;
}
