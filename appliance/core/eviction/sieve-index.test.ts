import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  countMisses,
  countNaiveMisses,
  drawRequests,
  type NaiveCache,
  REPLAY_SEEDS,
} from "./policy-replay.rig.ts";
import { newSieveIndex } from "./sieve-index.ts";

/** Algorithm 1 of the paper over an array, the newest first. */
function naiveSieve(limit: number): NaiveCache {
  const queue: { key: string; isVisited: boolean }[] = [];
  let hand = -1;
  return {
    ask(key) {
      const found = queue.find((each) => each.key === key);
      if (found !== undefined) {
        found.isVisited = true;
        return true;
      }
      if (queue.length === limit) {
        let at = hand === -1 ? queue.length - 1 : hand;
        while (queue[at]?.isVisited) {
          (queue[at] as { isVisited: boolean }).isVisited = false;
          at = at === 0 ? queue.length - 1 : at - 1;
        }
        queue.splice(at, 1);
        hand = at - 1;
      }
      queue.unshift({ key, isVisited: false });
      if (hand !== -1) hand += 1;
      return false;
    },
  };
}

describe("newSieveIndex()", () => {
  for (const seed of REPLAY_SEEDS) {
    for (const limit of [1, 7, 40]) {
      test(`misses what the paper's algorithm misses: seed ${seed}, ${limit} objects`, () => {
        const requests = drawRequests(seed, 4_000);
        assert.equal(
          countMisses(newSieveIndex, limit, requests),
          countNaiveMisses(naiveSieve(limit), requests),
        );
      });
    }
  }
});
