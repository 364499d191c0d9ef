import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newLruIndex } from "./lru-index.ts";
import {
  countMisses,
  countNaiveMisses,
  drawRequests,
  type NaiveCache,
  REPLAY_SEEDS,
} from "./policy-replay.rig.ts";

function naiveLru(limit: number): NaiveCache {
  let keys: string[] = [];
  return {
    ask(key) {
      const isHit = keys.includes(key);
      keys = [key, ...keys.filter((each) => each !== key)].slice(0, limit);
      return isHit;
    },
  };
}

describe("newLruIndex()", () => {
  for (const seed of REPLAY_SEEDS) {
    for (const limit of [1, 7, 40]) {
      test(`misses what a list would miss: seed ${seed}, ${limit} objects`, () => {
        const requests = drawRequests(seed, 4_000);
        assert.equal(
          countMisses(newLruIndex, limit, requests),
          countNaiveMisses(naiveLru(limit), requests),
        );
      });
    }
  }

  /** Sets a, b and c, does something to a, and says in which order they leave. */
  for (const [deed, act, expected] of [
    ["a use renews", (index: Index) => index.get("a"), "bca"],
    ["a look does not", (index: Index) => index.peek("a"), "abc"],
    ["a new version does", (index: Index) => index.set("a", "a", 1), "bca"],
    ["another value in its place does not", (index: Index) => index.replaceValue("a", "a"), "abc"],
  ] as const) {
    test(deed, () => {
      const left: string[] = [];
      const index = newIndexOf(left);
      for (const key of "abc") index.set(key, key, 1);
      act(index);
      left.length = 0;
      while (index.evict());
      assert.equal(left.join(""), expected);
    });
  }
});

type Index = ReturnType<typeof newIndexOf>;

function newIndexOf(left: string[]) {
  return newLruIndex<string>({
    limitBytes: 10,
    onRemoved: (value) => left.push(value),
    now: () => 1,
    random: () => 0,
  });
}
