/**
 * Forgets first what was not used for longest: the default, on lru-cache.
 *
 * Each value stands in a slot of its own. lru-cache takes a second `set` of the same value for a mere
 * use and keeps the old size; and a slot's content can be changed without touching its place.
 */
import { LRUCache } from "lru-cache";
import type {
  CacheIndex,
  CacheIndexOptions,
  NewCacheIndex,
  ObjectTraits,
  RemovalCause,
} from "./cache-index.ts";
import { requireSizeBytes } from "./require-size-bytes.ts";

export const newLruIndex: NewCacheIndex = (options) => new LruIndex(options);

type Slot<Value> = { value: Value };

const CAUSES: Readonly<Record<LRUCache.DisposeReason, RemovalCause>> = {
  evict: "evicted",
  set: "replaced",
  delete: "deleted",
  // Nothing here expires or is fetched by the index.
  expire: "evicted",
  fetch: "deleted",
};

class LruIndex<Value> implements CacheIndex<Value> {
  readonly limitBytes: number;
  readonly #slots: LRUCache<string, Slot<Value>>;

  constructor({ limitBytes, onRemoved, now }: CacheIndexOptions<Value>) {
    this.limitBytes = limitBytes;
    this.#slots = new LRUCache({
      maxSize: limitBytes,
      // After, not during: whoever is told may then use the index.
      disposeAfter: ({ value }, key, reason) => onRemoved(value, key, CAUSES[reason]),
      perf: { now },
    });
  }

  get size(): number {
    return this.#slots.size;
  }

  get usedBytes(): number {
    return this.#slots.calculatedSize;
  }

  get(key: string): Value | undefined {
    return this.#slots.get(key)?.value;
  }

  peek(key: string): Value | undefined {
    return this.#slots.peek(key)?.value;
  }

  set(key: string, value: Value, sizeBytes: number, _traits?: ObjectTraits): boolean {
    requireSizeBytes(sizeBytes);
    this.#slots.set(key, { value }, { size: sizeBytes });
    return sizeBytes <= this.limitBytes;
  }

  replaceValue(key: string, value: Value): boolean {
    const slot = this.#slots.peek(key);
    if (slot === undefined) return false;
    slot.value = value;
    return true;
  }

  delete(key: string): boolean {
    return this.#slots.delete(key);
  }

  evict(): boolean {
    return this.#slots.pop() !== undefined;
  }

  *entries(): IterableIterator<readonly [key: string, value: Value]> {
    for (const [key, { value }] of this.#slots.entries()) yield [key, value];
  }

  clear(): void {
    this.#slots.clear();
  }
}
