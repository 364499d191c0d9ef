/**
 * A budget of bytes that fills at a steady rate: who wants to send takes from it, and may overdraw it
 * by one piece, so that a piece larger than the budget is late rather than impossible.
 */
export type BudgetPolicy = {
  readonly bytesPerMs: number;
  /** What may be sent at once after a pause. */
  readonly burstBytes: number;
};

export type ByteBudget = {
  /** Negative while it is overdrawn. */
  readonly bytes: number;
  readonly atMs: number;
};

export function fullBudget({ burstBytes }: BudgetPolicy, nowMs: number): ByteBudget {
  return { bytes: burstBytes, atMs: nowMs };
}

export function refilled(budget: ByteBudget, policy: BudgetPolicy, nowMs: number): ByteBudget {
  const gained = Math.max(0, nowMs - budget.atMs) * policy.bytesPerMs;
  return { bytes: Math.min(policy.burstBytes, budget.bytes + gained), atMs: nowMs };
}

export function without(budget: ByteBudget, bytes: number): ByteBudget {
  return { ...budget, bytes: budget.bytes - bytes };
}

/** How long until something may be taken again; 0 where it may be now. */
export function waitMs(budget: ByteBudget, { bytesPerMs }: BudgetPolicy): number {
  return budget.bytes > 0 ? 0 : (1 - budget.bytes) / bytesPerMs;
}
