/**
 * Decides whether what is read from disk goes up to RAM, or only passes through.
 *
 * RAM that is full gives up something for it, and taking a body in costs several times what letting it
 * pass does. It is worth that if the object would have been found in RAM: if since its last use less has
 * been used than RAM holds. One such return may be chance, two in a row hardly. Nothing is to be set, and
 * a working set larger than RAM does not wash through it without a hit.
 */
export type ReuseHistory = {
  /** How many bytes of all objects had been used when it was read last. */
  readonly readAtBytes: number;
  /** How often in a row it came back while RAM would still have had it. */
  readonly soonInRow: number;
};

export type PromotingDecision =
  | { readonly action: "promote"; readonly reason: "room" | "returns-soon" }
  | { readonly action: "pass-through"; readonly reason: "not-yet-known" };

export type RamState = { readonly limitBytes: number; readonly usedBytes: number };

const RETURNS_IN_ROW = 2;

/** What is known of an object once it has been read again; `usedBytes` of all objects until now. */
export function observeReuse(
  before: ReuseHistory | undefined,
  usedBytes: number,
  { limitBytes }: RamState,
): ReuseHistory {
  const isSoon = before !== undefined && usedBytes - before.readAtBytes <= limitBytes;
  return { readAtBytes: usedBytes, soonInRow: isSoon ? before.soonInRow + 1 : 0 };
}

export function decidePromoting(
  { soonInRow }: ReuseHistory,
  sizeBytes: number,
  { limitBytes, usedBytes }: RamState,
): PromotingDecision {
  if (usedBytes + sizeBytes <= limitBytes) return { action: "promote", reason: "room" };
  return soonInRow >= RETURNS_IN_ROW
    ? { action: "promote", reason: "returns-soon" }
    : { action: "pass-through", reason: "not-yet-known" };
}
