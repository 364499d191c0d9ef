/**
 * Holds what all connections send together near the capacity, and gives each the same share.
 *
 * Below the capacity nobody waits, and asking costs one look at the clock. At the capacity everybody
 * queues for one piece at a time, in the order of asking: who has sent a piece stands at the end again,
 * so a client that takes much gets no more turns than one that takes little. Here alone a timer is set:
 * turns come every few milliseconds, and the appliance's own loop a few times a second.
 */
import {
  type BudgetPolicy,
  type ByteBudget,
  fullBudget,
  refilled,
  waitMs,
  without,
} from "../core/byte-budget.ts";

export type PacingPolicy = {
  /** What may be sent at once after a pause, as time at full rate. */
  readonly burstMs: number;
  /** What is sent in one turn, as time at full rate, within the two bounds. */
  readonly turnMs: number;
  readonly minTurnBytes: number;
  readonly maxTurnBytes: number;
  /** So little is sent without a turn, and others wait for it: a playlist, or the rest of a range. */
  readonly lightBytes: number;
};

export type PacerOptions = {
  readonly bitsPerSecond: number;
  readonly policy: PacingPolicy;
  readonly now: () => number;
  readonly callAfter: (ms: number, callback: () => void) => void;
};

type Turn = {
  readonly bytes: number;
  readonly isGone: () => boolean;
  readonly begin: () => void;
};

export class Pacer {
  /** How much is to be sent in one turn. */
  readonly turnBytes: number;
  readonly #options: PacerOptions;
  readonly #budgetPolicy: BudgetPolicy;
  #budget: ByteBudget;
  #turns: Turn[] = [];
  #isWaiting = false;
  #sentBytes = 0;

  constructor(options: PacerOptions) {
    const { bitsPerSecond, policy, now } = options;
    const bytesPerMs = bitsPerSecond / 8 / 1000;
    const { minTurnBytes, maxTurnBytes } = policy;
    this.turnBytes = Math.floor(
      Math.min(maxTurnBytes, Math.max(minTurnBytes, bytesPerMs * policy.turnMs)),
    );
    const burstBytes = Math.max(this.turnBytes, bytesPerMs * policy.burstMs);
    this.#options = options;
    this.#budgetPolicy = { bytesPerMs, burstBytes };
    this.#budget = fullBudget(this.#budgetPolicy, now());
  }

  /** All that was let through since the start. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  get waiting(): number {
    return this.#turns.length;
  }

  /** Takes so much from the budget; false where it is others' turn first. */
  take(bytes: number): boolean {
    const isLight = bytes <= this.#options.policy.lightBytes;
    if (this.#turns.length > 0 && !isLight) return false;
    this.#refill();
    // All of it must be there: what overdraws the budget makes others wait.
    if (this.#budget.bytes < bytes && !isLight) return false;
    this.#spend(bytes);
    return true;
  }

  /** Resolves when so much may be sent. Whoever is gone by then takes nothing. */
  turn(bytes: number, isGone: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#turns.push({ bytes, isGone, begin: resolve });
      this.#serve();
    });
  }

  /** Lets all who wait go. */
  close(): void {
    for (const { begin } of this.#turns.splice(0)) begin();
  }

  #serve(): void {
    if (this.#isWaiting) return;
    this.#refill();
    let served = 0;
    for (const { bytes, isGone, begin } of this.#turns) {
      if (waitMs(this.#budget, this.#budgetPolicy) > 0) break;
      if (!isGone()) this.#spend(bytes);
      begin();
      served += 1;
    }
    this.#turns.splice(0, served);
    if (this.#turns.length === 0) return;
    this.#isWaiting = true;
    this.#options.callAfter(Math.max(1, waitMs(this.#budget, this.#budgetPolicy)), () => {
      this.#isWaiting = false;
      this.#serve();
    });
  }

  #spend(bytes: number): void {
    this.#budget = without(this.#budget, bytes);
    this.#sentBytes += bytes;
  }

  #refill(): void {
    this.#budget = refilled(this.#budget, this.#budgetPolicy, this.#options.now());
  }
}
