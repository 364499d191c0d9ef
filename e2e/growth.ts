/**
 * Does a measure grow, or does it only go up and down?
 *
 * The slope is the median of all slopes between two samples (Theil and Sen), so that a few odd samples,
 * a collection that came late or a page that was just busy, decide nothing.
 */
export type Sample = { readonly minute: number; readonly value: number };

export function slopePerMinute(samples: readonly Sample[]): number {
  const slopes = samples.flatMap((one, index) =>
    samples
      .slice(index + 1)
      .map((other) => (other.value - one.value) / (other.minute - one.minute)),
  );
  return slopes.toSorted((a, b) => a - b)[Math.floor(slopes.length / 2)] ?? 0;
}

/** By how much it has grown over the time of the samples, odd ones left out. */
export function growthOver(samples: readonly Sample[]): number {
  const minutes = (samples.at(-1)?.minute ?? 0) - (samples[0]?.minute ?? 0);
  return slopePerMinute(samples) * minutes;
}
