/**
 * Writes objects to disk one after the other, and keeps of each key only what came last: an older
 * version must not outlive the news that there is another, even if that could not be kept.
 */
import type { FileHandle } from "node:fs/promises";
import { crc32 } from "node:zlib";
import type { StoredMetadata } from "../core/stored-metadata.ts";
import { KEPT, notKept, type WriteOutcome, type WriteRefusal } from "./cache-store.ts";
import type { DiskContents } from "./disk-contents.ts";
import { type DiskRecord, encodeTail } from "./disk-record.ts";
import { writeBody } from "./file-body.ts";
import { writeFully } from "./file-system.ts";

/** Copying so much costs less than a second call. */
const SMALL_BYTES = 64 * 1024;

export type DiskWriterPolicy = {
  readonly maxBytes: number;
  /** Bytes in RAM that may wait to be written; beyond that, objects are not kept on disk. */
  readonly maxQueuedBytes: number;
};

export type DiskWriterOptions = {
  readonly contents: DiskContents;
  readonly policy: DiskWriterPolicy;
  /** Does a job when those before it are done. */
  readonly enqueue: <Value>(job: () => Promise<Value>) => Promise<Value>;
  /** Why nothing new is taken; undefined where it is. */
  readonly refusal: () => WriteRefusal | undefined;
  readonly isWritable: () => boolean;
  readonly onWritten: () => void;
  readonly onFailure: (error: unknown) => void;
};

export class DiskWriter {
  readonly #options: DiskWriterOptions;
  /** Of what is being written, the latest of each key: whatever was superseded meanwhile is not kept. */
  readonly #latest = new Map<string, StoredMetadata>();
  #queuedBytes = 0;

  constructor(options: DiskWriterOptions) {
    this.#options = options;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  async write(metadata: StoredMetadata, bytes: Buffer): Promise<WriteOutcome> {
    const { key } = metadata;
    this.#latest.set(key, metadata);
    const outcome = await this.#enqueueWrite(metadata, bytes);
    if (!this.#isLatest(metadata)) return outcome;
    if (!outcome.isKept) this.#options.contents.remove(key);
    this.#latest.delete(key);
    return outcome;
  }

  /** What is being written of it is not kept. */
  forget(key: string): void {
    this.#latest.delete(key);
  }

  async #enqueueWrite(metadata: StoredMetadata, bytes: Buffer): Promise<WriteOutcome> {
    const { policy, refusal, enqueue } = this.#options;
    const reason = refusal();
    if (reason !== undefined) return notKept(reason);
    if (bytes.length > policy.maxBytes) return notKept("too-large");
    if (this.#queuedBytes + bytes.length > policy.maxQueuedBytes) return notKept("queue-full");
    this.#queuedBytes += bytes.length;
    return enqueue(() => this.#writeObject(metadata, bytes)).finally(() => {
      this.#queuedBytes -= bytes.length;
    });
  }

  async #writeObject(metadata: StoredMetadata, bytes: Buffer): Promise<WriteOutcome> {
    const { contents, isWritable, onWritten, onFailure } = this.#options;
    if (!isWritable()) return notKept("unavailable");
    if (!this.#isLatest(metadata)) return notKept("superseded");
    const unchecked = { metadata, bodyBytes: bytes.length, bodyChecksum: 0 };
    const sizeBytes = bytes.length + encodeTail(unchecked).length;
    if (!(await contents.makeRoom(sizeBytes))) return notKept("no-room");
    try {
      await contents.files.create({
        sizeBytes,
        write: (handle) => writeObject(handle, unchecked, bytes),
        keep: (file, record) => {
          if (this.#isLatest(metadata)) contents.keep(file, record);
          else contents.files.doom(file);
        },
      });
    } catch (error) {
      onFailure(error);
      return notKept("unavailable");
    }
    onWritten();
    return this.#isLatest(metadata) ? KEPT : notKept("superseded");
  }

  #isLatest(metadata: StoredMetadata): boolean {
    return this.#latest.get(metadata.key) === metadata;
  }
}

/** Returns the record with the checksum of the body, which is known only once it has been read. */
async function writeObject(
  handle: FileHandle,
  unchecked: DiskRecord,
  bytes: Buffer,
): Promise<DiskRecord> {
  if (bytes.length <= SMALL_BYTES) {
    const record = { ...unchecked, bodyChecksum: crc32(bytes) };
    await writeFully(handle, Buffer.concat([bytes, encodeTail(record)]), 0);
    return record;
  }
  const record = { ...unchecked, bodyChecksum: await writeBody(handle, bytes) };
  await writeFully(handle, encodeTail(record), bytes.length);
  return record;
}
