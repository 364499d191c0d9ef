/**
 * An index beside a list of what must be in it: after every operation the two are compared, and what
 * has left must have been told, once and for the right cause.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "../../../kernel/seeded-random.ts";
import type { CacheIndex, NewCacheIndex, RemovalCause } from "./cache-index.ts";
import { objectTraitsOf } from "./object-traits.ts";

export type Operation =
  | { readonly name: "set"; readonly key: string; readonly sizeBytes: number }
  | { readonly name: "get" | "delete" | "replace"; readonly key: string }
  | { readonly name: "evict" | "clear" }
  | { readonly name: "pass"; readonly ms: number };

const named = <Name extends Operation["name"]>(...names: Name[]) => fc.constantFrom(...names);
const key = fc.oneof(
  fc
    .record({ title: fc.nat(3), number: fc.nat(6) })
    .map(({ title, number }) => `/vod/${title}/v1/segment-${number}.m4s`),
  fc.nat(3).map((title) => `/vod/${title}/v1/init.mp4`),
  fc.nat(9).map((name) => `/other/${name}`),
);
const sizeBytes = fc.integer({ min: 1, max: 110 });

export const OPERATION: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 30, arbitrary: fc.record({ name: named("set"), key, sizeBytes }) },
  { weight: 30, arbitrary: fc.record({ name: named("get"), key }) },
  { weight: 10, arbitrary: fc.record({ name: named("pass"), ms: fc.nat(60_000) }) },
  { weight: 2, arbitrary: fc.record({ name: named("delete", "replace"), key }) },
  { weight: 2, arbitrary: fc.record({ name: named("evict", "clear") }) },
);

type Listed = { value: string; readonly sizeBytes: number };

export class CheckedIndex {
  readonly #index: CacheIndex<string>;
  readonly #list = new Map<string, Listed>();
  readonly #told: string[] = [];
  /** How much had been told before the operation under way. */
  #toldBefore = 0;
  #values = 0;
  #nowMs = 1;

  constructor(newIndex: NewCacheIndex, limitBytes: number) {
    this.#index = newIndex<string>({
      limitBytes,
      onRemoved: (value, _key, cause) => this.#told.push(`${value}:${cause}`),
      now: () => this.#nowMs,
      random: seededRandom("checked"),
    });
  }

  carryOut(operation: Operation): void {
    this.#toldBefore = this.#told.length;
    this.#apply(operation);
    this.#takeEvictedFromList();
    this.#compare();
  }

  /** Every value is set once. */
  checkNothingWasToldTwice(): void {
    assert.equal(new Set(this.#told).size, this.#told.length);
  }

  #apply(operation: Operation): void {
    switch (operation.name) {
      case "set":
        this.#set(operation.key, operation.sizeBytes);
        break;
      case "get":
        assert.equal(this.#index.get(operation.key), this.#list.get(operation.key)?.value);
        break;
      case "replace":
        this.#replace(operation.key);
        break;
      case "delete":
        assert.equal(this.#index.delete(operation.key), this.#list.has(operation.key));
        this.#expectGone(operation.key, "deleted");
        break;
      case "evict":
        assert.equal(this.#index.evict(), this.#list.size > 0);
        break;
      case "clear":
        this.#index.clear();
        for (const each of [...this.#list.keys()]) this.#expectGone(each, "deleted");
        break;
      case "pass":
        this.#nowMs += operation.ms;
    }
  }

  #set(name: string, size: number): void {
    const value = this.#newValue();
    const isIn = this.#index.set(name, value, size, objectTraitsOf({ key: name }));
    assert.equal(isIn, size <= this.#index.limitBytes);
    this.#expectGone(name, "replaced");
    if (isIn) this.#list.set(name, { value, sizeBytes: size });
  }

  #replace(name: string): void {
    const value = this.#newValue();
    const listed = this.#list.get(name);
    assert.equal(this.#index.replaceValue(name, value), listed !== undefined);
    if (listed !== undefined) listed.value = value;
  }

  #newValue(): string {
    this.#values += 1;
    return `v${this.#values}`;
  }

  #expectGone(name: string, cause: RemovalCause): void {
    const listed = this.#list.get(name);
    if (listed === undefined) return;
    this.#list.delete(name);
    const told = this.#told.slice(this.#toldBefore);
    assert.ok(told.includes(`${listed.value}:${cause}`), `${name} was not told to be ${cause}`);
  }

  /** What is evicted is for the policy to decide; it has to have been there. */
  #takeEvictedFromList(): void {
    for (const entry of this.#told.slice(this.#toldBefore)) {
      if (!entry.endsWith(":evicted")) continue;
      const [name] = [...this.#list].find(([, { value }]) => `${value}:evicted` === entry) ?? [];
      assert.ok(name !== undefined, `${entry} was not there`);
      this.#list.delete(name);
    }
  }

  #compare(): void {
    const held = [...this.#index.entries()].map(([name, value]) => `${name} ${value}`);
    const listed = Array.from(this.#list, ([name, { value }]) => `${name} ${value}`);
    assert.deepEqual(held.sort(), listed.sort());
    assert.equal(this.#index.size, this.#list.size);
    let listedBytes = 0;
    for (const each of this.#list.values()) listedBytes += each.sizeBytes;
    assert.equal(this.#index.usedBytes, listedBytes);
    assert.ok(listedBytes <= this.#index.limitBytes);
  }
}
