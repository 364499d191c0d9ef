/**
 * The disk tier: one file per object, an index that decides what is forgotten, never over its limit.
 *
 * Nothing is flushed with `fsync`: what a power cut tears is found by checksums when it is first read.
 * Where the disk fails, the tier says so and keeps nothing; where it is slow, it steps back; and the
 * appliance goes on without it.
 */
import type { BackoffPolicy } from "../../kernel/backoff.ts";
import type { DiskState, DiskWork, Tier } from "../contract/appliance-status.ts";
import { observeReuse, type RamState, type ReuseHistory } from "../core/decide-promoting.ts";
import type { StoredMetadata } from "../core/stored-metadata.ts";
import type {
  CacheStore,
  LentObject,
  StoredObject,
  WriteOutcome,
  WriteRefusal,
} from "./cache-store.ts";
import { DiskContents, type DiskContentsOptions, type DiskEntry } from "./disk-contents.ts";
import { DiskHealth, type DiskLog } from "./disk-health.ts";
import { DiskPatience, type PatiencePolicy } from "./disk-patience.ts";
import { DiskReader, type DiskReaderPolicy } from "./disk-reader.ts";
import { DiskScrub, type ScrubPolicy } from "./disk-scrub.ts";
import { DiskWriter, type DiskWriterPolicy } from "./disk-writer.ts";
import { describeFileError } from "./file-system.ts";
import { type BrokenReading, type DiskObject, verifyObject } from "./read-object.ts";

export type DiskPolicy = DiskReaderPolicy &
  DiskWriterPolicy &
  DiskContentsOptions["policy"] & {
    readonly retry: BackoffPolicy;
    readonly patience: PatiencePolicy;
    readonly scrub: ScrubPolicy;
  };

export type DiskStoreOptions = Omit<DiskContentsOptions, "onStuck" | "policy"> & {
  readonly policy: DiskPolicy;
  readonly log: DiskLog;
};

export class DiskStore implements CacheStore {
  readonly #options: DiskStoreOptions;
  readonly #contents: DiskContents;
  readonly #health: DiskHealth;
  readonly #reader: DiskReader;
  readonly #writer: DiskWriter;
  readonly #patience: DiskPatience;
  readonly #scrub: DiskScrub<DiskEntry>;
  #jobs: Promise<unknown> = Promise.resolve();
  #isClosing = false;

  constructor(options: DiskStoreOptions) {
    const { policy, now, random, log } = options;
    this.#options = options;
    this.#health = new DiskHealth({ retry: policy.retry, now, random, log });
    const onFailure = (error: unknown) => this.#health.onFailure(error);
    this.#contents = new DiskContents({ ...options, onStuck: onFailure });
    this.#reader = new DiskReader({
      files: this.#contents.files,
      policy,
      onBroken: (entry, broken) => this.#dropBroken(entry, broken),
      onCloseFailed: (entry, error) => this.#logCloseFailed(entry, error),
    });
    this.#writer = new DiskWriter({
      contents: this.#contents,
      policy,
      enqueue: (job) => this.#enqueue(job),
      refusal: () => this.#refusal(),
      isWritable: () => this.#isWritable(),
      onWritten: () => this.#health.onWritten(),
      onFailure,
    });
    this.#patience = new DiskPatience({
      policy: policy.patience,
      now,
      onChange: (state) => log.warn({ to: state }, "pace of the disk"),
    });
    this.#scrub = new DiskScrub({
      policy: policy.scrub,
      list: () => this.#contents.entries(),
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
      void this.#enqueue(() => (this.#contents.isRecovered ? this.#tryAgain() : this.#recover()));
    }
    if (!this.#isWritable()) return;
    if (this.#contents.isJournalDue(nowMs)) {
      void this.#enqueue(() => this.#writeJournal(() => this.#contents.commitJournal()));
    }
    const isIdle = this.#writer.queuedBytes === 0 && this.#patience.underWay === 0;
    void this.#scrub.tick(nowMs, isIdle);
  }

  /** Resolves when everything asked for so far is done. */
  async settled(): Promise<void> {
    await this.#jobs;
    await this.#contents.files.unlinked();
  }

  /** Resolves when all that was removed so far is gone from the disk, so that no crash brings it back. */
  removed(): Promise<void> {
    return this.#contents.removed();
  }

  /** All that an earlier process left has been found. */
  get isRecovered(): boolean {
    return this.#contents.isRecovered;
  }

  peek(key: string): StoredMetadata | undefined {
    return this.#contents.peek(key)?.metadata;
  }

  /** Of an object that is about to be read: what is known of its use from now on, and its size. */
  observeReuse(
    key: string,
    usedBytes: number,
    ram: RamState,
  ): { readonly reuse: ReuseHistory; readonly bodyBytes: number } | undefined {
    const entry = this.#contents.peek(key);
    if (entry === undefined) return undefined;
    const reuse = observeReuse(entry.reuse, usedBytes, ram);
    entry.reuse = reuse;
    return { reuse, bodyBytes: entry.bodyBytes };
  }

  /** Undefined also where the disk takes longer than is good for viewers. */
  async read(key: string): Promise<StoredObject | undefined> {
    const entry = this.#patience.mayRead() ? this.#contents.use(key) : undefined;
    if (entry === undefined) return undefined;
    return this.#patience.wait(this.#reader.read(entry), entry.bodyBytes, releaseIfNeeded);
  }

  /** Like `read`, for who gives the body back when it has been sent. */
  async lend(key: string): Promise<LentObject | StoredObject | undefined> {
    const entry = this.#patience.mayRead() ? this.#contents.use(key) : undefined;
    if (entry === undefined) return undefined;
    return this.#patience.wait(this.#reader.lend(entry), entry.bodyBytes, releaseIfNeeded);
  }

  /** Like `read`, however long the disk takes, for who has nobody else to ask. */
  async readPatiently(key: string): Promise<StoredObject | undefined> {
    const entry = this.#contents.use(key);
    if (entry === undefined) return undefined;
    return this.#patience.waitPatiently(this.#reader.read(entry));
  }

  write(metadata: StoredMetadata, bytes: Buffer): Promise<WriteOutcome> {
    return this.#writer.write(metadata, bytes);
  }

  refresh(refreshed: StoredMetadata, stored: StoredMetadata): void {
    this.#contents.refresh(refreshed, stored);
  }

  remove(key: string): void {
    this.#writer.forget(key);
    this.#contents.remove(key);
  }

  keys(): IterableIterator<string> {
    return this.#contents.keys();
  }

  usage(): Tier {
    const { size, usedBytes } = this.#contents;
    return { objects: size, usedBytes, limitBytes: this.#options.policy.maxBytes };
  }

  async close(): Promise<void> {
    // A folder that is still being looked through is left as it is.
    if (this.#contents.isRecovered && !this.#isClosing) {
      await this.#enqueue(() => this.#writeJournal(() => this.#contents.rewriteJournal()));
    }
    this.#isClosing = true;
    await this.settled();
  }

  // One job at a time: recovery, then writes. Reads do not wait for them.

  #enqueue<Value>(job: () => Promise<Value>): Promise<Value> {
    const done = this.#jobs.then(job);
    this.#jobs = done;
    return done;
  }

  async #recover(): Promise<void> {
    if (this.#isClosing) return;
    this.#health.onRecovering();
    const { log, now } = this.#options;
    const startedAtMs = now();
    let removed = 0;
    try {
      const recovery = await this.#contents.recover({
        shouldStop: () => this.#isClosing,
        onRefused: (name, fault) => {
          removed += 1;
          log.warn({ file: name, fault }, "deleted a file that is not a whole object");
        },
      });
      await this.#contents.proveWritable();
      const tookMs = Math.round(now() - startedAtMs);
      const details = { objects: this.#contents.size, removed, tookMs, ...recovery };
      this.#health.onUsable(details, "disk tier recovered");
      this.#health.onRecovered(tookMs);
    } catch (error) {
      this.#health.onFailure(error);
    }
  }

  async #tryAgain(): Promise<void> {
    const { files } = this.#contents;
    files.unlinkStuck();
    try {
      await files.makeFolder();
      if (!this.#isClosing) await this.#contents.proveWritable();
    } catch (error) {
      this.#health.onFailure(error);
      return;
    }
    this.#health.onUsable({}, "disk tier available again");
  }

  async #writeJournal(write: () => Promise<void>): Promise<void> {
    if (!this.#isWritable()) return;
    try {
      await write();
    } catch (error) {
      this.#health.onFailure(error);
    }
  }

  #isWritable(): boolean {
    return this.#health.state.state === "ok" && !this.#isClosing;
  }

  /** While it recovers, what comes waits for its turn. */
  #refusal(): WriteRefusal | undefined {
    if (this.#health.state.state === "unavailable" || this.#isClosing) return "unavailable";
    // A disk that is behind gets nothing more to do.
    return this.#patience.isSlow ? "slow" : undefined;
  }

  async #check(entry: DiskEntry): Promise<boolean> {
    if (!this.#contents.holds(entry)) return true;
    const reading = await verifyObject(entry, {
      files: this.#contents.files,
      onCloseFailed: (error) => this.#logCloseFailed(entry, error),
    });
    // Who removed it while it was being read knows why.
    if (reading.ok || !this.#contents.holds(entry)) return true;
    this.#dropBroken(entry, reading);
    return reading.fault === "shortage";
  }

  #dropBroken(entry: DiskObject, broken: BrokenReading): void {
    // A crowd that takes up every open file would else have everything deleted that it asks for.
    if (broken.fault !== "shortage") this.#contents.removeEntry(entry);
    switch (broken.fault) {
      case "damaged":
      case "cut-short":
        this.#options.log.warn(
          { key: entry.metadata.key, file: entry.file.name, fault: broken.fault },
          "deleted a file that is not as it was written",
        );
        break;
      case "unreadable":
      case "shortage":
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

/** Nobody waits for it any more. */
function releaseIfNeeded(object: LentObject | StoredObject | undefined): void {
  if (object !== undefined && object.kind !== "memory") object.release();
}
