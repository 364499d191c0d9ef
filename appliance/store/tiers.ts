/**
 * The two stores as one: RAM first, then disk, and what is read from disk goes up to RAM if it is worth
 * a place there.
 */
import type { Admission } from "../core/admission/admission.ts";
import { decidePlacing } from "../core/decide-placing.ts";
import { decidePromoting } from "../core/decide-promoting.ts";
import type { ObjectTraits } from "../core/eviction/cache-index.ts";
import type { StoredMetadata } from "../core/stored-metadata.ts";
import type { LentObject, MemoryObject, StoredObject } from "./cache-store.ts";
import type { DiskStore } from "./disk-store.ts";
import type { RamStore } from "./ram-store.ts";

export type TiersOptions = {
  readonly ram: RamStore;
  /** Undefined where no cache folder is configured. */
  readonly disk: DiskStore | undefined;
  /** Stands before the disk. */
  readonly admission: Admission;
  readonly traitsOf: (metadata: StoredMetadata) => ObjectTraits;
  /** False for what was asked for before a purge that covers it. */
  readonly mayKeep?: (metadata: StoredMetadata) => boolean;
};

/** So many objects are looked at before others get their turn. */
const LOOKS_AT_ONCE = 1000;

export class Tiers {
  readonly #options: TiersOptions;
  readonly #ram: RamStore;
  readonly #disk: DiskStore | undefined;
  #promotingBytes = 0;

  /** Bytes that RAM would have had to take in so far, had it taken everything. */
  #usedBytes = 0;

  constructor(options: TiersOptions) {
    this.#options = options;
    this.#ram = options.ram;
    this.#disk = options.disk;
  }

  /** A client asks for an object: once for each request, whatever is stored. */
  onRequest(key: string): void {
    this.#options.admission.onRequest(key);
  }

  /** What is known of an object, without reading it. */
  peek(key: string): StoredMetadata | undefined {
    return this.#ram.peek(key) ?? this.#disk?.peek(key);
  }

  /** Where an object would be read from, if it is anywhere. */
  tierOf(key: string): "ram" | "disk" {
    return this.#ram.peek(key) === undefined ? "disk" : "ram";
  }

  /** At once, or not at all. */
  readRam(key: string): MemoryObject | undefined {
    return this.#ram.read(key);
  }

  /** Undefined also where the disk takes longer than is good for viewers. */
  async read(key: string): Promise<StoredObject | undefined> {
    const inRam = this.#ram.read(key);
    if (inRam !== undefined || this.#disk === undefined) return inRam;
    return this.#isWorthRam(key, this.#disk)
      ? this.#promote(key, this.#disk)
      : this.#disk.read(key);
  }

  /**
   * Like `read`, for who can tell when the last byte has left: a body that only passes through comes in
   * a buffer that is used again, which costs a third.
   */
  async lend(key: string): Promise<LentObject | StoredObject | undefined> {
    const inRam = this.#ram.read(key);
    if (inRam !== undefined || this.#disk === undefined) return inRam;
    return this.#isWorthRam(key, this.#disk)
      ? this.#promote(key, this.#disk)
      : this.#disk.lend(key);
  }

  /** Like `read`, however long the disk takes: for who has nobody else to ask. */
  async readPatiently(key: string): Promise<StoredObject | undefined> {
    return this.#ram.read(key) ?? this.#disk?.readPatiently(key);
  }

  /** For an object of RAM that is being sent for longer: its bytes count until they are released. */
  hold(object: MemoryObject): void {
    this.#ram.hold(object);
  }

  /** Bytes of RAM that slow clients hold of what is no longer kept there. */
  get forgottenBytes(): number {
    return this.#ram.forgottenBytes;
  }

  release(object: MemoryObject): void {
    this.#ram.release(object);
  }

  /** Resolves when the object can be found; undefined where it can be already, or never will be. */
  write(metadata: StoredMetadata, body: Buffer): Promise<void> | undefined {
    if (this.#options.mayKeep?.(metadata) === false) return undefined;
    this.#usedBytes += body.length;
    const { isKept } = this.#ram.write(metadata, body);
    const written = this.#writeDisk(metadata, body);
    if (isKept || written === undefined) return undefined;
    return written.then(() => undefined);
  }

  refresh(refreshed: StoredMetadata, stored: StoredMetadata): void {
    this.#ram.refresh(refreshed, stored);
    this.#disk?.refresh(refreshed, stored);
  }

  /** Forgets an object. What is removed is gone for good once `removed` has resolved. */
  remove(key: string): void {
    this.#ram.remove(key);
    this.#disk?.remove(key);
  }

  /** Resolves when no crash can bring back what was removed so far. */
  async removed(): Promise<void> {
    await this.#disk?.removed();
  }

  /** False while objects that an earlier process left on disk may still be found. */
  get isComplete(): boolean {
    return this.#disk?.isRecovered !== false;
  }

  /**
   * Shows `look` what is known of each object that was there at the beginning and still is, a part at a
   * time, with others served in between. An object may be looked at twice: in RAM and on disk, where
   * what is known of it may differ.
   */
  async lookAtAll(look: (metadata: StoredMetadata) => void): Promise<void> {
    for (const store of [this.#ram, this.#disk]) {
      if (store === undefined) continue;
      const keys = [...store.keys()];
      for (let at = 0; at < keys.length; at += LOOKS_AT_ONCE) {
        for (const key of keys.slice(at, at + LOOKS_AT_ONCE)) {
          const metadata = store.peek(key);
          if (metadata !== undefined) look(metadata);
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }

  #writeDisk(metadata: StoredMetadata, body: Buffer): Promise<unknown> | undefined {
    if (this.#disk === undefined) return undefined;
    const { admission, traitsOf } = this.#options;
    const { key } = metadata;
    const { action } = decidePlacing({
      metadata,
      isOnDisk: this.#disk.peek(key) !== undefined,
      admit: () => admission.decide(key, body.length, traitsOf(metadata)),
    });
    if (action === "ram-and-disk") return this.#disk.write(metadata, body);
    // An older version must not outlive the news that there is another.
    this.#disk.remove(metadata.key);
    return undefined;
  }

  #isWorthRam(key: string, disk: DiskStore): boolean {
    const ram = this.#ram.usage();
    const known = disk.observeReuse(key, this.#usedBytes, ram);
    if (known === undefined) return false;
    this.#usedBytes += known.bodyBytes;
    if (decidePromoting(known.reuse, known.bodyBytes, ram).action !== "promote") return false;
    return this.#ram.hasRoomBesideHeld(this.#promotingBytes + known.bodyBytes);
  }

  async #promote(key: string, disk: DiskStore): Promise<StoredObject | undefined> {
    // A crowd is on its way before the first of its bodies is there to be counted.
    const bytes = disk.peek(key)?.sizeBytes ?? 0;
    this.#promotingBytes += bytes;
    const object = await disk.read(key).finally(() => {
      this.#promotingBytes -= bytes;
    });
    if (object?.kind === "memory" && this.#isCurrent(object, disk)) {
      this.#ram.write(object.metadata, object.bytes);
    }
    return object;
  }

  /** While the disk was being read a fill may have brought a newer one, or somebody removed it. */
  #isCurrent({ metadata }: MemoryObject, disk: DiskStore): boolean {
    const { key, arrivedAtWallMs } = metadata;
    const inRam = this.#ram.peek(key);
    const isNewest = inRam === undefined || inRam.arrivedAtWallMs <= arrivedAtWallMs;
    return isNewest && disk.peek(key) === metadata;
  }
}
