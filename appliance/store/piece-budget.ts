/**
 * How large the pieces are in which files are streamed, so that all of them together stay small.
 *
 * A client holds its piece until it has taken it, so a thousand slow ones with a mebibyte each would hold
 * a gigabyte. Each piece is a share of what is left: the first are as large as a fast client likes them,
 * and the more are under way, the smaller is the next.
 */
export type PieceBudgetPolicy = {
  /** Bytes of all pieces together, but for the least ones. */
  readonly maxStreamedBytes: number;
  readonly mostPieceBytes: number;
  /** Smaller pieces would cost more in reads than they save. */
  readonly leastPieceBytes: number;
};

/** A piece takes no more than this part of what is left. */
const SHARE = 1 / 16;

export class PieceBudget {
  readonly #policy: PieceBudgetPolicy;
  #streamedBytes = 0;

  constructor(policy: PieceBudgetPolicy) {
    this.#policy = policy;
  }

  get streamedBytes(): number {
    return this.#streamedBytes;
  }

  /** How many bytes the next piece may have, of so many that are wanted. They must be given back. */
  take(wantedBytes: number): number {
    const { maxStreamedBytes, mostPieceBytes, leastPieceBytes } = this.#policy;
    const share = Math.floor((maxStreamedBytes - this.#streamedBytes) * SHARE);
    const bytes = Math.min(wantedBytes, mostPieceBytes, Math.max(leastPieceBytes, share));
    this.#streamedBytes += bytes;
    return bytes;
  }

  giveBack(bytes: number): void {
    this.#streamedBytes -= bytes;
  }
}
