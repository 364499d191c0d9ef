/** The buffer over the last minute, sampled evenly, for the sparkline under the gauge. */
export type BufferSample = { readonly atMs: number; readonly seconds: number };

/** Oldest first. */
export type BufferHistory = readonly BufferSample[];

const BUFFER_WINDOW_MS = 60_000;
const SAMPLE_EVERY_MS = 500;

/** Adds a sample unless the last one is less than half a second old. */
export function sampleBuffer(
  history: BufferHistory,
  seconds: number,
  nowMs: number,
): BufferHistory {
  const last = history.at(-1);
  if (last !== undefined && nowMs - last.atMs < SAMPLE_EVERY_MS) return history;
  return [
    ...history.filter(({ atMs }) => nowMs - atMs <= BUFFER_WINDOW_MS),
    { atMs: nowMs, seconds },
  ];
}

/** The line as SVG points in a box of 100 × 100, now at the right, `fullSeconds` at the top. */
export function sparklinePoints(
  history: BufferHistory,
  fullSeconds: number,
  nowMs: number,
): string {
  return history
    .map(({ atMs, seconds }) => {
      const x = 100 - ((nowMs - atMs) / BUFFER_WINDOW_MS) * 100;
      const y = 100 - Math.min(1, seconds / fullSeconds) * 100;
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(" ");
}
