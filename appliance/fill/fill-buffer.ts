/**
 * The bytes of a body while it is arriving, readable from any offset that is still held.
 *
 * Bytes that were given out never change and are never moved under a reader: the buffer grows by
 * copying into a new one, and forgets by beginning a new one.
 */
const FIRST_BYTES = 64 * 1024;

export class FillBuffer {
  /** Offset of the first byte that is still held. */
  #from = 0;
  #held: Buffer;
  #heldBytes = 0;

  /** @param sizeBytes allocates for the whole body at once, where its length is known. */
  constructor(sizeBytes: number | undefined) {
    this.#held = Buffer.allocUnsafeSlow(sizeBytes ?? 0);
  }

  get receivedBytes(): number {
    return this.#from + this.#heldBytes;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  append(bytes: Buffer): void {
    const neededBytes = this.#heldBytes + bytes.length;
    if (neededBytes > this.#held.length) {
      const larger = Buffer.allocUnsafeSlow(
        Math.max(neededBytes, this.#held.length * 2, FIRST_BYTES),
      );
      this.#held.copy(larger, 0, 0, this.#heldBytes);
      this.#held = larger;
    }
    bytes.copy(this.#held, this.#heldBytes);
    this.#heldBytes = neededBytes;
  }

  /** What is held from `offset` up to `end`, which may be nothing yet. */
  slice(offset: number, end: number): Buffer {
    const last = Math.min(end - this.#from, this.#heldBytes);
    const first = Math.min(offset - this.#from, this.#heldBytes);
    return this.#held.subarray(first, Math.max(first, last));
  }

  /** Lets go of everything received so far. */
  forget(): void {
    this.#from += this.#heldBytes;
    this.#heldBytes = 0;
    this.#held = Buffer.alloc(0);
  }

  /** The whole body, without the room that was left for growing. */
  whole(): Buffer {
    const isTight = this.#held.length - this.#heldBytes <= this.#heldBytes / 8;
    const body = this.#held.subarray(0, this.#heldBytes);
    if (isTight) return body;
    const tight = Buffer.allocUnsafeSlow(body.length);
    body.copy(tight);
    return tight;
  }
}
