/**
 * W-TinyLFU: a small window for what is new, and a main part that takes in what leaves the window only
 * if it was asked for more often lately than what would have to go for it.
 *
 * After Einziger, Friedman and Manes, "TinyLFU" (2017), and for sizes after Einziger, Eytan, Friedman
 * and Manes, "Lightweight Robust Size Aware Cache Management" (2022). All parts are bounded in bytes.
 * Frequencies are compared one victim at a time: a byte of an object saves as many bytes as the object
 * is asked for, whatever its size, so for bytes saved the frequency is the right measure as it is.
 * Window and shares are those of the paper; they are not adapted while it runs.
 */
import { hashText } from "../../../kernel/seeded-random.ts";
import type { NewCacheIndex } from "./cache-index.ts";
import { FrequencySketch } from "./frequency-sketch.ts";
import { LinkedQueue } from "./linked-queue.ts";
import {
  type EvictionOrder,
  type HeldObject,
  indexByOrder,
  type NewObject,
} from "./ordered-index.ts";

export const W_TINY_LFU_POLICY = {
  windowShare: 0.01,
  /** Of the main part: what was asked for again there. */
  protectedShare: 0.8,
  sketch: { minWidth: 1_024, maxWidth: 1_048_576, sampleFactor: 10 },
} as const;

export const newWTinyLfuIndex: NewCacheIndex = indexByOrder(
  ({ limitBytes }) => new WTinyLfuOrder(limitBytes),
);

type TinyLfuObject = HeldObject & {
  newer: TinyLfuObject | undefined;
  older: TinyLfuObject | undefined;
  readonly hash: number;
  queue: LinkedQueue<TinyLfuObject>;
};

class WTinyLfuOrder implements EvictionOrder<TinyLfuObject> {
  readonly #window = new LinkedQueue<TinyLfuObject>();
  readonly #probation = new LinkedQueue<TinyLfuObject>();
  readonly #protected = new LinkedQueue<TinyLfuObject>();
  readonly #sketch = new FrequencySketch(W_TINY_LFU_POLICY.sketch);
  readonly #windowLimitBytes: number;
  readonly #mainLimitBytes: number;
  readonly #protectedLimitBytes: number;
  #objects = 0;

  constructor(limitBytes: number) {
    this.#windowLimitBytes = Math.max(1, Math.floor(limitBytes * W_TINY_LFU_POLICY.windowShare));
    this.#mainLimitBytes = limitBytes - this.#windowLimitBytes;
    this.#protectedLimitBytes = Math.floor(this.#mainLimitBytes * W_TINY_LFU_POLICY.protectedShare);
  }

  insert({ key, value, sizeBytes }: NewObject): TinyLfuObject {
    const hash = hashText(key);
    const links = { newer: undefined, older: undefined, queue: this.#window };
    const held = { key, value, sizeBytes, hash, ...links };
    this.#objects += 1;
    this.#sketch.fit(this.#objects);
    this.#sketch.observe(hash);
    this.#window.add(held);
    this.#letIntoMain(0);
    return held;
  }

  onHit(held: TinyLfuObject): void {
    this.#sketch.observe(held.hash);
    if (held.queue !== this.#probation) {
      held.queue.renew(held);
      return;
    }
    this.#move(held, this.#protected);
    while (this.#protected.usedBytes > this.#protectedLimitBytes) {
      const oldest = this.#protected.oldest;
      if (oldest === undefined) return;
      this.#move(oldest, this.#probation);
    }
  }

  remove(held: TinyLfuObject): void {
    held.queue.remove(held);
    this.#objects -= 1;
  }

  /**
   * Room is made before the newcomer is known, and the newcomer will push out the window's oldest. So
   * that one is the candidate as soon as another of its size would not fit beside it.
   */
  takeNext(): TinyLfuObject | undefined {
    this.#letIntoMain(this.#window.oldest?.sizeBytes ?? 0);
    const candidate = this.#isWindowFull() ? this.#window.oldest : undefined;
    const victim = this.#probation.oldest ?? this.#protected.oldest;
    const next = this.#loserOf(candidate, victim) ?? this.#window.oldest;
    if (next !== undefined) this.remove(next);
    return next;
  }

  clear(): void {
    for (const queue of [this.#window, this.#probation, this.#protected]) queue.clear();
    this.#objects = 0;
  }

  /** At equal frequency the older one stays, as in the paper: a newcomer has to be better. */
  #loserOf(
    candidate: TinyLfuObject | undefined,
    victim: TinyLfuObject | undefined,
  ): TinyLfuObject | undefined {
    if (candidate === undefined || victim === undefined) return candidate ?? victim;
    const isBetter = this.#sketch.estimate(candidate.hash) > this.#sketch.estimate(victim.hash);
    return isBetter ? victim : candidate;
  }

  #isWindowFull(): boolean {
    const { oldest, usedBytes } = this.#window;
    return oldest !== undefined && usedBytes + oldest.sizeBytes > this.#windowLimitBytes;
  }

  /** Nobody has to go for it: what leaves the window goes on into the main part while there is room. */
  #letIntoMain(reserveBytes: number): void {
    for (let held = this.#window.oldest; held !== undefined; held = this.#window.oldest) {
      if (this.#window.usedBytes + reserveBytes <= this.#windowLimitBytes) return;
      const mainBytes = this.#probation.usedBytes + this.#protected.usedBytes;
      if (mainBytes + held.sizeBytes > this.#mainLimitBytes) return;
      this.#move(held, this.#probation);
    }
  }

  #move(held: TinyLfuObject, queue: LinkedQueue<TinyLfuObject>): void {
    held.queue.remove(held);
    held.queue = queue;
    queue.add(held);
  }
}
