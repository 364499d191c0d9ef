/**
 * The disk tier: one file per object, an index that decides what is forgotten, never over its limit.
 *
 * Nothing is flushed with `fsync`: what a power cut tears is found by checksums when it is first read.
 * Where the disk fails, the tier says so and keeps nothing; where it is slow, it steps back; and the
 * appliance goes on without it.
 */
import type { BackoffPolicy } from "../../kernel/backoff.ts";
import type { DiskState, DiskWork, Tier } from "../contract/appliance-status.ts";
import type { CacheIndex, NewCacheIndex, ObjectTraits } from "../core/eviction/cache-index.ts";
import type { StoredMetadata } from "../core/stored-metadata.ts";
import {
  type CacheStore,
  KEPT,
  type LentObject,
  notKept,
  type StoredObject,
  type WriteOutcome,
} from "./cache-store.ts";
import { type DiskFile, DiskFiles, PROOF_BYTES } from "./disk-files.ts";
import { DiskHealth, type DiskLog } from "./disk-health.ts";
import { DiskJournal, type JournalPolicy } from "./disk-journal.ts";
import { DiskPatience, type PatiencePolicy } from "./disk-patience.ts";
import { DiskReader, type DiskReaderPolicy } from "./disk-reader.ts";
import { type DiskRecord, encodeTail } from "./disk-record.ts";
import { type FoundSource, recoverDisk } from "./disk-recovery.ts";
import { DiskScrub, type ScrubPolicy } from "./disk-scrub.ts";
import { writeBody } from "./file-body.ts";
import { describeFileError, type FileSystem, writeFully } from "./file-system.ts";
import type { JournalEntry } from "./journal-frame.ts";
import { type BrokenReading, type DiskObject, verifyObject } from "./read-object.ts";

export type DiskPolicy = DiskReaderPolicy & {
  readonly maxBytes: number;
  /** Bytes in RAM that may wait to be written; beyond that, objects are not kept on disk. */
  readonly maxQueuedBytes: number;
  readonly retry: BackoffPolicy;
  readonly journal: JournalPolicy;
  readonly patience: PatiencePolicy;
  readonly scrub: ScrubPolicy;
};

export type DiskStoreOptions = {
  readonly folder: string;
  readonly policy: DiskPolicy;
  readonly fileSystem: FileSystem;
  readonly newIndex: NewCacheIndex;
  readonly traitsOf: (metadata: StoredMetadata) => ObjectTraits;
  /** Whether what is found after a start, or has just been written, may still be kept. */
  readonly mayKeep?: (metadata: StoredMetadata) => boolean;
  readonly now: () => number;
  readonly random: () => number;
  readonly log: DiskLog;
};

type Entry = DiskObject & {
  /** Its place in the order of use, so that a start can put them back into it. */
  usedAs: number;
  readAtMs: number | undefined;
};

export class DiskStore implements CacheStore {
  readonly #options: DiskStoreOptions;
  readonly #index: CacheIndex<Entry>;
  readonly #files: DiskFiles;
  readonly #health: DiskHealth;
  readonly #journal: DiskJournal;
  readonly #reader: DiskReader;
  readonly #patience: DiskPatience;
  readonly #scrub: DiskScrub<Entry>;
  /** Of what is being written, the latest of each key: whatever was superseded meanwhile is not kept. */
  readonly #latest = new Map<string, StoredMetadata>();
  /** Removed before the folder was looked through: what is found of them is too old. */
  readonly #removedEarly = new Set<string>();
  #queuedBytes = 0;
  #uses = 0;
  #jobs: Promise<unknown> = Promise.resolve();
  #isRecovered = false;
  #isClosing = false;

  constructor(options: DiskStoreOptions) {
    const { policy, now, random, log, folder, fileSystem } = options;
    this.#options = options;
    this.#health = new DiskHealth({ retry: policy.retry, now, random, log });
    this.#files = new DiskFiles({
      folder,
      fileSystem,
      onStuck: (error) => this.#health.onFailure(error),
    });
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
      makeRoom: (neededBytes) => this.#makeRoom(neededBytes),
    });
    this.#reader = new DiskReader({
      files: this.#files,
      policy,
      onBroken: (entry, broken) => this.#dropBroken(entry, broken),
      onCloseFailed: (entry, error) => this.#logCloseFailed(entry, error),
    });
    this.#patience = new DiskPatience({
      policy: policy.patience,
      now,
      onChange: (state) => log.warn({ to: state }, "pace of the disk"),
    });
    this.#scrub = new DiskScrub({
      policy: policy.scrub,
      list: () => Array.from(this.#index.entries(), ([, entry]) => entry),
      sizeBytesOf: ({ file }) => file.sizeBytes,
      check: (entry) => this.#check(entry),
    });
    void this.#enqueue(() => this.#recover());
  }

  get health(): DiskState {
    const state = this.#health.state;
    if (state.state !== "ok" || !this.#patience.isSlow) return state;
    return { state: "slow", reason: "reads take far longer than they usually do" };
  }

  /** What it does beside serving. */
  get work(): DiskWork {
    const { checked, damaged } = this.#scrub.counts;
    const { recoveredInMs } = this.#health;
    return {
      ...(recoveredInMs === undefined ? {} : { recoveredInMs }),
      scrubbed: checked,
      damaged,
      overdueReads: this.#patience.overdue,
      bufferBytes: this.#reader.bufferBytes,
    };
  }

  /** Tries again to use a folder that could not be used, and does what is due. */
  tick(nowMs: number): void {
    this.#patience.tick(nowMs);
    if (this.#health.isRetryDue(nowMs)) {
      void this.#enqueue(() => (this.#isRecovered ? this.#tryAgain() : this.#recover()));
    }
    if (this.#isWritable() && this.#journal.isDue(nowMs)) {
      void this.#enqueue(() => this.#commitJournal());
    }
    const isIdle = this.#queuedBytes === 0 && this.#patience.underWay === 0;
    if (this.#isWritable()) void this.#scrub.tick(nowMs, isIdle);
  }

  /** Resolves when everything asked for so far is done. */
  async settled(): Promise<void> {
    await this.#jobs;
    await this.#files.unlinked();
  }

  /** Resolves when all that was removed so far is gone from the disk, so that no crash brings it back. */
  unlinked(): Promise<void> {
    return this.#files.unlinked();
  }

  peek(key: string): StoredMetadata | undefined {
    return this.#index.peek(key)?.metadata;
  }

  /** When an object was last read from disk, on the clock of `now`; undefined if not since the start. */
  lastReadAtMs(key: string): number | undefined {
    return this.#index.peek(key)?.readAtMs;
  }

  async read(key: string): Promise<StoredObject | undefined> {
    const entry = this.#use(key);
    if (entry === undefined) return undefined;
    return this.#patience.wait(this.#reader.read(entry), entry.bodyBytes, releaseIfNeeded);
  }

  /** Like `read`, for who gives the body back when it has been sent. */
  async lend(key: string): Promise<LentObject | StoredObject | undefined> {
    const entry = this.#use(key);
    if (entry === undefined) return undefined;
    return this.#patience.wait(this.#reader.lend(entry), entry.bodyBytes, releaseIfNeeded);
  }

  async write(metadata: StoredMetadata, bytes: Buffer): Promise<WriteOutcome> {
    this.#latest.set(metadata.key, metadata);
    const outcome = await this.#enqueueWrite(metadata, bytes);
    // An older version must not outlive the news that there is another.
    if (!outcome.isKept && this.#isLatest(metadata)) this.remove(metadata.key);
    if (this.#isLatest(metadata)) this.#latest.delete(metadata.key);
    return outcome;
  }

  refresh(refreshed: StoredMetadata, stored: StoredMetadata): void {
    const entry = this.#index.peek(stored.key);
    if (entry?.metadata !== stored) return;
    entry.metadata = refreshed;
    this.#journal.note({ kind: "refreshed", name: entry.file.name, metadata: refreshed });
  }

  remove(key: string): void {
    this.#latest.delete(key);
    if (!this.#isRecovered) this.#removedEarly.add(key);
    this.#index.delete(key);
  }

  *keys(): IterableIterator<string> {
    for (const [key] of this.#index.entries()) yield key;
  }

  usage(): Tier {
    return {
      objects: this.#index.size,
      usedBytes: this.#usedBytes(),
      limitBytes: this.#options.policy.maxBytes,
    };
  }

  async close(): Promise<void> {
    if (this.#isClosing) return;
    if (this.#isWritable()) void this.#enqueue(() => this.#rewriteJournal());
    await this.#jobs;
    this.#isClosing = true;
    await this.settled();
  }

  // One job at a time: recovery, then writes. Reads do not wait for them.

  #enqueue<Value>(job: () => Promise<Value>): Promise<Value> {
    const done = this.#jobs.then(job);
    this.#jobs = done;
    return done;
  }

  async #enqueueWrite(metadata: StoredMetadata, bytes: Buffer): Promise<WriteOutcome> {
    const { maxQueuedBytes, maxBytes } = this.#options.policy;
    if (this.#health.state.state === "unavailable" || this.#isClosing) {
      return notKept("unavailable");
    }
    // A disk that is behind gets nothing more to do.
    if (this.#patience.isSlow) return notKept("slow");
    if (bytes.length > maxBytes) return notKept("too-large");
    if (this.#queuedBytes + bytes.length > maxQueuedBytes) return notKept("queue-full");
    this.#queuedBytes += bytes.length;
    return this.#enqueue(() => this.#writeObject(metadata, bytes)).finally(() => {
      this.#queuedBytes -= bytes.length;
    });
  }

  async #recover(): Promise<void> {
    if (this.#isClosing) return;
    this.#health.onRecovering();
    const { log, now } = this.#options;
    const startedAtMs = now();
    let removed = 0;
    try {
      const found = await recoverDisk({
        files: this.#files,
        journal: this.#journal,
        shouldStop: () => this.#isClosing,
        onFound: (file, record, source) => this.#onFound(file, record, source),
        onRefused: (name, fault) => {
          removed += 1;
          log.warn({ file: name, fault }, "deleted a file that is not a whole object");
        },
      });
      await this.#proveWritable();
      this.#isRecovered = true;
      this.#removedEarly.clear();
      const tookMs = Math.round(now() - startedAtMs);
      const details = { objects: this.#index.size, removed, tookMs, ...found };
      this.#health.onUsable(details, "disk tier recovered");
      this.#health.onRecovered(tookMs);
    } catch (error) {
      this.#health.onFailure(error);
    }
  }

  #onFound(file: DiskFile, record: DiskRecord, source: FoundSource): void {
    const { key } = record.metadata;
    const there = this.#index.peek(key);
    if (there?.file.name === file.name) return;
    const isOlder =
      there !== undefined && there.metadata.arrivedAtWallMs > record.metadata.arrivedAtWallMs;
    const isUnwanted = this.#removedEarly.has(key) || !this.#mayKeep(record.metadata);
    if (isOlder || isUnwanted) this.#files.doom(file);
    else this.#put(file, record, source);
  }

  #put(file: DiskFile, record: DiskRecord, source: FoundSource | "write"): void {
    const entry: Entry = {
      ...record,
      file,
      isVerified: false,
      usedAs: this.#nextUse(),
      readAtMs: undefined,
    };
    const { metadata } = record;
    const traits = this.#options.traitsOf(metadata);
    const isIn = this.#index.set(metadata.key, entry, file.sizeBytes, traits);
    if (!isIn) this.#files.doom(file);
    else if (source !== "journal") this.#journal.note(journalEntryOf(entry));
  }

  #onRemoved({ file }: Entry): void {
    this.#files.doom(file);
    this.#journal.note({ kind: "removed", name: file.name });
  }

  async #tryAgain(): Promise<void> {
    this.#files.unlinkStuck();
    try {
      await this.#files.makeFolder();
      await this.#proveWritable();
    } catch (error) {
      this.#health.onFailure(error);
      return;
    }
    this.#health.onUsable({}, "disk tier available again");
  }

  async #proveWritable(): Promise<void> {
    // Nothing is deleted for the sake of a proof; a folder so full proves itself at the next write.
    if (this.#isClosing || this.#usedBytes() + PROOF_BYTES > this.#options.policy.maxBytes) return;
    await this.#files.proveWritable();
  }

  async #writeObject(metadata: StoredMetadata, bytes: Buffer): Promise<WriteOutcome> {
    if (!this.#isWritable()) return notKept("unavailable");
    if (!this.#isLatest(metadata)) return notKept("superseded");
    const unchecked = { metadata, bodyBytes: bytes.length, bodyChecksum: 0 };
    const sizeBytes = bytes.length + encodeTail(unchecked).length;
    if (!(await this.#makeRoom(sizeBytes))) return notKept("no-room");
    try {
      await this.#files.create({
        sizeBytes,
        write: async (handle) => {
          const checked = { ...unchecked, bodyChecksum: await writeBody(handle, bytes) };
          await writeFully(handle, encodeTail(checked), bytes.length);
          return checked;
        },
        keep: (file, record) => {
          if (this.#isLatest(metadata) && this.#mayKeep(metadata)) this.#put(file, record, "write");
          else this.#files.doom(file);
        },
      });
    } catch (error) {
      this.#health.onFailure(error);
      return notKept("unavailable");
    }
    this.#health.onWritten();
    return this.#isLatest(metadata) ? KEPT : notKept("superseded");
  }

  async #commitJournal(): Promise<void> {
    if (!this.#isWritable()) return;
    try {
      await this.#journal.commit(() => this.#everything(), this.#options.now());
    } catch (error) {
      this.#health.onFailure(error);
    }
  }

  async #rewriteJournal(): Promise<void> {
    if (!this.#isWritable()) return;
    try {
      await this.#journal.rewrite(this.#everything());
    } catch (error) {
      this.#health.onFailure(error);
    }
  }

  /** The least recently used first. */
  #everything(): JournalEntry[] {
    const entries = Array.from(this.#index.entries(), ([, entry]) => entry);
    return entries.sort((a, b) => a.usedAs - b.usedAs).map(journalEntryOf);
  }

  #isWritable(): boolean {
    return this.#health.state.state === "ok" && !this.#isClosing;
  }

  #isLatest(metadata: StoredMetadata): boolean {
    return this.#latest.get(metadata.key) === metadata;
  }

  #mayKeep(metadata: StoredMetadata): boolean {
    return this.#options.mayKeep?.(metadata) ?? true;
  }

  /** Forgets what the index likes least until `neededBytes` more fit, and waits until it is gone. */
  async #makeRoom(neededBytes: number): Promise<boolean> {
    const { maxBytes } = this.#options.policy;
    const wantedBytes = neededBytes + this.#journal.usedBytes;
    if (wantedBytes > maxBytes) return false;
    while (this.#index.usedBytes + wantedBytes > maxBytes && this.#index.evict());
    await this.#files.unlinked();
    // Files that are still being read are gone only when their readers are.
    return this.#usedBytes() + neededBytes <= maxBytes;
  }

  #usedBytes(): number {
    return this.#index.usedBytes + this.#files.looseBytes + this.#journal.usedBytes;
  }

  #use(key: string): Entry | undefined {
    if (!this.#patience.mayRead()) return undefined;
    const entry = this.#index.get(key);
    if (entry === undefined) return undefined;
    entry.usedAs = this.#nextUse();
    entry.readAtMs = this.#options.now();
    return entry;
  }

  #nextUse(): number {
    this.#uses += 1;
    return this.#uses;
  }

  async #check(entry: Entry): Promise<boolean> {
    if (this.#index.peek(entry.metadata.key) !== entry) return true;
    const reading = await verifyObject(entry, {
      files: this.#files,
      onCloseFailed: (error) => this.#logCloseFailed(entry, error),
    });
    if (reading.ok) return true;
    // Who removed it while it was being read knows why.
    if (this.#index.peek(entry.metadata.key) !== entry) return true;
    this.#dropBroken(entry, reading);
    return false;
  }

  #dropBroken(entry: DiskObject, broken: BrokenReading): void {
    const { key } = entry.metadata;
    // Unless a newer one has taken its place.
    if (this.#index.peek(key) === entry) this.#index.delete(key);
    switch (broken.fault) {
      case "damaged":
      case "cut-short":
        this.#options.log.warn(
          { key, file: entry.file.name, fault: broken.fault },
          "deleted a file that is not as it was written",
        );
        break;
      case "unreadable":
        this.#health.onFailure(broken.error);
        break;
      case "missing":
    }
  }

  #logCloseFailed({ metadata, file }: DiskObject, error: unknown): void {
    const reason = describeFileError(error);
    this.#options.log.warn({ key: metadata.key, file: file.name, reason }, "cannot close a file");
  }
}

function journalEntryOf({ file, metadata, bodyBytes, bodyChecksum }: Entry): JournalEntry {
  const { name, sizeBytes } = file;
  return { kind: "stored", name, sizeBytes, metadata, bodyBytes, bodyChecksum };
}

/** Nobody waits for it any more. */
function releaseIfNeeded(object: LentObject | StoredObject | undefined): void {
  if (object !== undefined && object.kind !== "memory") object.release();
}
