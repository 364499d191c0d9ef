/**
 * How many bytes may still come for nothing: a token bucket that what is delivered fills.
 *
 * Whoever hedges or probes without a bound adds to the load of servers that are slow because of it. A share
 * of what is delivered may be spent, some of it in advance. What is under way reserves what it is expected
 * to cost, and what it did cost is taken off afterwards; one that cost more is paid back before the next.
 */
export type ByteBudget = { readonly bytes: number; readonly reservedBytes: number };

export type BudgetTerms = {
  /** Of what is delivered. */
  readonly share: number;
  /** What may be spent in advance, and saved up. */
  readonly mostBytes: number;
};

export function fullBudget({ mostBytes }: BudgetTerms): ByteBudget {
  return { bytes: mostBytes, reservedBytes: 0 };
}

export function affords({ bytes, reservedBytes }: ByteBudget, expectedBytes: number): boolean {
  return bytes - reservedBytes >= expectedBytes;
}

export function earn(
  budget: ByteBudget,
  deliveredBytes: number,
  { share, mostBytes }: BudgetTerms,
): ByteBudget {
  return { ...budget, bytes: Math.min(mostBytes, budget.bytes + deliveredBytes * share) };
}

export function reserve(budget: ByteBudget, expectedBytes: number): ByteBudget {
  return { ...budget, reservedBytes: budget.reservedBytes + expectedBytes };
}

/** @param expectedBytes what had been reserved for it, if anything. */
export function spend(budget: ByteBudget, spentBytes: number, expectedBytes = 0): ByteBudget {
  return {
    bytes: budget.bytes - spentBytes,
    reservedBytes: Math.max(0, budget.reservedBytes - expectedBytes),
  };
}
