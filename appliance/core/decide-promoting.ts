/**
 * Decides whether what is read from disk goes up to RAM, or only passes through.
 *
 * RAM that is full gives up something for it. It is worth that if the object comes back before RAM
 * would have forgotten it again; whoever came back that soon last time is believed to do so once more.
 * How long RAM remembers is measured (the characteristic time of Che's approximation), so there is
 * nothing to set: a working set just larger than RAM does not wash through it without a hit.
 */
export type PromotingDecision =
  | { readonly action: "promote"; readonly reason: "room" | "returned-soon" }
  | { readonly action: "pass-through"; readonly reason: "first-read" | "returned-late" };

export type PromotingClues = {
  /** When it was last read from disk; undefined if not since the start. */
  readonly lastReadAtMs: number | undefined;
  /** How long RAM keeps what nobody asks for; undefined while it has room. */
  readonly ramKeepsForMs: number | undefined;
};

export function decidePromoting(
  { lastReadAtMs, ramKeepsForMs }: PromotingClues,
  nowMs: number,
): PromotingDecision {
  if (ramKeepsForMs === undefined) return { action: "promote", reason: "room" };
  if (lastReadAtMs === undefined) return { action: "pass-through", reason: "first-read" };
  return nowMs - lastReadAtMs <= ramKeepsForMs
    ? { action: "promote", reason: "returned-soon" }
    : { action: "pass-through", reason: "returned-late" };
}
