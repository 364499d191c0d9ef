/**
 * The disk tier: one file per object, the least recently used deleted first, never over its limit.
 *
 * Three rules keep it honest. Bytes count from before they are written until their file is unlinked,
 * so the limit holds at every moment and not only between writes. A file is written aside and renamed
 * when whole, under a name that is never used again, so no reader ever meets a file that changes. And
 * after a start no body is trusted before its checksum was read once.
 *
 * Nothing is flushed with `fsync`: what a power cut tears is found by those checksums.
 */
import { randomBytes } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { LRUCache } from "lru-cache";
import { type BackoffPolicy, backoffMs } from "../../kernel/backoff.ts";
import type { DiskState, Tier } from "../contract/appliance-status.ts";
import type { StoredMetadata } from "../core/stored-metadata.ts";
import {
  type CacheStore,
  type FileBody,
  KEPT,
  notKept,
  type StoredObject,
  type WriteOutcome,
} from "./cache-store.ts";
import { type DiskRecord, encodeTail } from "./disk-record.ts";
import {
  describeFileError,
  type FileSystem,
  isMissing,
  PIECE_BYTES,
  readFully,
  UnexpectedEnd,
  writeFully,
} from "./file-system.ts";
import { OBJECT_SUFFIX, recoverFolder, WRITING_SUFFIX } from "./recover-folder.ts";

export type DiskPolicy = {
  readonly maxBytes: number;
  /** Bodies up to this size are read whole; larger ones are streamed. */
  readonly wholeReadBytes: number;
  /** Bytes in RAM that may wait to be written; beyond that, objects are not kept on disk. */
  readonly maxQueuedBytes: number;
  readonly retry: BackoffPolicy;
};

export type DiskLog = {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
};

export type DiskStoreOptions = {
  readonly folder: string;
  readonly policy: DiskPolicy;
  readonly fileSystem: FileSystem;
  readonly now: () => number;
  readonly random: () => number;
  readonly log: DiskLog;
};

/** One file. The index holds those that can be read, `#doomed` those whose bytes still count. */
type Entry = DiskRecord & {
  metadata: StoredMetadata;
  readonly name: string;
  readonly sizeBytes: number;
  isVerified: boolean;
  readers: number;
  reading: Promise<StoredObject | undefined> | undefined;
};

/** One block: a full disk lets a file be made and refuses the first of these. */
const PROOF_BYTES = 4096;

export class DiskStore implements CacheStore {
  readonly #options: DiskStoreOptions;
  readonly #index: LRUCache<string, Entry>;
  readonly #doomed = new Map<string, Pick<Entry, "name" | "sizeBytes" | "readers">>();
  readonly #unlinking = new Map<string, Promise<void>>();
  readonly #releasing = new Set<Promise<void>>();
  /** Told apart from every earlier process that wrote to this folder. */
  readonly #generation = randomBytes(6).toString("hex");
  #written = 0;
  #writingBytes = 0;
  #unscannedBytes = 0;
  #queuedBytes = 0;
  #jobs: Promise<unknown> = Promise.resolve();
  #health: DiskState = { state: "recovering" };
  #isRecovered = false;
  #failuresInRow = 0;
  #retryAtMs = Number.POSITIVE_INFINITY;
  #isClosing = false;

  constructor(options: DiskStoreOptions) {
    this.#options = options;
    this.#index = new LRUCache({
      maxSize: options.policy.maxBytes,
      sizeCalculation: (entry) => entry.sizeBytes,
      dispose: (entry) => this.#doom(entry),
      perf: { now: options.now },
    });
    void this.#enqueue(() => this.#recover());
  }

  get health(): DiskState {
    return this.#health;
  }

  /** Tries again to use a folder that could not be used. */
  tick(nowMs: number): void {
    if (nowMs < this.#retryAtMs) return;
    this.#retryAtMs = Number.POSITIVE_INFINITY;
    void this.#enqueue(() => (this.#isRecovered ? this.#tryAgain() : this.#recover()));
  }

  /** Resolves when everything asked for so far is done. */
  async settled(): Promise<void> {
    await this.#jobs;
    await this.#unlinked();
  }

  peek(key: string): StoredMetadata | undefined {
    return this.#index.peek(key)?.metadata;
  }

  async read(key: string): Promise<StoredObject | undefined> {
    const entry = this.#index.get(key);
    if (entry === undefined) return undefined;
    if (entry.bodyBytes > this.#options.policy.wholeReadBytes) {
      return this.#reading(key, entry, (file) => this.#streamBody(key, entry, file));
    }
    // However many ask at once, the file is read once.
    entry.reading ??= this.#reading(key, entry, (file) => this.#readBody(entry, file)).finally(
      () => {
        entry.reading = undefined;
      },
    );
    return entry.reading;
  }

  async write(metadata: StoredMetadata, bytes: Buffer): Promise<WriteOutcome> {
    const outcome = await this.#enqueueWrite(metadata, bytes);
    // An older version must not outlive the news that there is another.
    if (!outcome.isKept) this.remove(metadata.key);
    return outcome;
  }

  /** In memory only: after a restart the object is older than it need be and is revalidated. */
  refresh(metadata: StoredMetadata): void {
    const entry = this.#index.peek(metadata.key);
    if (entry !== undefined) entry.metadata = metadata;
  }

  remove(key: string): void {
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
    if (this.#health.state === "unavailable" || this.#isClosing) return notKept("unavailable");
    if (bytes.length > maxBytes) return notKept("too-large");
    if (this.#queuedBytes + bytes.length > maxQueuedBytes) return notKept("queue-full");
    this.#queuedBytes += bytes.length;
    return this.#enqueue(() => this.#writeObject(metadata, bytes)).finally(() => {
      this.#queuedBytes -= bytes.length;
    });
  }

  async #recover(): Promise<void> {
    if (this.#isClosing) return;
    this.#health = { state: "recovering" };
    const { folder, fileSystem, log } = this.#options;
    const startedAtMs = this.#options.now();
    let removed = 0;
    try {
      await fileSystem.mkdir(folder, { recursive: true });
      await recoverFolder(folder, fileSystem, {
        shouldStop: () => this.#isClosing,
        onListed: (totalBytes) => {
          this.#unscannedBytes = totalBytes;
        },
        onRecord: ({ name, sizeBytes, record }) => {
          this.#unscannedBytes -= sizeBytes;
          const { key } = record.metadata;
          // An earlier attempt that broke off may have found it already.
          if (this.#index.peek(key)?.name === name || this.#doomed.has(name)) return;
          this.#index.set(key, newEntry(name, sizeBytes, record));
        },
        onRefused: ({ name, sizeBytes, fault }) => {
          removed += 1;
          this.#unscannedBytes -= sizeBytes;
          log.warn({ file: name, fault }, "deleted a file that is not a whole object");
          this.#doom({ name, sizeBytes, readers: 0 });
        },
      });
      await this.#proveWritable();
    } catch (error) {
      this.#becomeUnavailable(error);
      return;
    }
    this.#isRecovered = true;
    this.#health = { state: "ok" };
    log.info(
      { objects: this.#index.size, removed, tookMs: Math.round(this.#options.now() - startedAtMs) },
      "disk tier recovered",
    );
  }

  async #tryAgain(): Promise<void> {
    for (const doomed of this.#doomed.values()) this.#unlinkUnlessRead(doomed);
    try {
      await this.#options.fileSystem.mkdir(this.#options.folder, { recursive: true });
      await this.#proveWritable();
    } catch (error) {
      this.#becomeUnavailable(error);
      return;
    }
    this.#health = { state: "ok" };
    this.#options.log.info({}, "disk tier available again");
  }

  /** Throws where nothing can be written. */
  async #proveWritable(): Promise<void> {
    // Nothing is deleted for the sake of a proof; a folder so full proves itself at the next write.
    if (this.#isClosing || this.#usedBytes() + PROOF_BYTES > this.#options.policy.maxBytes) return;
    const { fileSystem, folder } = this.#options;
    const name = `${this.#nextName()}${WRITING_SUFFIX}`;
    this.#writingBytes = PROOF_BYTES;
    try {
      const file = await fileSystem.open(join(folder, name), "wx");
      try {
        await writeFully(file, Buffer.alloc(PROOF_BYTES), 0);
      } finally {
        await file.close();
      }
    } finally {
      this.#writingBytes = 0;
      this.#doom({ name, sizeBytes: PROOF_BYTES, readers: 0 });
    }
  }

  async #writeObject(metadata: StoredMetadata, bytes: Buffer): Promise<WriteOutcome> {
    if (this.#health.state !== "ok" || this.#isClosing) return notKept("unavailable");
    const unchecked = { metadata, bodyBytes: bytes.length, bodyChecksum: 0 };
    const sizeBytes = bytes.length + encodeTail(unchecked).length;
    if (!(await this.#makeRoom(sizeBytes))) return notKept("no-room");

    const name = this.#nextName();
    const writingName = `${name}${WRITING_SUFFIX}`;
    const objectName = `${name}${OBJECT_SUFFIX}`;
    const { folder, fileSystem } = this.#options;
    let record: DiskRecord;
    this.#writingBytes = sizeBytes;
    try {
      const file = await fileSystem.open(join(folder, writingName), "wx");
      try {
        record = { ...unchecked, bodyChecksum: await writeBody(file, bytes) };
        await writeFully(file, encodeTail(record), bytes.length);
      } finally {
        await file.close();
      }
      await fileSystem.rename(join(folder, writingName), join(folder, objectName));
    } catch (error) {
      this.#writingBytes = 0;
      this.#doom({ name: writingName, sizeBytes, readers: 0 });
      this.#becomeUnavailable(error);
      return notKept("unavailable");
    }
    this.#writingBytes = 0;
    this.#failuresInRow = 0;
    this.#index.set(metadata.key, newEntry(objectName, sizeBytes, record));
    return KEPT;
  }

  /** Deletes what was not used for longest until `neededBytes` more fit, and waits until it is gone. */
  async #makeRoom(neededBytes: number): Promise<boolean> {
    const { maxBytes } = this.#options.policy;
    if (neededBytes > maxBytes) return false;
    while (this.#index.calculatedSize + neededBytes > maxBytes) this.#index.pop();
    await this.#unlinked();
    // Files that are still being read are gone only when their readers are.
    return this.#usedBytes() + neededBytes <= maxBytes;
  }

  async #unlinked(): Promise<void> {
    await Promise.all(this.#releasing);
    await Promise.all(this.#unlinking.values());
  }

  #usedBytes(): number {
    let doomedBytes = 0;
    for (const { sizeBytes } of this.#doomed.values()) doomedBytes += sizeBytes;
    return this.#index.calculatedSize + doomedBytes + this.#writingBytes + this.#unscannedBytes;
  }

  #doom(entry: Pick<Entry, "name" | "sizeBytes" | "readers">): void {
    this.#doomed.set(entry.name, entry);
    this.#unlinkUnlessRead(entry);
  }

  /** Unlinking an open file frees its blocks only when it is closed, so it is done then. */
  #unlinkUnlessRead(entry: Pick<Entry, "name" | "sizeBytes" | "readers">): void {
    if (entry.readers > 0 || this.#unlinking.has(entry.name)) return;
    const { fileSystem, folder } = this.#options;
    const unlinked = fileSystem
      .unlink(join(folder, entry.name))
      .then(
        () => this.#doomed.delete(entry.name),
        (error: unknown) =>
          isMissing(error) ? this.#doomed.delete(entry.name) : this.#becomeUnavailable(error),
      )
      .then(() => {
        this.#unlinking.delete(entry.name);
      });
    this.#unlinking.set(entry.name, unlinked);
  }

  /** Opens the entry's file for `use`; whatever goes wrong, the object is simply not there. */
  async #reading(
    key: string,
    entry: Entry,
    use: (file: FileHandle) => Promise<StoredObject | undefined>,
  ): Promise<StoredObject | undefined> {
    entry.readers += 1;
    let file: FileHandle | undefined;
    let isHandedOn = false;
    try {
      file = await this.#options.fileSystem.open(join(this.#options.folder, entry.name), "r");
      const object = await use(file);
      if (object === undefined) {
        this.#options.log.warn({ key, file: entry.name }, "deleted a file with a damaged body");
        this.#forget(key, entry);
      }
      isHandedOn = object?.body.kind === "file";
      return object;
    } catch (error) {
      this.#forget(key, entry);
      if (error instanceof UnexpectedEnd) {
        this.#options.log.warn({ key, file: entry.name }, "deleted a file that was cut short");
      } else if (!isMissing(error)) this.#becomeUnavailable(error);
      return undefined;
    } finally {
      if (!isHandedOn) await this.#stopReading(entry, file);
    }
  }

  async #readBody(entry: Entry, file: FileHandle): Promise<StoredObject | undefined> {
    const bytes = Buffer.allocUnsafeSlow(entry.bodyBytes);
    await readFully(file, bytes, 0);
    if (!entry.isVerified && crc32(bytes) !== entry.bodyChecksum) return undefined;
    entry.isVerified = true;
    return { metadata: entry.metadata, body: { kind: "memory", bytes } };
  }

  async #streamBody(
    key: string,
    entry: Entry,
    file: FileHandle,
  ): Promise<StoredObject | undefined> {
    if (!entry.isVerified) {
      let checksum = 0;
      for await (const piece of piecesOf(file, 0, entry.bodyBytes - 1)) {
        checksum = crc32(piece, checksum);
      }
      if (checksum !== entry.bodyChecksum) return undefined;
      entry.isVerified = true;
    }
    let isReleased = false;
    const body: FileBody = {
      kind: "file",
      read: (first, last) => piecesOf(file, first, last),
      release: () => {
        if (isReleased) return;
        isReleased = true;
        const released = this.#stopReading(entry, file).catch((error: unknown) =>
          this.#options.log.warn({ key, reason: describeFileError(error) }, "cannot close a file"),
        );
        this.#releasing.add(released);
        void released.finally(() => this.#releasing.delete(released));
      },
    };
    return { metadata: entry.metadata, body };
  }

  async #stopReading(entry: Entry, file: FileHandle | undefined): Promise<void> {
    await file?.close();
    entry.readers -= 1;
    if (this.#doomed.has(entry.name)) this.#unlinkUnlessRead(entry);
  }

  /** Removes the entry unless a newer one has taken its place. */
  #forget(key: string, entry: Entry): void {
    if (this.#index.peek(key) === entry) this.#index.delete(key);
  }

  #becomeUnavailable(error: unknown): void {
    const reason = describeFileError(error).slice(0, 300);
    if (this.#health.state !== "unavailable") {
      this.#options.log.warn(
        { from: this.#health.state, to: "unavailable", reason },
        "disk tier unavailable",
      );
    }
    this.#health = { state: "unavailable", reason };
    this.#failuresInRow += 1;
    const { policy, now, random } = this.#options;
    this.#retryAtMs = now() + backoffMs(this.#failuresInRow, policy.retry, random);
  }

  #nextName(): string {
    this.#written += 1;
    return `${this.#generation}-${this.#written.toString(36)}`;
  }
}

function newEntry(name: string, sizeBytes: number, record: DiskRecord): Entry {
  return { ...record, name, sizeBytes, isVerified: false, readers: 0, reading: undefined };
}

/** A piece is read into a buffer of its own, because the socket may still hold the one before it. */
async function* piecesOf(
  file: FileHandle,
  first: number,
  last: number,
): AsyncGenerator<Buffer, void> {
  for (let at = first; at <= last; at += PIECE_BYTES) {
    const piece = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, last + 1 - at));
    await readFully(file, piece, at);
    yield piece;
  }
}

/** Returns the checksum of what it wrote, worked out piece by piece so that nobody waits for long. */
async function writeBody(file: FileHandle, bytes: Buffer): Promise<number> {
  let checksum = 0;
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const piece = bytes.subarray(at, at + PIECE_BYTES);
    checksum = crc32(piece, checksum);
    await writeFully(file, piece, at);
  }
  return checksum;
}
