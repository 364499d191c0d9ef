/**
 * Measures how fast something grows over the last few seconds, from samples of its running total.
 */
export type RateSample = { readonly atMs: number; readonly totalBytes: number };

/** Adds a sample and forgets those that the window no longer needs: one from before it stays. */
export function observeTotal(
  samples: readonly RateSample[],
  sample: RateSample,
  windowMs: number,
): readonly RateSample[] {
  const fromMs = sample.atMs - windowMs;
  const firstInside = samples.findIndex(({ atMs }) => atMs > fromMs);
  const kept = firstInside === -1 ? samples.slice(-1) : samples.slice(Math.max(0, firstInside - 1));
  return [...kept, sample];
}

export function bitsPerSecond(samples: readonly RateSample[]): number {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.atMs <= first.atMs) return 0;
  return ((last.totalBytes - first.totalBytes) * 8 * 1000) / (last.atMs - first.atMs);
}
