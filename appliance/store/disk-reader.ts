/**
 * Gives out the bodies of the disk tier, in one of three ways: as a buffer of the reader's own, as one
 * that is lent, or as a stream of pieces.
 *
 * A lent buffer is for bodies that only pass through. It goes back when its last reader has let go of
 * it, until then everybody who wants the object gets the same one, and all of them together are limited:
 * beyond that bodies are streamed, so that a crowd of slow readers holds no more than a piece each.
 */

import { BufferPool } from "./buffer-pool.ts";
import type { FileObject, LentObject, MemoryObject } from "./cache-store.ts";
import type { DiskFiles } from "./disk-files.ts";
import { PieceBudget, type PieceBudgetPolicy } from "./piece-budget.ts";
import {
  type BrokenReading,
  bytesToRead,
  type DiskObject,
  openStream,
  type Reading,
  readWhole,
} from "./read-object.ts";

export type DiskReaderPolicy = PieceBudgetPolicy & {
  /** Bodies up to this size are read whole; larger ones are streamed. */
  readonly wholeReadBytes: number;
  /** Bytes in lent buffers, all together. */
  readonly maxLentBytes: number;
  /** Bytes in buffers that wait to be lent. */
  readonly maxIdleBytes: number;
};

export type DiskReaderOptions = {
  readonly files: DiskFiles;
  readonly policy: DiskReaderPolicy;
  /** Whatever is wrong with it, the object is then simply not there. */
  readonly onBroken: (entry: DiskObject, broken: BrokenReading) => void;
  readonly onCloseFailed: (entry: DiskObject, error: unknown) => void;
};

const SMALL_BYTES = 64 * 1024;

type Loan = { readonly buffer: Buffer; readonly bytes: Promise<Buffer | undefined>; users: number };

export class DiskReader {
  readonly #options: DiskReaderOptions;
  readonly #pool: BufferPool;
  readonly #budget: PieceBudget;
  readonly #loans = new Map<DiskObject, Loan>();
  /** Under way, for all who ask meanwhile. */
  readonly #reading = new Map<DiskObject, Promise<MemoryObject | undefined>>();
  #lentBytes = 0;

  constructor(options: DiskReaderOptions) {
    this.#options = options;
    this.#pool = new BufferPool(options.policy);
    this.#budget = new PieceBudget(options.policy);
  }

  /** Bytes of RAM in buffers that are lent or wait to be, and in pieces of streams. */
  get bufferBytes(): number {
    return this.#lentBytes + this.#pool.idleBytes + this.#budget.streamedBytes;
  }

  async read(entry: DiskObject): Promise<MemoryObject | FileObject | undefined> {
    if (entry.bodyBytes > this.#options.policy.wholeReadBytes) return this.#stream(entry);
    const running = this.#reading.get(entry);
    if (running !== undefined) return running;
    const reading = this.#readOwn(entry).finally(() => this.#reading.delete(entry));
    this.#reading.set(entry, reading);
    return reading;
  }

  async lend(entry: DiskObject): Promise<LentObject | MemoryObject | FileObject | undefined> {
    const { wholeReadBytes, maxLentBytes } = this.#options.policy;
    if (entry.bodyBytes > wholeReadBytes) return this.#stream(entry);
    const running = this.#loans.get(entry);
    if (running === undefined && this.#lentBytes + entry.file.sizeBytes > maxLentBytes) {
      // What a socket takes at once is not held for long, and a stream of it would cost more.
      return entry.bodyBytes <= SMALL_BYTES ? this.read(entry) : this.#stream(entry);
    }
    const loan = running ?? this.#beginLoan(entry);
    loan.users += 1;
    const bytes = await loan.bytes;
    if (bytes === undefined) {
      this.#letGo(entry, loan);
      return undefined;
    }
    return this.#lentObject(entry, loan, bytes);
  }

  async #readOwn(entry: DiskObject): Promise<MemoryObject | undefined> {
    const bytes = await this.#readWhole(entry, Buffer.allocUnsafeSlow(bytesToRead(entry)));
    return bytes && { kind: "memory", metadata: entry.metadata, bytes };
  }

  #beginLoan(entry: DiskObject): Loan {
    // As large as the first reading needs it, so that all of an object's buffers are of one size.
    const buffer = this.#pool.take(entry.file.sizeBytes);
    this.#lentBytes += buffer.length;
    const loan = { buffer, bytes: this.#readWhole(entry, buffer), users: 0 };
    this.#loans.set(entry, loan);
    return loan;
  }

  #lentObject(entry: DiskObject, loan: Loan, bytes: Buffer): LentObject {
    let isReleased = false;
    return {
      kind: "lent",
      metadata: entry.metadata,
      bytes,
      release: () => {
        if (isReleased) return;
        isReleased = true;
        this.#letGo(entry, loan);
      },
    };
  }

  #letGo(entry: DiskObject, loan: Loan): void {
    loan.users -= 1;
    if (loan.users > 0) return;
    this.#loans.delete(entry);
    this.#lentBytes -= loan.buffer.length;
    this.#pool.giveBack(loan.buffer);
  }

  #readWhole(entry: DiskObject, target: Buffer): Promise<Buffer | undefined> {
    return readWhole(entry, target, this.#openFiles(entry)).then((reading) =>
      this.#valueOf(entry, reading),
    );
  }

  async #stream(entry: DiskObject): Promise<FileObject | undefined> {
    const onBroken = (broken: BrokenReading) => this.#options.onBroken(entry, broken);
    const options = { ...this.#openFiles(entry), budget: this.#budget, onBroken };
    return this.#valueOf(entry, await openStream(entry, options));
  }

  #openFiles(entry: DiskObject) {
    const { files, onCloseFailed } = this.#options;
    return { files, onCloseFailed: (error: unknown) => onCloseFailed(entry, error) };
  }

  #valueOf<Value>(entry: DiskObject, reading: Reading<Value>): Value | undefined {
    if (reading.ok) return reading.value;
    this.#options.onBroken(entry, reading);
    return undefined;
  }
}
