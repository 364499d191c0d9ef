/**
 * Decides whether a fill goes on after a reader has left it unfinished.
 *
 * What is more than half done is worth finishing, since the next viewer will ask for it; the rest of
 * something barely begun would only take the origin's bandwidth from those who still wait. Two things
 * weigh more than the half: what several clients wanted at once is popular, and of a few bytes the most
 * are on their way before the origin hears that nobody wants them.
 *
 * That it is a segment, or a slice of something larger, does not count: a viewer who seeks leaves
 * several behind, and most of them are never asked for again.
 */
export type FillProgress = {
  readonly receivedBytes: number;
  /** Undefined where the origin does not say. */
  readonly sizeBytes: number | undefined;
  readonly readers: number;
  /** How many have read it in all. */
  readonly readersSoFar: number;
  /** It will be stored; what is only passed on serves nobody once its reader is gone. */
  readonly isKept: boolean;
};

export type AbandoningPolicy = {
  /** As much as an origin has sent by the time it hears that a call is broken off. */
  readonly inFlightBytes: number;
  /** What so many clients wanted while it was being fetched, others will want. */
  readonly popularReaders: number;
};

export type AbandoningDecision =
  | {
      readonly action: "go-on";
      readonly reason: "has-readers" | "mostly-done" | "nearly-here" | "popular";
    }
  | { readonly action: "abort"; readonly reason: "no-readers" };

export function decideAbandoning(
  progress: FillProgress,
  policy: AbandoningPolicy,
): AbandoningDecision {
  const { receivedBytes, sizeBytes, readers, readersSoFar, isKept } = progress;
  if (readers > 0) return { action: "go-on", reason: "has-readers" };
  // Without a size, the rest might be endless.
  if (!isKept || sizeBytes === undefined) return { action: "abort", reason: "no-readers" };
  if (receivedBytes > sizeBytes / 2) return { action: "go-on", reason: "mostly-done" };
  if (sizeBytes - receivedBytes <= policy.inFlightBytes) {
    return { action: "go-on", reason: "nearly-here" };
  }
  if (readersSoFar >= policy.popularReaders) return { action: "go-on", reason: "popular" };
  return { action: "abort", reason: "no-readers" };
}
