/**
 * What one signal of one node should be next, from its own past: the prediction (Atlas' `sdes`) and the
 * noise around it that is usual for this node.
 *
 * "If the drop is smooth enough then DES can adjust without ever triggering", say Atlas' documents: what
 * creeps is caught by the comparison with peers. What jumps is learned only up to the limit of what is
 * believed, so that an incident does not become the norm while it lasts.
 */
import {
  predictSliding,
  type SlidingSmoothing,
  type SlidingSmoothingPolicy,
  smoothSliding,
} from "../../../kernel/double-smoothing.ts";
import { type LearnedNoise, learnNoise, NO_NOISE } from "./learned-noise.ts";

export type SignalForecast = {
  readonly smoothing: SlidingSmoothing | undefined;
  readonly noise: LearnedNoise;
};

export type ForecastPolicy = {
  readonly smoothing: SlidingSmoothingPolicy;
  /** Weight of a new error in the learned noise, 0 to 1. */
  readonly noiseWeight: number;
  /** Usual errors beyond which a sample surprises. */
  readonly noiseFactor: number;
};

export const NO_FORECAST: SignalForecast = { smoothing: undefined, noise: NO_NOISE };

/** How much worse a sample is than predicted; undefined while nothing is predicted. */
export function surpriseOf(
  forecast: SignalForecast,
  { slot, badness }: SlotSample,
  { smoothing }: ForecastPolicy,
): number | undefined {
  const predicted = predictSliding(forecast.smoothing, slot, smoothing);
  return predicted === undefined ? undefined : badness - predicted;
}

export type SlotSample = { readonly slot: number; readonly badness: number };

/** How large a surprise its own noise explains. */
export function noiseLimit({ noise }: SignalForecast, { noiseFactor }: ForecastPolicy): number {
  return noiseFactor * noise.mean;
}

/** @param mostSurprise beyond which a change for the worse is not learned. */
export function learnSample(
  forecast: SignalForecast,
  sample: SlotSample & { readonly mostSurprise: number },
  policy: ForecastPolicy,
): SignalForecast {
  const { slot, badness, mostSurprise } = sample;
  const predicted = predictSliding(forecast.smoothing, slot, policy.smoothing);
  const believed = predicted === undefined ? badness : Math.min(badness, predicted + mostSurprise);
  return {
    smoothing: smoothSliding(forecast.smoothing, { slot, sample: believed }, policy.smoothing),
    noise:
      predicted === undefined
        ? forecast.noise
        : learnNoise(forecast.noise, believed - predicted, policy.noiseWeight),
  };
}
