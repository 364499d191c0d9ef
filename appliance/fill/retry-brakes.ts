/**
 * Remembers for which objects the origin has asked to be left alone for a while (`Retry-After` of a 429 or
 * a 503, RFC 9110 §10.2.3): until then nobody asks it for them again, however many want them.
 */
import { LRUCache } from "lru-cache";
import { retryAfterMs } from "../core/retry-after.ts";
import type { OriginAnswer } from "../core/stored-metadata.ts";

export type BrakePolicy = {
  /** However long the origin would like. */
  readonly longestMs: number;
  readonly maxRemembered: number;
};

export class RetryBrakes {
  readonly #longestMs: number;
  readonly #now: () => number;
  readonly #until: LRUCache<string, number>;

  constructor({ longestMs, maxRemembered }: BrakePolicy, now: () => number) {
    this.#longestMs = longestMs;
    this.#now = now;
    this.#until = new LRUCache({ max: maxRemembered });
  }

  observe(key: string, answer: OriginAnswer): void {
    const waitMs = retryAfterMs(answer, this.#longestMs);
    if (waitMs > 0) this.#until.set(key, this.#now() + waitMs);
  }

  /** For how long the origin must still be left alone; 0 where it may be asked. */
  remainingMs(key: string): number {
    const until = this.#until.get(key);
    return until === undefined ? 0 : Math.max(0, until - this.#now());
  }
}
