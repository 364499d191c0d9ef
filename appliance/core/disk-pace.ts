/**
 * Judges whether a disk is as quick as it usually is, by its own record and not by a fixed limit.
 *
 * A reading that takes far longer than the others did is a sign; a few in a row are a verdict, and a few
 * good ones in a row take it back. What is usual is learned from bearable readings alone, so that a bad
 * minute does not become the measure; it follows a disk that is used more and more.
 */
import { type Smoothed, smooth, upperBound } from "../../kernel/smoothing.ts";

export type DiskPace = {
  readonly state: "usual" | "slow";
  /** Of one piece; undefined until something was read. */
  readonly usual: Smoothed | undefined;
  /** How many in a row spoke against the present state. */
  readonly contrary: number;
};

export type DiskPacePolicy = {
  /** Nobody notices less than this, however far it is from what is usual. */
  readonly leastPatienceMs: number;
  /** However slow the disk is used to be, the origin is asked after this time. */
  readonly mostPatienceMs: number;
  readonly deviations: number;
  readonly slowAfter: number;
  readonly usualAfter: number;
  /** What counts as one piece: a larger reading may take longer. */
  readonly pieceBytes: number;
};

export const NEW_DISK_PACE: DiskPace = { state: "usual", usual: undefined, contrary: 0 };

/** How long a reading of so many bytes may take before it speaks against the disk. */
export function diskPatienceMs(pace: DiskPace, sizeBytes: number, policy: DiskPacePolicy): number {
  const usualMs = pace.usual === undefined ? 0 : upperBound(pace.usual, policy.deviations);
  const perPieceMs = Math.max(usualMs, policy.leastPatienceMs);
  return Math.min(perPieceMs * piecesOf(sizeBytes, policy), policy.mostPatienceMs);
}

export function observeReading(
  pace: DiskPace,
  { tookMs, sizeBytes }: { readonly tookMs: number; readonly sizeBytes: number },
  policy: DiskPacePolicy,
): DiskPace {
  const patienceMs = diskPatienceMs(pace, sizeBytes, policy);
  const seen = tookMs > patienceMs ? "slow" : "usual";
  const usual =
    seen === "slow" ? pace.usual : smooth(pace.usual, tookMs / piecesOf(sizeBytes, policy));
  if (seen === pace.state) return { ...pace, usual, contrary: 0 };
  const contrary = pace.contrary + 1;
  const isVerdict = contrary >= (seen === "slow" ? policy.slowAfter : policy.usualAfter);
  return isVerdict ? { state: seen, usual, contrary: 0 } : { ...pace, usual, contrary };
}

function piecesOf(sizeBytes: number, { pieceBytes }: DiskPacePolicy): number {
  return Math.max(1, sizeBytes / pieceBytes);
}
