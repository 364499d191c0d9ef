/**
 * Which of a player's reports have come already, in the memory of two numbers.
 *
 * As in the replay window of IPsec (RFC 4303 §3.4.3): the highest number so far, and a bit for each of
 * the 32 below it, so that reports may overtake one another and none counts twice.
 */
export type SeenSequences = {
  /** The player's own session: its count begins anew with another. */
  readonly playback: string | undefined;
  readonly highest: number;
  readonly mask: number;
};

const WINDOW = 32;

/** @returns undefined for a report that has come already, or that is too old to tell. */
export function noteSequence(
  seen: SeenSequences | undefined,
  { playback, sequence }: { readonly playback: string | undefined; readonly sequence: number },
): SeenSequences | undefined {
  if (seen === undefined || seen.playback !== playback) {
    return { playback, highest: sequence, mask: 1 };
  }
  const ahead = sequence - seen.highest;
  if (ahead >= WINDOW) return { playback, highest: sequence, mask: 1 };
  if (ahead > 0) return { playback, highest: sequence, mask: ((seen.mask << ahead) | 1) >>> 0 };
  if (-ahead >= WINDOW) return undefined;
  const bit = (1 << -ahead) >>> 0;
  return (seen.mask & bit) !== 0 ? undefined : { ...seen, mask: (seen.mask | bit) >>> 0 };
}
