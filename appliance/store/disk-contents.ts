/**
 * What is on disk: the index of it, the files, and the journal that tells of both, all of them together
 * within one limit in bytes.
 */
import type { ReuseHistory } from "../core/decide-promoting.ts";
import type { CacheIndex, NewCacheIndex, ObjectTraits } from "../core/eviction/cache-index.ts";
import type { StoredMetadata } from "../core/stored-metadata.ts";
import { type DiskFile, DiskFiles, PROOF_BYTES } from "./disk-files.ts";
import { DiskJournal, type JournalPolicy } from "./disk-journal.ts";
import type { DiskRecord } from "./disk-record.ts";
import {
  type FoundSource,
  type Recovery,
  type RecoveryOptions,
  recoverDisk,
} from "./disk-recovery.ts";
import type { FileSystem } from "./file-system.ts";
import type { JournalEntry } from "./journal-frame.ts";
import type { DiskObject } from "./read-object.ts";

export type DiskEntry = DiskObject & {
  /** Its place in the order of use, so that a start can put them back into it. */
  usedAs: number;
  reuse: ReuseHistory | undefined;
};

export type DiskContentsOptions = {
  readonly folder: string;
  readonly fileSystem: FileSystem;
  readonly policy: { readonly maxBytes: number; readonly journal: JournalPolicy };
  readonly newIndex: NewCacheIndex;
  readonly traitsOf: (metadata: StoredMetadata) => ObjectTraits;
  /** Whether what was found, or has just been written, may still be kept. */
  readonly mayKeep: (metadata: StoredMetadata) => boolean;
  readonly onStuck: (error: unknown) => void;
  readonly now: () => number;
  readonly random: () => number;
};

export class DiskContents {
  readonly files: DiskFiles;
  readonly #options: DiskContentsOptions;
  readonly #index: CacheIndex<DiskEntry>;
  readonly #journal: DiskJournal;
  /** Removed before the folder was looked through: what is found of them is too old. */
  readonly #removedEarly = new Set<string>();
  readonly #recovered = Promise.withResolvers<void>();
  #isRecovered = false;
  #uses = 0;

  constructor(options: DiskContentsOptions) {
    const { folder, fileSystem, policy, now, random, onStuck } = options;
    this.#options = options;
    this.files = new DiskFiles({ folder, fileSystem, onStuck });
    this.#index = options.newIndex({
      limitBytes: policy.maxBytes,
      onRemoved: (entry) => this.#onRemoved(entry),
      now,
      random,
    });
    this.#journal = new DiskJournal({
      folder,
      fileSystem,
      policy: policy.journal,
      limitBytes: policy.maxBytes,
      makeRoom: (neededBytes) => this.makeRoom(neededBytes),
    });
  }

  get size(): number {
    return this.#index.size;
  }

  get usedBytes(): number {
    return this.#index.usedBytes + this.files.looseBytes + this.#journal.usedBytes;
  }

  get isRecovered(): boolean {
    return this.#isRecovered;
  }

  /** Resolves when all is unlinked that was removed, also what of it had not been found by then. */
  async removed(): Promise<void> {
    await this.#recovered.promise;
    await this.files.unlinked();
  }

  peek(key: string): DiskEntry | undefined {
    return this.#index.peek(key);
  }

  /** For reading: it counts as a use. */
  use(key: string): DiskEntry | undefined {
    const entry = this.#index.get(key);
    if (entry === undefined) return undefined;
    entry.usedAs = this.#nextUse();
    return entry;
  }

  entries(): DiskEntry[] {
    return Array.from(this.#index.entries(), ([, entry]) => entry);
  }

  *keys(): IterableIterator<string> {
    for (const [key] of this.#index.entries()) yield key;
  }

  refresh(refreshed: StoredMetadata, stored: StoredMetadata): void {
    const entry = this.#index.peek(stored.key);
    if (entry?.metadata !== stored) return;
    entry.metadata = refreshed;
    this.#journal.note({ kind: "refreshed", name: entry.file.name, metadata: refreshed });
  }

  remove(key: string): void {
    if (!this.#isRecovered) this.#removedEarly.add(key);
    this.#index.delete(key);
  }

  /** Removes this entry, but not a newer one that has taken its place. */
  removeEntry(entry: DiskObject): void {
    if (this.holds(entry)) this.#index.delete(entry.metadata.key);
  }

  holds(entry: DiskObject): boolean {
    return this.#index.peek(entry.metadata.key) === entry;
  }

  /** Takes over a file that has been written. */
  keep(file: DiskFile, record: DiskRecord): void {
    if (this.#options.mayKeep(record.metadata)) this.#put(file, record, "write");
    else this.files.doom(file);
  }

  /** Forgets what the index likes least until `neededBytes` more fit, and waits until it is gone. */
  async makeRoom(neededBytes: number): Promise<boolean> {
    const { maxBytes } = this.#options.policy;
    const wantedBytes = neededBytes + this.#journal.usedBytes;
    if (wantedBytes > maxBytes) return false;
    while (this.#index.usedBytes + wantedBytes > maxBytes && this.#index.evict());
    await this.files.unlinked();
    // Files that are still being read are gone only when their readers are.
    return this.usedBytes + neededBytes <= maxBytes;
  }

  /** Throws where nothing can be written, or nothing deleted. */
  async proveWritable(): Promise<void> {
    // Nothing is deleted for the sake of a proof; a folder so full proves itself at the next write.
    if (this.usedBytes + PROOF_BYTES > this.#options.policy.maxBytes) return;
    await this.files.proveWritable();
  }

  async recover(options: Pick<RecoveryOptions, "shouldStop" | "onRefused">): Promise<Recovery> {
    const recovery = await recoverDisk({
      ...options,
      files: this.files,
      journal: this.#journal,
      onFound: (file, record, source) => this.#onFound(file, record, source),
    });
    this.#isRecovered = true;
    this.#recovered.resolve();
    this.#removedEarly.clear();
    return recovery;
  }

  isJournalDue(nowMs: number): boolean {
    return this.#isRecovered && this.#journal.isDue(nowMs);
  }

  async commitJournal(): Promise<void> {
    await this.#journal.commit(() => this.#everything(), this.#options.now());
  }

  /** So that the next start finds the order of use as it is now. */
  async rewriteJournal(): Promise<void> {
    if (this.#isRecovered) await this.#journal.rewrite(this.#everything());
  }

  #onFound(file: DiskFile, record: DiskRecord, source: FoundSource): void {
    const { key, arrivedAtWallMs } = record.metadata;
    const there = this.#index.peek(key);
    if (there?.file.name === file.name) return;
    const isOlder = there !== undefined && there.metadata.arrivedAtWallMs > arrivedAtWallMs;
    const isUnwanted = this.#removedEarly.has(key) || !this.#options.mayKeep(record.metadata);
    if (isOlder || isUnwanted) this.files.doom(file);
    else this.#put(file, record, source);
  }

  #put(file: DiskFile, record: DiskRecord, source: FoundSource | "write"): void {
    const { metadata } = record;
    const entry: DiskEntry = {
      ...record,
      file,
      isVerified: false,
      usedAs: this.#nextUse(),
      reuse: undefined,
    };
    const traits = this.#options.traitsOf(metadata);
    const isIn = this.#index.set(metadata.key, entry, file.sizeBytes, traits);
    if (!isIn) this.files.doom(file);
    else if (source !== "journal") this.#journal.note(journalEntryOf(entry));
  }

  #onRemoved({ file }: DiskEntry): void {
    this.files.doom(file);
    this.#journal.note({ kind: "removed", name: file.name });
  }

  /** The least recently used first. */
  #everything(): JournalEntry[] {
    return this.entries()
      .sort((a, b) => a.usedAs - b.usedAs)
      .map(journalEntryOf);
  }

  #nextUse(): number {
    this.#uses += 1;
    return this.#uses;
  }
}

function journalEntryOf({ file, metadata, bodyBytes, bodyChecksum }: DiskEntry): JournalEntry {
  const { name, sizeBytes } = file;
  return { kind: "stored", name, sizeBytes, metadata, bodyBytes, bodyChecksum };
}
