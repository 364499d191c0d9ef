/**
 * Estimates how often a key was asked for lately, in a few bits per object: a count-min sketch that
 * halves itself, behind a doorkeeper that keeps what is asked for once out of it.
 *
 * After Einziger, Friedman and Manes, "TinyLFU: A Highly Efficient Cache Admission Policy" (ACM
 * Transactions on Storage 2017). Counters are four bits in the paper and a byte here, capped alike:
 * simpler to read, and 4 KiB for a thousand objects.
 */
export type SketchPolicy = {
  /** Counters a row at first and at most; a power of two each. It grows with what is held. */
  readonly minWidth: number;
  readonly maxWidth: number;
  /** After so many observations for each counter of a row all are halved. */
  readonly sampleFactor: number;
};

const ROWS = 4;
const MAX_COUNT = 15;
/** Odd numbers, so that each row scatters the same hash in its own way. */
const ROW_SEEDS = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f] as const;

export class FrequencySketch {
  readonly #policy: SketchPolicy;
  #width: number;
  #counters: Uint8Array;
  #doorkeeper: Uint8Array;
  #observations = 0;

  constructor(policy: SketchPolicy) {
    this.#policy = policy;
    this.#width = policy.minWidth;
    this.#counters = new Uint8Array(this.#width * ROWS);
    this.#doorkeeper = new Uint8Array(this.#width);
  }

  /**
   * Makes the sketch wide enough for so many objects. What it knew is forgotten then, for the counters
   * cannot be told apart; it happens a few times while a cache fills, when nothing is evicted.
   */
  fit(objects: number): void {
    if (objects <= this.#width || this.#width >= this.#policy.maxWidth) return;
    while (this.#width < objects && this.#width < this.#policy.maxWidth) this.#width *= 2;
    this.#counters = new Uint8Array(this.#width * ROWS);
    this.#doorkeeper = new Uint8Array(this.#width);
    this.#observations = 0;
  }

  observe(hash: number): void {
    this.#observations += 1;
    if (this.#observations >= this.#policy.sampleFactor * this.#width) this.#age();
    if (this.#letIn(hash)) return;
    const lowest = this.#lowest(hash);
    if (lowest >= MAX_COUNT) return;
    // Only the lowest are raised (conservative update), which keeps collisions from adding up.
    for (let row = 0; row < ROWS; row += 1) {
      const at = this.#counterAt(row, hash);
      if (this.#counters[at] === lowest) this.#counters[at] = lowest + 1;
    }
  }

  estimate(hash: number): number {
    return this.#lowest(hash) + (this.#isKnown(hash) ? 1 : 0);
  }

  /** Half of the past is forgotten, so that what was popular once gives way. */
  #age(): void {
    for (let at = 0; at < this.#counters.length; at += 1) {
      this.#counters[at] = (this.#counters[at] ?? 0) >> 1;
    }
    this.#doorkeeper.fill(0);
    this.#observations = Math.floor(this.#observations / 2);
  }

  #lowest(hash: number): number {
    let lowest = MAX_COUNT;
    for (let row = 0; row < ROWS; row += 1) {
      const count = this.#counters[this.#counterAt(row, hash)] ?? 0;
      if (count < lowest) lowest = count;
    }
    return lowest;
  }

  #counterAt(row: number, hash: number): number {
    return row * this.#width + slotOf(hash, row, this.#width);
  }

  // The doorkeeper is a Bloom filter of two bits a key, in eight times as many bits as a row has counters.

  /** @returns whether the key came for the first time since the last ageing. */
  #letIn(hash: number): boolean {
    if (this.#isKnown(hash)) return false;
    for (let row = 0; row < 2; row += 1) {
      const bit = slotOf(hash, row, this.#width * 8);
      this.#doorkeeper[bit >> 3] = (this.#doorkeeper[bit >> 3] ?? 0) | (1 << (bit & 7));
    }
    return true;
  }

  #isKnown(hash: number): boolean {
    for (let row = 0; row < 2; row += 1) {
      const bit = slotOf(hash, row, this.#width * 8);
      if (((this.#doorkeeper[bit >> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
    }
    return true;
  }
}

/** Widths are powers of two; the high bits of a product are its best ones. */
function slotOf(hash: number, row: number, width: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), ROW_SEEDS[row] ?? 1);
  return (mixed ^ (mixed >>> 16)) & (width - 1);
}
