/**
 * A trace: who asked when for what, as columns, because a trace has millions of rows and few objects.
 *
 * It holds what an appliance would see of its requests: time, key and size, and what the key tells.
 */
import type { ObjectTraits } from "../../appliance/core/eviction/cache-index.ts";
import { objectTraitsOf } from "../../appliance/core/eviction/object-traits.ts";

export type TracedObject = {
  readonly key: string;
  readonly sizeBytes: number;
  readonly traits: ObjectTraits;
};

export type Trace = {
  readonly objects: readonly TracedObject[];
  /** Milliseconds since the trace began, never decreasing. */
  readonly timesMs: Float64Array;
  /** Of each request, the index of its object. */
  readonly asked: Uint32Array;
};

/** Takes requests in any order of time. */
export class TraceBuilder {
  readonly #objects: TracedObject[] = [];
  readonly #indexes = new Map<string, number>();
  readonly #timesMs: number[] = [];
  readonly #asked: number[] = [];

  get requests(): number {
    return this.#asked.length;
  }

  get objects(): number {
    return this.#objects.length;
  }

  /** An object keeps the size with which it first came. */
  objectIndex(key: string, sizeBytes: number): number {
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    const index = this.#objects.length;
    this.#objects.push({ key, sizeBytes, traits: objectTraitsOf({ key }) });
    this.#indexes.set(key, index);
    return index;
  }

  ask(atMs: number, objectIndex: number): void {
    this.#timesMs.push(atMs);
    this.#asked.push(objectIndex);
  }

  build(): Trace {
    const times = this.#timesMs;
    const order = Uint32Array.from(times.keys());
    // Requests of the same moment stay in the order in which they came.
    order.sort((one, two) => (times[one] ?? 0) - (times[two] ?? 0) || one - two);
    return {
      objects: this.#objects,
      timesMs: Float64Array.from(order, (row) => times[row] ?? 0),
      asked: Uint32Array.from(order, (row) => this.#asked[row] ?? 0),
    };
  }
}

/** The bytes of all different objects that are asked for. */
export function workingSetBytes({ objects, asked }: Trace): number {
  const wasSeen = new Uint8Array(objects.length);
  let bytes = 0;
  for (const index of asked) {
    if (wasSeen[index] === 1) continue;
    wasSeen[index] = 1;
    bytes += objects[index]?.sizeBytes ?? 0;
  }
  return bytes;
}
