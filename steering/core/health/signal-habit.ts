/**
 * How far one signal of one node usually stands from its peers, and how far it stands now: what creeps
 * shows here, when its own forecast has long followed it, and what befalls everybody does not.
 *
 * A node may be slower than its peers by habit: it stands further away, or is an older box. The habit is
 * learned slowly, slower than an incident grows.
 */
import { type LearnedNoise, learnNoise, NO_NOISE } from "./learned-noise.ts";

export type SignalHabit = {
  /** Usual distance from the peers' median, on the scale of badness. */
  readonly offset: number;
  readonly samples: number;
  /** How much further it is now, smoothed over a few samples. */
  readonly apart: number;
  /** From one sample to the next. */
  readonly noise: LearnedNoise;
};

export type HabitPolicy = {
  /** Weight of a new sample in the habit after its training, 0 to 1. */
  readonly habitWeight: number;
  /** Weight of a new sample in where it stands now, 0 to 1. */
  readonly apartWeight: number;
  /** Weight of a new error in the learned noise, 0 to 1. */
  readonly noiseWeight: number;
  /** Samples of which the mean is taken before a habit is one. */
  readonly training: number;
  /** Usual errors, its own or among its peers, beyond which it stands apart. */
  readonly apartFactor: number;
};

/** In limits: how far beyond where it stood a single sample is believed. */
const MOST_STEP = 1.5;

export const NO_HABIT: SignalHabit = { offset: 0, samples: 0, apart: 0, noise: NO_NOISE };

/**
 * Notes one sample.
 *
 * @param excess badness beyond the habit and beyond what the peers show beyond theirs.
 * @param mostApart beyond which an excess is not learned as habit.
 */
export function noteExcess(
  habit: SignalHabit,
  { excess, mostApart }: { readonly excess: number; readonly mostApart: number },
  policy: HabitPolicy,
): SignalHabit {
  if (!Number.isFinite(excess)) return habit;
  const samples = habit.samples + 1;
  const isTraining = samples <= policy.training;
  const share = isTraining ? 1 / samples : policy.habitWeight;
  const learned = isTraining ? excess : Math.min(excess, mostApart);
  // A few wild samples are left to the forecast: one alone moves this by a part of what counts.
  const step = Math.min(excess - habit.apart, MOST_STEP * mostApart);
  return {
    offset: habit.offset + share * learned,
    samples,
    // While the habit is being learned, what is left beyond it says nothing.
    apart: isTraining ? 0 : habit.apart + policy.apartWeight * step,
    noise: learnNoise(
      habit.noise,
      isTraining ? excess / 2 : excess - habit.apart,
      policy.noiseWeight,
    ),
  };
}

/** How far apart its own noise, and the spread among its peers, explain. */
export function apartLimit(
  { noise }: SignalHabit,
  peersSpread: number,
  { apartFactor }: HabitPolicy,
): number {
  return apartFactor * Math.max(noise.mean, peersSpread);
}
