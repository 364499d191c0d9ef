/** What every index must do, whatever it forgets first. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../../../kernel/seeded-random.ts";
import type { CacheIndex, NewCacheIndex } from "./cache-index.ts";
import { CheckedIndex, OPERATION } from "./checked-index.battery.ts";

/** An index of texts that writes down what leaves it, as `value:cause`. */
function openIndex(newIndex: NewCacheIndex, limitBytes: number) {
  const removed: string[] = [];
  let nowMs = 1;
  const index = newIndex<string>({
    limitBytes,
    onRemoved: (value, _key, cause) => removed.push(`${value}:${cause}`),
    now: () => nowMs,
    random: seededRandom("battery"),
  });
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { index, removed, pass };
}

const keysOf = (index: CacheIndex<string>) => [...index.entries()].map(([key]) => key).sort();

export function testCacheIndex(name: string, newIndex: NewCacheIndex): void {
  describe(`${name} as a cache index`, () => {
    const open = (limitBytes: number) => openIndex(newIndex, limitBytes);

    test("gives back what was set, by get and by peek", () => {
      const { index } = open(100);
      assert.equal(index.set("/a", "A", 10), true);
      assert.equal(index.get("/a"), "A");
      assert.equal(index.peek("/a"), "A");
    });

    test("does not have what was never set", () => {
      const { index } = open(100);
      assert.equal(index.get("/a"), undefined);
      assert.equal(index.peek("/a"), undefined);
      assert.equal(index.delete("/a"), false);
      assert.equal(index.replaceValue("/a", "A"), false);
      assert.equal(index.evict(), false);
    });

    test("holds exactly as much as its limit", () => {
      const { index, removed } = open(100);
      for (const key of ["/a", "/b"]) index.set(key, key, 50);
      assert.deepEqual([index.size, index.usedBytes, index.limitBytes], [2, 100, 100]);
      assert.deepEqual(removed, []);
    });

    test("evicts when something new does not fit, and what is new is in", () => {
      const { index, removed } = open(100);
      for (const key of ["/a", "/b"]) index.set(key, key, 50);
      assert.equal(index.set("/c", "/c", 1), true);
      assert.equal(index.peek("/c"), "/c");
      assert.deepEqual([removed.length, index.size, index.usedBytes], [1, 2, 51]);
      assert.match(removed[0] ?? "", /^\/[ab]:evicted$/);
    });

    test("evicts as many as it takes", () => {
      const { index, removed } = open(100);
      for (let count = 0; count < 10; count += 1) index.set(`/${count}`, `${count}`, 10);
      index.set("/all", "all", 100);
      assert.deepEqual(keysOf(index), ["/all"]);
      assert.equal(removed.length, 10);
    });

    test("refuses what is larger than its limit, and says that the earlier one has left", () => {
      const { index, removed } = open(100);
      index.set("/a", "old", 10);
      index.set("/b", "b", 10);
      assert.equal(index.set("/a", "new", 101), false);
      assert.equal(index.peek("/a"), undefined);
      assert.deepEqual(removed, ["old:replaced"]);
      assert.deepEqual([index.size, index.usedBytes], [1, 10]);
    });

    test("refuses a size that is not a positive number of whole bytes", () => {
      const { index } = open(100);
      for (const sizeBytes of [0, -1, 1.5, Number.NaN]) {
        assert.throws(() => index.set("/a", "A", sizeBytes), RangeError);
      }
      assert.equal(index.size, 0);
    });

    test("puts the newer in place of the earlier, and counts its size alone", () => {
      const { index, removed } = open(100);
      index.set("/a", "old", 60);
      assert.equal(index.set("/a", "new", 70), true);
      assert.equal(index.get("/a"), "new");
      assert.deepEqual(removed, ["old:replaced"]);
      assert.deepEqual([index.size, index.usedBytes], [1, 70]);
    });

    test("counts the new size where the same value is set again", () => {
      const { index, removed } = open(100);
      index.set("/a", "A", 60);
      index.set("/a", "A", 20);
      assert.equal(index.usedBytes, 20);
      assert.deepEqual(removed, ["A:replaced"]);
    });

    test("changes a value without a word, and neither its size nor its place", () => {
      const { index, removed } = open(100);
      index.set("/a", "A", 10);
      assert.equal(index.replaceValue("/a", "A2"), true);
      assert.equal(index.get("/a"), "A2");
      assert.equal(index.usedBytes, 10);
      assert.deepEqual(removed, []);
      index.delete("/a");
      assert.deepEqual(removed, ["A2:deleted"]);
    });

    test("forgets what is deleted, once", () => {
      const { index, removed } = open(100);
      index.set("/a", "A", 10);
      assert.equal(index.delete("/a"), true);
      assert.equal(index.delete("/a"), false);
      assert.equal(index.get("/a"), undefined);
      assert.deepEqual(removed, ["A:deleted"]);
      assert.deepEqual([index.size, index.usedBytes], [0, 0]);
    });

    test("evicts one object at a time until nothing is left", () => {
      const { index, removed } = open(100);
      for (const key of ["/a", "/b", "/c"]) index.set(key, key, 10);
      assert.deepEqual([index.evict(), index.size, index.usedBytes], [true, 2, 20]);
      assert.deepEqual([index.evict(), index.evict(), index.evict()], [true, true, false]);
      assert.deepEqual(removed.sort(), ["/a:evicted", "/b:evicted", "/c:evicted"]);
      assert.equal(index.usedBytes, 0);
    });

    test("tells of everything when cleared, and is as good as new", () => {
      const { index, removed } = open(100);
      for (const key of ["/a", "/b"]) index.set(key, key, 50);
      index.clear();
      assert.deepEqual(removed.sort(), ["/a:deleted", "/b:deleted"]);
      assert.deepEqual([index.size, index.usedBytes, keysOf(index)], [0, 0, []]);
      for (const key of ["/c", "/d", "/e"]) index.set(key, key, 50);
      assert.deepEqual([index.size, index.usedBytes], [2, 100]);
    });

    test("lists what it holds", () => {
      const { index } = open(100);
      for (const key of ["/a", "/b", "/c"]) index.set(key, key.toUpperCase(), 10);
      index.delete("/b");
      assert.deepEqual(
        [...index.entries()].sort(([one], [two]) => (one < two ? -1 : 1)),
        [
          ["/a", "/A"],
          ["/c", "/C"],
        ],
      );
    });

    test("whoever is told of a removal finds it done, and may use the index", () => {
      const seen: unknown[] = [];
      const index: CacheIndex<string> = newIndex<string>({
        limitBytes: 100,
        onRemoved: (value, key) => {
          seen.push([value, index.peek(key), index.delete(key)]);
        },
        now: () => 1,
        random: () => 0.5,
      });
      index.set("/a", "A", 10);
      index.delete("/a");
      assert.deepEqual(seen, [["A", undefined, false]]);
    });

    test("keeps what is asked for all the time among what is asked for once", () => {
      const { index, pass } = open(100);
      index.set("/popular", "popular", 10);
      let missed = 0;
      for (let step = 0; step < 500; step += 1) {
        pass(100);
        if (index.get("/popular") === undefined) {
          missed += 1;
          index.set("/popular", "popular", 10);
        }
        index.set(`/once-${step}`, "once", 10);
      }
      assert.ok(missed <= 5, `it was gone ${missed} times`);
    });

    test("does with any sequence of operations what a list would do", () => {
      fc.assert(
        fc.property(fc.array(OPERATION, { maxLength: 200 }), (operations) => {
          const index = new CheckedIndex(newIndex, 100);
          for (const operation of operations) index.carryOut(operation);
          index.checkNothingWasToldTwice();
        }),
        { numRuns: 200, seed: 7 },
      );
    });
  });
}
