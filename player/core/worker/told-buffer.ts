/**
 * How much media a page has in hand by now, by what it has last told its worker.
 *
 * A page that plays tells it four times a second, and one that is hidden or busy less often: until it
 * does so again, what it had is played away. Of a page that has never told, something is assumed: enough
 * for probes to be affordable, and too little for a slow body to be waited for.
 */
export type ToldBuffer = {
  readonly seconds: number;
  /** Seconds of media that are played in a second; 0 while it stands. */
  readonly rate: number;
};

export function bufferSecondsNow(
  told: (ToldBuffer & { readonly atMs: number }) | undefined,
  assumedSeconds: number,
  nowMs: number,
): number {
  if (told === undefined) return assumedSeconds;
  return Math.max(0, told.seconds - (told.rate * (nowMs - told.atMs)) / 1_000);
}

/** Whether the worker would be mistaken by more than `toleranceSeconds` if it were not told again. */
export function isWorthTelling(
  told: ToldBuffer | undefined,
  now: ToldBuffer,
  toleranceSeconds: number,
): boolean {
  if (told === undefined || told.rate !== now.rate || now.rate > 0) return true;
  return Math.abs(told.seconds - now.seconds) > toleranceSeconds;
}
