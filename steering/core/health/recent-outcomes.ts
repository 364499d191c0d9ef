/**
 * The last few outcomes of something that is tried again and again, for rules of the kind "k of the
 * last n": a single odd one moves nobody, and neither does a good one in between hide that most fail.
 */
export type RecentOutcomes = {
  /** One bit each, the newest lowest; 1 is bad. */
  readonly bits: number;
  readonly seen: number;
};

/** Bits of a whole number that are safe to shift. */
export const MOST_OUTCOMES = 30;
export const NO_OUTCOMES: RecentOutcomes = { bits: 0, seen: 0 };

/** @param ofLast how many are remembered, {@link MOST_OUTCOMES} at most. */
export function noteOutcome(
  { bits, seen }: RecentOutcomes,
  isBad: boolean,
  ofLast: number,
): RecentOutcomes {
  const width = Math.min(ofLast, MOST_OUTCOMES);
  const mask = 2 ** width - 1;
  return { bits: ((bits << 1) | (isBad ? 1 : 0)) & mask, seen: Math.min(seen + 1, width) };
}

export function badAmong({ bits }: RecentOutcomes): number {
  let bad = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) bad += 1;
  return bad;
}
