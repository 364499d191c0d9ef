/**
 * The disk tier: one file per object, the least recently used deleted first, never over its limit.
 *
 * Nothing is flushed with `fsync`: what a power cut tears is found by checksums when it is first read.
 * Where the disk fails, the tier says so and keeps nothing, and the appliance goes on without it.
 */
import { LRUCache } from "lru-cache";
import type { BackoffPolicy } from "../../kernel/backoff.ts";
import type { DiskState, Tier } from "../contract/appliance-status.ts";
import type { StoredMetadata } from "../core/stored-metadata.ts";
import {
  type CacheStore,
  KEPT,
  notKept,
  type StoredObject,
  type WriteOutcome,
} from "./cache-store.ts";
import { type DiskFile, DiskFiles, PROOF_BYTES } from "./disk-files.ts";
import { DiskHealth, type DiskLog } from "./disk-health.ts";
import { type DiskRecord, encodeTail } from "./disk-record.ts";
import { writeBody } from "./file-body.ts";
import { describeFileError, type FileSystem, writeFully } from "./file-system.ts";
import { type BrokenReading, type DiskObject, readObject } from "./read-object.ts";

export type DiskPolicy = {
  readonly maxBytes: number;
  /** Bodies up to this size are read whole; larger ones are streamed. */
  readonly wholeReadBytes: number;
  /** Bytes in RAM that may wait to be written; beyond that, objects are not kept on disk. */
  readonly maxQueuedBytes: number;
  readonly retry: BackoffPolicy;
};

export type DiskStoreOptions = {
  readonly folder: string;
  readonly policy: DiskPolicy;
  readonly fileSystem: FileSystem;
  readonly now: () => number;
  readonly random: () => number;
  readonly log: DiskLog;
};

type Entry = DiskObject & {
  /** A read that is under way, for all who want the object. */
  reading: Promise<StoredObject | undefined> | undefined;
};

export class DiskStore implements CacheStore {
  readonly #options: DiskStoreOptions;
  readonly #index: LRUCache<string, Entry>;
  readonly #files: DiskFiles;
  readonly #health: DiskHealth;
  /** Of what is being written, the latest of each key: whatever was superseded meanwhile is not kept. */
  readonly #latest = new Map<string, StoredMetadata>();
  #queuedBytes = 0;
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
    this.#index = new LRUCache({
      maxSize: policy.maxBytes,
      sizeCalculation: (entry) => entry.file.sizeBytes,
      dispose: (entry) => this.#files.doom(entry.file),
      perf: { now },
    });
    void this.#enqueue(() => this.#recover());
  }

  get health(): DiskState {
    return this.#health.state;
  }

  /** Tries again to use a folder that could not be used. */
  tick(nowMs: number): void {
    if (!this.#health.isRetryDue(nowMs)) return;
    void this.#enqueue(() => (this.#isRecovered ? this.#tryAgain() : this.#recover()));
  }

  /** Resolves when everything asked for so far is done. */
  async settled(): Promise<void> {
    await this.#jobs;
    await this.#files.unlinked();
  }

  peek(key: string): StoredMetadata | undefined {
    return this.#index.peek(key)?.metadata;
  }

  async read(key: string): Promise<StoredObject | undefined> {
    const entry = this.#index.get(key);
    if (entry === undefined) return undefined;
    // A stream is for one reader; a body in RAM is for however many ask at once.
    if (entry.bodyBytes > this.#options.policy.wholeReadBytes) return this.#readEntry(entry);
    entry.reading ??= this.#readEntry(entry).finally(() => {
      entry.reading = undefined;
    });
    return entry.reading;
  }

  async write(metadata: StoredMetadata, bytes: Buffer): Promise<WriteOutcome> {
    this.#latest.set(metadata.key, metadata);
    const outcome = await this.#enqueueWrite(metadata, bytes);
    // An older version must not outlive the news that there is another.
    if (!outcome.isKept && this.#isLatest(metadata)) this.remove(metadata.key);
    if (this.#isLatest(metadata)) this.#latest.delete(metadata.key);
    return outcome;
  }

  /** In memory only: after a restart the object is older than it need be and is revalidated. */
  refresh(refreshed: StoredMetadata, stored: StoredMetadata): void {
    const entry = this.#index.peek(stored.key);
    if (entry?.metadata === stored) entry.metadata = refreshed;
  }

  remove(key: string): void {
    this.#latest.delete(key);
    this.#index.delete(key);
  }

  usage(): Tier {
    return {
      objects: this.#index.size,
      usedBytes: this.#usedBytes(),
      limitBytes: this.#options.policy.maxBytes,
    };
  }

  async close(): Promise<void> {
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
    if (this.health.state === "unavailable" || this.#isClosing) return notKept("unavailable");
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
    const { log, now, policy } = this.#options;
    const startedAtMs = now();
    let removed = 0;
    try {
      await this.#files.makeFolder();
      await this.#files.recover({
        shouldStop: () => this.#isClosing,
        onObject: (file, record) => {
          const { key } = record.metadata;
          if (this.#index.peek(key)?.file.name === file.name) return;
          this.#index.delete(key);
          // The index would refuse it without a word, and nobody would count it any more.
          if (file.sizeBytes > policy.maxBytes) this.#files.doom(file);
          else this.#index.set(key, newEntry(file, record));
        },
        onRefused: (name, fault) => {
          removed += 1;
          log.warn({ file: name, fault }, "deleted a file that is not a whole object");
        },
      });
      await this.#proveWritable();
    } catch (error) {
      this.#health.onFailure(error);
      return;
    }
    this.#isRecovered = true;
    const tookMs = Math.round(now() - startedAtMs);
    this.#health.onUsable({ objects: this.#index.size, removed, tookMs }, "disk tier recovered");
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
    if (this.health.state !== "ok" || this.#isClosing) return notKept("unavailable");
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
          if (this.#isLatest(metadata)) this.#index.set(metadata.key, newEntry(file, record));
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

  #isLatest(metadata: StoredMetadata): boolean {
    return this.#latest.get(metadata.key) === metadata;
  }

  /** Deletes what was not used for longest until `neededBytes` more fit, and waits until it is gone. */
  async #makeRoom(neededBytes: number): Promise<boolean> {
    const { maxBytes } = this.#options.policy;
    if (neededBytes > maxBytes) return false;
    while (this.#index.calculatedSize + neededBytes > maxBytes) this.#index.pop();
    await this.#files.unlinked();
    // Files that are still being read are gone only when their readers are.
    return this.#usedBytes() + neededBytes <= maxBytes;
  }

  #usedBytes(): number {
    return this.#index.calculatedSize + this.#files.looseBytes;
  }

  /** Whatever is wrong with it, the object is then simply not there. */
  async #readEntry(entry: Entry): Promise<StoredObject | undefined> {
    const { policy, log } = this.#options;
    const named = { key: entry.metadata.key, file: entry.file.name };
    const reading = await readObject(entry, {
      files: this.#files,
      wholeReadBytes: policy.wholeReadBytes,
      onBroken: (broken) => this.#dropBroken(entry, broken),
      onCloseFailed: (error) =>
        log.warn({ ...named, reason: describeFileError(error) }, "cannot close a file"),
    });
    if (reading.ok) return reading.object;
    this.#dropBroken(entry, reading);
    return undefined;
  }

  #dropBroken(entry: Entry, broken: BrokenReading): void {
    this.#drop(entry);
    switch (broken.fault) {
      case "damaged":
      case "cut-short":
        this.#options.log.warn(
          { key: entry.metadata.key, file: entry.file.name, fault: broken.fault },
          "deleted a file that is not as it was written",
        );
        break;
      case "unreadable":
        this.#health.onFailure(broken.error);
        break;
      case "missing":
    }
  }

  /** Removes the entry unless a newer one has taken its place. */
  #drop(entry: Entry): void {
    const { key } = entry.metadata;
    if (this.#index.peek(key) === entry) this.#index.delete(key);
  }
}

function newEntry(file: DiskFile, record: DiskRecord): Entry {
  return { ...record, file, isVerified: false, reading: undefined };
}
