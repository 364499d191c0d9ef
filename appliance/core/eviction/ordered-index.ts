/**
 * An index from two parts: a map that finds, counts and reports, and an order that knows what goes next.
 *
 * Room is made before something new comes in, so the limit holds at every step and what is set is in.
 * A hit looks its key up once: the order is told of the object, not of its key.
 */
import type {
  CacheIndex,
  CacheIndexOptions,
  NewCacheIndex,
  ObjectTraits,
  RemovalCause,
} from "./cache-index.ts";
import { requireSizeBytes } from "./require-size-bytes.ts";

/** What every order keeps of an object; most of them keep more. */
export type HeldObject = {
  readonly key: string;
  readonly sizeBytes: number;
  value: unknown;
};

export type NewObject = HeldObject & { readonly traits: ObjectTraits | undefined };

export type EvictionOrder<Held extends HeldObject> = {
  /** Takes something new in, and returns what it will know it by. */
  insert(object: NewObject): Held;
  onHit(held: Held): void;
  /** Of what was asked for and is not there, for orders that want to know. */
  readonly onMiss?: (key: string) => void;
  /** Takes out what was deleted, or what a newer version of the same key is about to replace. */
  remove(held: Held, cause: "replaced" | "deleted"): void;
  /** Decides what goes next and takes it out; undefined where nothing is left. */
  takeNext(): Held | undefined;
  clear(): void;
};

export type OrderOptions = Pick<CacheIndexOptions<unknown>, "limitBytes" | "now" | "random">;

/** Makes an index of an order. */
export function indexByOrder<Held extends HeldObject>(
  newOrder: (options: OrderOptions) => EvictionOrder<Held>,
): NewCacheIndex {
  return (options) => new OrderedIndex(newOrder(options), options);
}

class OrderedIndex<Held extends HeldObject, Value> implements CacheIndex<Value> {
  readonly limitBytes: number;
  usedBytes = 0;
  readonly #order: EvictionOrder<Held>;
  readonly #onRemoved: CacheIndexOptions<Value>["onRemoved"];
  readonly #held = new Map<string, Held>();

  constructor(order: EvictionOrder<Held>, { limitBytes, onRemoved }: CacheIndexOptions<Value>) {
    this.limitBytes = limitBytes;
    this.#order = order;
    this.#onRemoved = onRemoved;
  }

  get size(): number {
    return this.#held.size;
  }

  get(key: string): Value | undefined {
    const held = this.#held.get(key);
    if (held === undefined) {
      this.#order.onMiss?.(key);
      return undefined;
    }
    this.#order.onHit(held);
    return contentOf(held);
  }

  peek(key: string): Value | undefined {
    const held = this.#held.get(key);
    return held === undefined ? undefined : contentOf(held);
  }

  set(key: string, value: Value, sizeBytes: number, traits?: ObjectTraits): boolean {
    requireSizeBytes(sizeBytes);
    const earlier = this.#held.get(key);
    if (earlier !== undefined) {
      this.#order.remove(earlier, "replaced");
      this.#report(earlier, "replaced");
    }
    if (sizeBytes > this.limitBytes) return false;
    while (this.usedBytes + sizeBytes > this.limitBytes) {
      if (!this.evict()) throw new Error(`Cannot make room: ${this.usedBytes} bytes in no order`);
    }
    this.#held.set(key, this.#order.insert({ key, value, sizeBytes, traits }));
    this.usedBytes += sizeBytes;
    return true;
  }

  replaceValue(key: string, value: Value): boolean {
    const held = this.#held.get(key);
    if (held === undefined) return false;
    held.value = value;
    return true;
  }

  delete(key: string): boolean {
    const held = this.#held.get(key);
    if (held === undefined) return false;
    this.#order.remove(held, "deleted");
    this.#report(held, "deleted");
    return true;
  }

  evict(): boolean {
    const held = this.#order.takeNext();
    if (held === undefined) return false;
    this.#report(held, "evicted");
    return true;
  }

  *entries(): IterableIterator<readonly [key: string, value: Value]> {
    for (const [key, held] of this.#held) yield [key, contentOf(held)];
  }

  clear(): void {
    const everything = [...this.#held.values()];
    this.#order.clear();
    this.#held.clear();
    this.usedBytes = 0;
    for (const held of everything) this.#onRemoved(contentOf(held), held.key, "deleted");
  }

  /** The books are right before anybody is told: whoever is may then use the index. */
  #report(held: Held, cause: RemovalCause): void {
    this.#held.delete(held.key);
    this.usedBytes -= held.sizeBytes;
    this.#onRemoved(contentOf(held), held.key, cause);
  }
}

/** An order passes values on and never makes one up. */
function contentOf<Value>(held: HeldObject): Value {
  return held.value as Value;
}
