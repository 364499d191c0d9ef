/**
 * The body of a fill: how much of it is held, what of it may be given out, and whether it is right.
 *
 * It is held whole as long as it is to be kept and RAM is left for it; otherwise no more than a window
 * of it is held, and its readers set the pace. While a digest is unproven the last byte is held back,
 * so that a wrong body is never delivered whole.
 */
import { createHash, type Hash } from "node:crypto";
import { FillBuffer } from "./fill-buffer.ts";
import type { FillFailure } from "./fill-failure.ts";
import type { HeldBytes } from "./held-bytes.ts";

export type FillBodyLimits = {
  /** A body that is not held whole is held no further than this. */
  readonly windowBytes: number;
  readonly maxObjectBytes: number;
};

export type FillBodyOptions = {
  readonly limits: FillBodyLimits;
  readonly heldBytes: HeldBytes;
  /** Somebody beside its readers has a use for it, so it should be held whole. */
  readonly isForKeeping: boolean;
  /** Undefined where the origin does not say. */
  readonly sizeBytes: number | undefined;
  /** SHA-256 of the whole, in base64, where the origin gives it. */
  readonly sha256: string | undefined;
};

export class FillBody {
  readonly #options: FillBodyOptions;
  readonly #buffer: FillBuffer;
  readonly #hash: Hash | undefined;
  #isWhole: boolean;
  #isProven: boolean;
  #reservedBytes = 0;

  constructor(options: FillBodyOptions) {
    const { isForKeeping, sizeBytes, sha256 } = options;
    this.#options = options;
    this.#isWhole = isForKeeping && this.#reserve(sizeBytes ?? 0);
    this.#hash = isForKeeping && sha256 !== undefined ? createHash("sha256") : undefined;
    this.#isProven = this.#hash === undefined;
    this.#buffer = new FillBuffer(this.#isWhole ? sizeBytes : undefined);
  }

  /** Every byte that has come is held; false where only a window is. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  get receivedBytes(): number {
    return this.#buffer.receivedBytes;
  }

  /** No more should come before readers have taken what is here. */
  get isFull(): boolean {
    return !this.#isWhole && this.#buffer.heldBytes >= this.#options.limits.windowBytes;
  }

  append(bytes: Buffer): void {
    this.#hash?.update(bytes);
    if (this.#isWhole && !this.#mayHold(bytes.length)) this.#isWhole = false;
    this.#buffer.append(bytes);
  }

  /** Bytes from `offset` to `end` that are here and may be given out. */
  take(offset: number, end: number): Buffer {
    const { receivedBytes } = this.#buffer;
    const givenEnd = this.#isProven ? receivedBytes : receivedBytes - 1;
    return this.#buffer.slice(offset, Math.min(end, givenEnd));
  }

  /** Lets go of the window, which every reader has taken, and of the share of what was held before. */
  forget(): void {
    this.#buffer.forget();
    this.release();
  }

  /** What is wrong with it now that the origin says it has ended. */
  prove(): FillFailure | undefined {
    const { sizeBytes, sha256 } = this.#options;
    if (sizeBytes !== undefined && this.receivedBytes !== sizeBytes) {
      const reason = `${this.receivedBytes} bytes of ${sizeBytes}`;
      return { source: "origin", kind: "wrong-length", reason };
    }
    if (this.#hash !== undefined && this.#hash.digest("base64") !== sha256) {
      return { source: "origin", kind: "wrong-digest", reason: "wrong digest" };
    }
    this.#isProven = true;
    return undefined;
  }

  /** All of it; undefined where only a window was held. */
  whole(): Buffer | undefined {
    return this.#isWhole ? this.#buffer.whole() : undefined;
  }

  /** Gives its share of RAM back; who still reads it holds it no longer than a moment. */
  release(): void {
    this.#options.heldBytes.release(this.#reservedBytes);
    this.#reservedBytes = 0;
  }

  #mayHold(moreBytes: number): boolean {
    const neededBytes = this.receivedBytes + moreBytes;
    return neededBytes <= this.#reservedBytes || this.#reserve(neededBytes - this.#reservedBytes);
  }

  #reserve(bytes: number): boolean {
    const { heldBytes, limits } = this.#options;
    if (this.#reservedBytes + bytes > limits.maxObjectBytes) return false;
    if (!heldBytes.reserve(bytes)) return false;
    this.#reservedBytes += bytes;
    return true;
  }
}
