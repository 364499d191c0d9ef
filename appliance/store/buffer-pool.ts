/**
 * Buffers that are used again, for bodies that only pass through on their way from disk to socket.
 *
 * A fresh buffer costs its page faults and a share of a garbage collection: for 1 MiB about twice as
 * much as reading it. What is given back is kept by size, up to a limit in bytes.
 */

/** Sizes are rounded up to this, so that objects of nearly one size share buffers. */
const GRAIN_BYTES = 64 * 1024;

export class BufferPool {
  readonly #maxIdleBytes: number;
  readonly #idle = new Map<number, Buffer[]>();
  #idleBytes = 0;

  constructor({ maxIdleBytes }: { readonly maxIdleBytes: number }) {
    this.#maxIdleBytes = maxIdleBytes;
  }

  get idleBytes(): number {
    return this.#idleBytes;
  }

  /** A buffer of at least so many bytes, with anything in it. */
  take(sizeBytes: number): Buffer {
    const roundBytes = Math.max(1, Math.ceil(sizeBytes / GRAIN_BYTES)) * GRAIN_BYTES;
    const buffer = this.#idle.get(roundBytes)?.pop();
    if (buffer === undefined) return Buffer.allocUnsafeSlow(roundBytes);
    this.#idleBytes -= roundBytes;
    return buffer;
  }

  /** Only once nobody reads it any more, and only what came from `take`. */
  giveBack(buffer: Buffer): void {
    if (this.#idleBytes + buffer.length > this.#maxIdleBytes) return;
    const sameSize = this.#idle.get(buffer.length);
    if (sameSize === undefined) this.#idle.set(buffer.length, [buffer]);
    else sameSize.push(buffer);
    this.#idleBytes += buffer.length;
  }
}
