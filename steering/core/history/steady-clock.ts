/**
 * Tells whether the time of day can be believed: whether it has gone as the monotonic clock has, for a while.
 *
 * A machine may start with a clock that is days behind until NTP sets it, and a clock may be wrong for one
 * moment. What is thrown away by its age in such a moment is gone for good, so that waits until no step has
 * been seen for a while.
 */
export type ClockPolicy = {
  /** The two clocks may drift apart so far; more is a step. */
  readonly toleranceMs: number;
  /** Without a step for so long, the time is believed. */
  readonly steadyAfterMs: number;
};

/** Both clocks at one moment. */
export type ClockReading = { readonly wallMs: number; readonly nowMs: number };

/**
 * @param since the clocks just after the last step, or when they were first read.
 * @returns the same, or what is read now if there was a step in between.
 */
export function observeClock(
  since: ClockReading,
  reading: ClockReading,
  { toleranceMs }: ClockPolicy,
): ClockReading {
  const driftMs = reading.wallMs - since.wallMs - (reading.nowMs - since.nowMs);
  return Math.abs(driftMs) > toleranceMs ? reading : since;
}

export function isSteadyClock(
  since: ClockReading,
  { steadyAfterMs }: ClockPolicy,
  nowMs: number,
): boolean {
  return nowMs - since.nowMs >= steadyAfterMs;
}
