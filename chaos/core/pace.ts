/**
 * How many bytes may pass at a rate: credit that grows with time and is spent with each piece.
 *
 * It grows by one gap at most, so that a loop which comes late does not make up for it in a burst.
 */
export type Pace = { readonly creditBytes: number; readonly atMs: number };

export type PacePolicy = { readonly longestGapMs: number };

export function beginPace(nowMs: number): Pace {
  return { creditBytes: 0, atMs: nowMs };
}

export function refillPace(
  pace: Pace,
  bytesPerSecond: number,
  policy: PacePolicy,
  nowMs: number,
): Pace {
  const gapMs = Math.min(nowMs - pace.atMs, policy.longestGapMs);
  // A single byte must become affordable, however slow the rate.
  const mostBytes = Math.max(1, (bytesPerSecond * policy.longestGapMs) / 1000);
  const creditBytes = Math.min(pace.creditBytes + (bytesPerSecond * gapMs) / 1000, mostBytes);
  return { creditBytes, atMs: nowMs };
}

export function spendPace(pace: Pace, bytes: number): Pace {
  return { ...pace, creditBytes: pace.creditBytes - bytes };
}

export function affordableBytes(pace: Pace): number {
  return Math.floor(pace.creditBytes);
}
