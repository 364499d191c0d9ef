/**
 * The RAM tier: whole objects as single buffers, within a limit in bytes.
 *
 * A body that was forgotten while a slow client is still being sent it takes RAM until the last byte has
 * left. Whoever sends for long says so (`hold`), and the tier then keeps less of everything else.
 */
import type { Tier } from "../contract/appliance-status.ts";
import type { CacheIndex, NewCacheIndex, ObjectTraits } from "../core/eviction/cache-index.ts";
import type { StoredMetadata } from "../core/stored-metadata.ts";
import {
  type CacheStore,
  KEPT,
  type MemoryObject,
  notKept,
  type WriteOutcome,
} from "./cache-store.ts";

export type RamStoreOptions = {
  readonly maxBytes: number;
  readonly newIndex: NewCacheIndex;
  readonly traitsOf: (metadata: StoredMetadata) => ObjectTraits;
  readonly now: () => number;
  readonly random: () => number;
};

/** What an entry costs beside its body: metadata, header fields and the index, roughly, */
const OVERHEAD_BYTES = 1024;
/** as long as the texts in it are no longer than this. */
const USUAL_TEXT_BYTES = 512;

type Hold = { holders: number; isForgotten: boolean };

export class RamStore implements CacheStore {
  readonly #options: RamStoreOptions;
  readonly #index: CacheIndex<MemoryObject>;
  readonly #holds = new Map<Buffer, Hold>();
  #forgottenBytes = 0;

  constructor(options: RamStoreOptions) {
    this.#options = options;
    this.#index = options.newIndex({
      limitBytes: options.maxBytes,
      onRemoved: (object) => this.#onRemoved(object),
      now: options.now,
      random: options.random,
    });
  }

  peek(key: string): StoredMetadata | undefined {
    return this.#index.peek(key)?.metadata;
  }

  read(key: string): MemoryObject | undefined {
    return this.#index.get(key);
  }

  write(metadata: StoredMetadata, bytes: Buffer): WriteOutcome {
    const object = { kind: "memory", metadata, bytes } as const;
    const sizeBytes = bytes.length + overheadBytesOf(metadata);
    const traits = this.#options.traitsOf(metadata);
    if (!this.#index.set(metadata.key, object, sizeBytes, traits)) return notKept("too-large");
    this.#makeRoom();
    return KEPT;
  }

  refresh(refreshed: StoredMetadata, stored: StoredMetadata): void {
    const object = this.#index.peek(stored.key);
    if (object?.metadata !== stored) return;
    this.#index.replaceValue(stored.key, { ...object, metadata: refreshed });
  }

  /** Its bytes count until they are released as often, whatever becomes of the object. */
  hold({ metadata, bytes }: MemoryObject): void {
    const hold = this.#holds.get(bytes);
    if (hold !== undefined) {
      hold.holders += 1;
      return;
    }
    // It may have been evicted already, or never have been taken in.
    const isForgotten = this.#index.peek(metadata.key)?.bytes !== bytes;
    this.#holds.set(bytes, { holders: 1, isForgotten });
    if (!isForgotten) return;
    this.#forgottenBytes += bytes.length;
    this.#makeRoom();
  }

  /** Bytes of what is no longer kept, and still being sent. */
  get forgottenBytes(): number {
    return this.#forgottenBytes;
  }

  /** False where so many bytes more, and what slow clients are still being sent, would take most of it. */
  hasRoomBesideHeld(bytes: number): boolean {
    return this.#forgottenBytes + bytes <= this.#options.maxBytes / 2;
  }

  release({ bytes }: MemoryObject): void {
    const hold = this.#holds.get(bytes);
    if (hold === undefined) throw new RangeError("Cannot release what nobody holds");
    hold.holders -= 1;
    if (hold.holders > 0) return;
    this.#holds.delete(bytes);
    if (hold.isForgotten) this.#forgottenBytes -= bytes.length;
  }

  remove(key: string): void {
    this.#index.delete(key);
  }

  *keys(): IterableIterator<string> {
    for (const [key] of this.#index.entries()) yield key;
  }

  usage(): Tier {
    return {
      objects: this.#index.size,
      usedBytes: this.#index.usedBytes + this.#forgottenBytes,
      limitBytes: this.#options.maxBytes,
    };
  }

  async close(): Promise<void> {
    this.#index.clear();
  }

  #onRemoved({ bytes }: MemoryObject): void {
    const hold = this.#holds.get(bytes);
    if (hold === undefined || hold.isForgotten) return;
    hold.isForgotten = true;
    this.#forgottenBytes += bytes.length;
  }

  /** What is held and forgotten takes the place of what is kept. */
  #makeRoom(): void {
    const { maxBytes } = this.#options;
    while (this.#index.usedBytes + this.#forgottenBytes > maxBytes && this.#index.evict());
  }
}

/**
 * Any client may ask for names of several kilobytes, and any origin send as much in fields: were they not
 * counted, a crowd of "not found" would take many times the RAM that there may be.
 */
function overheadBytesOf(metadata: StoredMetadata): number {
  const textBytes = JSON.stringify(metadata).length;
  return OVERHEAD_BYTES + Math.max(0, textBytes - USUAL_TEXT_BYTES);
}
