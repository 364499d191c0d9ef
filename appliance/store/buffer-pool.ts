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
    if (buffer.length > this.#maxIdleBytes) return;
    while (this.#idleBytes + buffer.length > this.#maxIdleBytes) this.#dropOne();
    const sameSize = this.#idle.get(buffer.length) ?? [];
    sameSize.push(buffer);
    // The size that came back last is the one that will be wanted.
    this.#idle.delete(buffer.length);
    this.#idle.set(buffer.length, sameSize);
    this.#idleBytes += buffer.length;
  }

  /** Of the size that has not come back for longest, so that a size no longer used holds up no other. */
  #dropOne(): void {
    for (const [sizeBytes, buffers] of this.#idle) {
      if (buffers.pop() === undefined) this.#idle.delete(sizeBytes);
      else {
        this.#idleBytes -= sizeBytes;
        return;
      }
    }
  }
}
