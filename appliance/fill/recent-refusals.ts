/**
 * Remembers for a while which objects could not be stored, and why: who asks for one of them is
 * forwarded at once, rather than after a shared fetch that turns out to be for nobody else.
 */
import { LRUCache } from "lru-cache";

export type RefusalPolicy = {
  readonly rememberedMs: number;
  readonly maxRemembered: number;
};

export class RecentRefusals {
  readonly #reasons: LRUCache<string, string>;

  constructor(policy: RefusalPolicy, now: () => number) {
    this.#reasons = new LRUCache({
      max: policy.maxRemembered,
      ttl: policy.rememberedMs,
      // Above 0 it would believe in an earlier look at the clock until a timer of its own is over.
      ttlResolution: 0,
      perf: { now },
    });
  }

  remember(key: string, reason: string): void {
    this.#reasons.set(key, reason);
  }

  /** The origin has changed its mind. */
  forget(key: string): void {
    this.#reasons.delete(key);
  }

  reasonFor(key: string): string | undefined {
    return this.#reasons.get(key);
  }
}
