/** A viewer's link as a bucket of bytes that both pathways draw from, so that neither is the faster one. */
export type LinkBudget = { readonly bytes: number; readonly atMs: number };

/** No more than what the link brings in this time is saved up. */
const LONGEST_SAVING_MS = 50;

export function newLinkBudget(nowMs: number): LinkBudget {
  return { bytes: 0, atMs: nowMs };
}

export function refillLink(
  { bytes, atMs }: LinkBudget,
  bytesPerSecond: number,
  nowMs: number,
): LinkBudget {
  const limit = (bytesPerSecond * LONGEST_SAVING_MS) / 1_000;
  const gained = (bytesPerSecond * (nowMs - atMs)) / 1_000;
  return { bytes: Math.min(limit, bytes + gained), atMs: nowMs };
}

export function spendLink(budget: LinkBudget, bytes: number): LinkBudget {
  return { ...budget, bytes: budget.bytes - bytes };
}
