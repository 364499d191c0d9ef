/**
 * S3-FIFO: a small queue on probation, a main queue in which what was asked for goes round again, and
 * a list of names that left the small one unasked. Most of what comes is never asked for twice, and
 * leaves after a tenth of the cache.
 *
 * After Yang, Zhang, Qiu, Yue and Rashmi, "FIFO Queues are All You Need for Cache Eviction" (SOSP
 * 2023), algorithm 1. All three are bounded in bytes. Where the paper is silent on sizes: an object
 * larger than the small queue comes in like any other and is merely the next to leave it; and the main
 * queue gives way as soon as it is over its share, as in the authors' simulator.
 */
import type { NewCacheIndex } from "./cache-index.ts";
import { GhostList } from "./ghost-list.ts";
import { LinkedQueue } from "./linked-queue.ts";
import {
  type EvictionOrder,
  type HeldObject,
  indexByOrder,
  type NewObject,
} from "./ordered-index.ts";

export const S3_FIFO_POLICY = {
  smallShare: 0.1,
  /** Hits after which an object leaves the small queue for the main one. */
  hitsForMain: 2,
  /** More are not counted: two bits an object. */
  maxHits: 3,
  maxGhostNames: 262_144,
} as const;

export const newS3FifoIndex: NewCacheIndex = indexByOrder(
  ({ limitBytes }) => new S3FifoOrder(limitBytes),
);

type S3Object = HeldObject & {
  newer: S3Object | undefined;
  older: S3Object | undefined;
  hits: number;
  isInMain: boolean;
};

class S3FifoOrder implements EvictionOrder<S3Object> {
  readonly #small = new LinkedQueue<S3Object>();
  readonly #main = new LinkedQueue<S3Object>();
  readonly #ghosts: GhostList;
  readonly #mainLimitBytes: number;

  constructor(limitBytes: number) {
    this.#mainLimitBytes = limitBytes - Math.floor(limitBytes * S3_FIFO_POLICY.smallShare);
    this.#ghosts = new GhostList({
      limitBytes: this.#mainLimitBytes,
      maxNames: S3_FIFO_POLICY.maxGhostNames,
    });
  }

  insert({ key, value, sizeBytes }: NewObject): S3Object {
    const isInMain = this.#ghosts.take(key);
    const held = { key, value, sizeBytes, hits: 0, isInMain, newer: undefined, older: undefined };
    this.#queueOf(held).add(held);
    return held;
  }

  onHit(held: S3Object): void {
    if (held.hits < S3_FIFO_POLICY.maxHits) held.hits += 1;
  }

  remove(held: S3Object, cause: "replaced" | "deleted"): void {
    this.#queueOf(held).remove(held);
    // The newer version of what stood in the main queue has not to prove itself again.
    if (cause === "replaced" && held.isInMain) this.#ghosts.add(held.key, held.sizeBytes);
  }

  takeNext(): S3Object | undefined {
    while (this.#main.usedBytes <= this.#mainLimitBytes) {
      const held = this.#small.oldest;
      if (held === undefined) break;
      this.#small.remove(held);
      if (held.hits < S3_FIFO_POLICY.hitsForMain) {
        this.#ghosts.add(held.key, held.sizeBytes);
        return held;
      }
      this.#moveToMain(held, 0);
    }
    return this.#takeFromMain();
  }

  clear(): void {
    this.#small.clear();
    this.#main.clear();
    this.#ghosts.clear();
  }

  #takeFromMain(): S3Object | undefined {
    for (let held = this.#main.oldest; held !== undefined; held = this.#main.oldest) {
      this.#main.remove(held);
      if (held.hits === 0) return held;
      this.#moveToMain(held, held.hits - 1);
    }
    return undefined;
  }

  #moveToMain(held: S3Object, hits: number): void {
    held.hits = hits;
    held.isInMain = true;
    this.#main.add(held);
  }

  #queueOf({ isInMain }: S3Object): LinkedQueue<S3Object> {
    return isInMain ? this.#main : this.#small;
  }
}
