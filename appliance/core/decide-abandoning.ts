/**
 * Decides whether a fill goes on after a reader has left it unfinished.
 *
 * What is more than half done is worth finishing, since the next viewer will ask for it; the rest of
 * something barely begun would only take the origin's bandwidth from those who still wait.
 */
export type FillProgress = {
  readonly receivedBytes: number;
  /** Undefined where the origin does not say. */
  readonly sizeBytes: number | undefined;
  readonly readers: number;
  /** It will be stored; what is only passed on serves nobody once its reader is gone. */
  readonly isKept: boolean;
};

export type AbandoningDecision =
  | { readonly action: "go-on"; readonly reason: "has-readers" | "mostly-done" }
  | { readonly action: "abort"; readonly reason: "no-readers" };

export function decideAbandoning(progress: FillProgress): AbandoningDecision {
  const { receivedBytes, sizeBytes, readers, isKept } = progress;
  if (readers > 0) return { action: "go-on", reason: "has-readers" };
  const isMostlyDone = sizeBytes !== undefined && receivedBytes > sizeBytes / 2;
  if (isKept && isMostlyDone) return { action: "go-on", reason: "mostly-done" };
  return { action: "abort", reason: "no-readers" };
}
