/**
 * The RAM tier: whole objects as single buffers, the least recently used forgotten first.
 */
import { LRUCache } from "lru-cache";
import type { Tier } from "../contract/appliance-status.ts";
import type { StoredMetadata } from "../core/stored-metadata.ts";
import {
  type CacheStore,
  KEPT,
  type MemoryObject,
  notKept,
  type WriteOutcome,
} from "./cache-store.ts";

export type RamStoreOptions = { readonly maxBytes: number; readonly now: () => number };

/** What an entry costs beside its body: metadata, header fields and the index, roughly. */
const OVERHEAD_BYTES = 1024;

export class RamStore implements CacheStore {
  readonly #maxBytes: number;
  readonly #objects: LRUCache<string, MemoryObject>;

  constructor({ maxBytes, now }: RamStoreOptions) {
    this.#maxBytes = maxBytes;
    this.#objects = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: ({ bytes }) => bytes.length + OVERHEAD_BYTES,
      perf: { now },
    });
  }

  peek(key: string): StoredMetadata | undefined {
    return this.#objects.peek(key)?.metadata;
  }

  read(key: string): MemoryObject | undefined {
    return this.#objects.get(key);
  }

  write(metadata: StoredMetadata, bytes: Buffer): WriteOutcome {
    if (bytes.length + OVERHEAD_BYTES > this.#maxBytes) {
      this.#objects.delete(metadata.key);
      return notKept("too-large");
    }
    this.#objects.set(metadata.key, { kind: "memory", metadata, bytes });
    return KEPT;
  }

  refresh(refreshed: StoredMetadata, stored: StoredMetadata): void {
    const object = this.#objects.peek(stored.key);
    if (object?.metadata !== stored) return;
    this.#objects.set(stored.key, { ...object, metadata: refreshed });
  }

  remove(key: string): void {
    this.#objects.delete(key);
  }

  usage(): Tier {
    return {
      objects: this.#objects.size,
      usedBytes: this.#objects.calculatedSize,
      limitBytes: this.#maxBytes,
    };
  }

  async close(): Promise<void> {
    this.#objects.clear();
  }
}
