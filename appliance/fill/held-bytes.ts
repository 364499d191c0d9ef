/** How much of the bodies that are arriving may be held in RAM, all fills together. */
export class HeldBytes {
  readonly #limitBytes: number;
  readonly #otherBytes: () => number;
  #heldBytes = 0;

  /** @param otherBytes what slow clients hold of bodies that have come, and that nothing else counts */
  constructor(limitBytes: number, otherBytes: () => number = () => 0) {
    this.#limitBytes = limitBytes;
    this.#otherBytes = otherBytes;
  }

  /** False where so many more would be too many. */
  reserve(bytes: number): boolean {
    if (this.#heldBytes + this.#otherBytes() + bytes > this.#limitBytes) return false;
    this.#heldBytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#heldBytes -= bytes;
  }
}
