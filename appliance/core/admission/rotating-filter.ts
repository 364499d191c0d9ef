/**
 * Remembers which keys came lately, in a fixed number of bytes, and is wrong now and then: a Bloom
 * filter in two generations, of which the older is forgotten when the younger is full.
 */
import { hashText } from "../../../kernel/seeded-random.ts";

export type FilterPolicy = {
  /** Keys in a generation; between one and two generations are remembered. */
  readonly maxKeys: number;
  /** Ten bits a key with four probes call one stranger in a hundred known. */
  readonly bitsPerKey: number;
};

const PROBES = 4;

export class RotatingFilter {
  readonly #maxKeys: number;
  readonly #bits: number;
  #younger: Uint8Array;
  #older: Uint8Array;
  #keys = 0;

  constructor({ maxKeys, bitsPerKey }: FilterPolicy) {
    this.#maxKeys = maxKeys;
    this.#bits = Math.ceil((maxKeys * bitsPerKey) / 8) * 8;
    this.#younger = new Uint8Array(this.#bits / 8);
    this.#older = new Uint8Array(this.#bits / 8);
  }

  get sizeBytes(): number {
    return this.#younger.length + this.#older.length;
  }

  has(key: string): boolean {
    const hash = hashText(key);
    return this.#isIn(this.#younger, hash) || this.#isIn(this.#older, hash);
  }

  add(key: string): void {
    const hash = hashText(key);
    if (this.#isIn(this.#younger, hash)) return;
    if (this.#keys === this.#maxKeys) this.#rotate();
    this.#keys += 1;
    for (let probe = 0; probe < PROBES; probe += 1) {
      const bit = this.#bitAt(hash, probe);
      this.#younger[bit >> 3] = (this.#younger[bit >> 3] ?? 0) | (1 << (bit & 7));
    }
  }

  #rotate(): void {
    const emptied = this.#older.fill(0);
    this.#older = this.#younger;
    this.#younger = emptied;
    this.#keys = 0;
  }

  #isIn(filter: Uint8Array, hash: number): boolean {
    for (let probe = 0; probe < PROBES; probe += 1) {
      const bit = this.#bitAt(hash, probe);
      if (((filter[bit >> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
    }
    return true;
  }

  /** Two hashes make as many as one likes (Kirsch and Mitzenmacher). */
  #bitAt(hash: number, probe: number): number {
    const step = Math.imul(hash ^ (hash >>> 16), 0x9e3779b1) | 1;
    return ((hash + Math.imul(probe, step)) >>> 0) % this.#bits;
  }
}
