/**
 * The two stores as one: RAM first, then disk, and what is read from disk goes up to RAM.
 */
import type { StoredMetadata } from "../core/stored-metadata.ts";
import type { CacheStore, StoredObject } from "../store/cache-store.ts";
import type { RamObject, RamStore } from "../store/ram-store.ts";

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

  readRam(key: string): RamObject | undefined {
    return this.#ram.read(key);
  }

  /** What the disk holds, known without reading it. */
  peekDisk(key: string): StoredMetadata | undefined {
    return this.#disk?.peek(key);
  }

  async readDisk(key: string): Promise<StoredObject | undefined> {
    const object = await this.#disk?.read(key);
    if (object?.body.kind === "memory" && this.#isNewest(object.metadata)) {
      this.#ram.write(object.metadata, object.body.bytes);
    }
    return object;
  }

  /** Resolves when the object can be found; undefined where it can be already, or never will be. */
  write(metadata: StoredMetadata, body: Buffer): Promise<void> | undefined {
    const { isKept } = this.#ram.write(metadata, body);
    // What is not found is believed for a moment only; that is no matter for a disk.
    const written = metadata.status === 200 ? this.#disk?.write(metadata, body) : undefined;
    if (isKept || written === undefined) return undefined;
    return Promise.resolve(written).then(() => undefined);
  }

  refresh(metadata: StoredMetadata): void {
    this.#ram.refresh(metadata);
    this.#disk?.refresh(metadata);
  }

  /** A fill may have brought a newer one while the disk was being read. */
  #isNewest({ key, arrivedAtWallMs }: StoredMetadata): boolean {
    const inRam = this.#ram.peek(key);
    return inRam === undefined || inRam.arrivedAtWallMs <= arrivedAtWallMs;
  }
}
