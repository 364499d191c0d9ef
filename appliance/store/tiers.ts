/**
 * The two stores as one: RAM first, then disk, and what is read from disk goes up to RAM.
 */
import { decidePlacing } from "../core/decide-placing.ts";
import type { StoredMetadata } from "../core/stored-metadata.ts";
import type { CacheStore, MemoryObject, StoredObject } from "./cache-store.ts";
import type { RamStore } from "./ram-store.ts";

export type TiersOptions = {
  readonly ram: RamStore;
  /** Undefined where no cache folder is configured. */
  readonly disk: CacheStore | undefined;
};

export class Tiers {
  readonly #ram: RamStore;
  readonly #disk: CacheStore | undefined;

  constructor({ ram, disk }: TiersOptions) {
    this.#ram = ram;
    this.#disk = disk;
  }

  /** What is known of an object, without reading it. */
  peek(key: string): StoredMetadata | undefined {
    return this.#ram.peek(key) ?? this.#disk?.peek(key);
  }

  /** At once, or not at all. */
  readRam(key: string): MemoryObject | undefined {
    return this.#ram.read(key);
  }

  async read(key: string): Promise<StoredObject | undefined> {
    const inRam = this.#ram.read(key);
    if (inRam !== undefined) return inRam;
    const object = await this.#disk?.read(key);
    if (object?.kind === "memory" && this.#isNewest(object.metadata)) {
      this.#ram.write(object.metadata, object.bytes);
    }
    return object;
  }

  /** Resolves when the object can be found; undefined where it can be already, or never will be. */
  write(metadata: StoredMetadata, body: Buffer): Promise<void> | undefined {
    const { isKept } = this.#ram.write(metadata, body);
    const written = this.#writeDisk(metadata, body);
    if (isKept || written === undefined) return undefined;
    return written.then(() => undefined);
  }

  refresh(refreshed: StoredMetadata, stored: StoredMetadata): void {
    this.#ram.refresh(refreshed, stored);
    this.#disk?.refresh(refreshed, stored);
  }

  #writeDisk(metadata: StoredMetadata, body: Buffer): Promise<unknown> | undefined {
    if (this.#disk === undefined) return undefined;
    if (decidePlacing(metadata).action === "ram-and-disk") {
      return Promise.resolve(this.#disk.write(metadata, body));
    }
    // An older version must not outlive the news that there is another.
    this.#disk.remove(metadata.key);
    return undefined;
  }

  /** A fill may have brought a newer one while the disk was being read. */
  #isNewest({ key, arrivedAtWallMs }: StoredMetadata): boolean {
    const inRam = this.#ram.peek(key);
    return inRam === undefined || inRam.arrivedAtWallMs <= arrivedAtWallMs;
  }
}
