/**
 * SIEVE: one queue in order of arrival and a hand that walks it from the oldest to the newest. What was
 * asked for since the hand last passed is spared once; the rest goes. A hit moves nothing.
 *
 * After Zhang, Yang, Yue, Vigfusson and Rashmi, "SIEVE is Simpler than LRU" (NSDI 2024), algorithm 1.
 * The paper counts objects; here the hand goes on until the bytes fit, whatever the sizes.
 */
import type { NewCacheIndex } from "./cache-index.ts";
import { LinkedQueue } from "./linked-queue.ts";
import {
  type EvictionOrder,
  type HeldObject,
  indexByOrder,
  type NewObject,
} from "./ordered-index.ts";

export const newSieveIndex: NewCacheIndex = indexByOrder(() => new SieveOrder());

type SieveObject = HeldObject & {
  newer: SieveObject | undefined;
  older: SieveObject | undefined;
  wasVisited: boolean;
};

class SieveOrder implements EvictionOrder<SieveObject> {
  readonly #queue = new LinkedQueue<SieveObject>();
  /** What the hand points at; undefined stands for the oldest. */
  #hand: SieveObject | undefined;

  insert({ key, value, sizeBytes }: NewObject): SieveObject {
    const held = { key, value, sizeBytes, wasVisited: false, newer: undefined, older: undefined };
    this.#queue.add(held);
    return held;
  }

  onHit(held: SieveObject): void {
    held.wasVisited = true;
  }

  remove(held: SieveObject): void {
    if (held === this.#hand) this.#hand = held.newer;
    this.#queue.remove(held);
  }

  takeNext(): SieveObject | undefined {
    let held = this.#hand ?? this.#queue.oldest;
    while (held?.wasVisited) {
      held.wasVisited = false;
      held = held.newer ?? this.#queue.oldest;
    }
    if (held === undefined) return undefined;
    this.#hand = held;
    this.remove(held);
    return held;
  }

  clear(): void {
    this.#hand = undefined;
    this.#queue.clear();
  }
}
