/**
 * A running median: each sample moves it by one step at most, however far away the sample is. So an odd
 * or a forged one has as much to say as any other, and it takes more than half of them to move it for good.
 *
 * Steps are wide at first, to find the place, and narrow later, to stay there.
 */
export type RunningMedian = { readonly value: number; readonly samples: number };

/** In the unit of the samples. */
export type StepPolicy = { readonly widestStep: number; readonly narrowestStep: number };

export function noteSample(
  known: RunningMedian | undefined,
  sample: number,
  { widestStep, narrowestStep }: StepPolicy,
): RunningMedian {
  if (known === undefined) return { value: sample, samples: 1 };
  const samples = known.samples + 1;
  const step = Math.max(narrowestStep, widestStep / samples);
  const way = Math.min(step, Math.max(-step, sample - known.value));
  return { value: known.value + way, samples };
}
