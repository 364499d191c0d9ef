import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  countMisses,
  countNaiveMisses,
  drawRequests,
  type NaiveCache,
  REPLAY_SEEDS,
} from "./policy-replay.rig.ts";
import { newS3FifoIndex } from "./s3-fifo-index.ts";

/** Algorithm 1 of the paper over arrays, the newest first, with the simulator's rule which queue gives way. */
function naiveS3Fifo(limit: number): NaiveCache {
  type Held = { readonly key: string; hits: number };
  const mainLimit = limit - Math.floor(limit / 10);
  let small: Held[] = [];
  let main: Held[] = [];
  let ghosts: string[] = [];

  function evict(): void {
    for (;;) {
      if (main.length > mainLimit || small.length === 0) {
        const oldest = main.pop() as Held;
        if (oldest.hits === 0) return;
        main = [{ key: oldest.key, hits: oldest.hits - 1 }, ...main];
      } else {
        const oldest = small.pop() as Held;
        if (oldest.hits < 2) {
          ghosts = [oldest.key, ...ghosts].slice(0, mainLimit);
          return;
        }
        main = [{ key: oldest.key, hits: 0 }, ...main];
      }
    }
  }

  return {
    ask(key) {
      const found = [...small, ...main].find((each) => each.key === key);
      if (found !== undefined) {
        found.hits = Math.min(3, found.hits + 1);
        return true;
      }
      if (small.length + main.length === limit) evict();
      if (ghosts.includes(key)) main = [{ key, hits: 0 }, ...main];
      else small = [{ key, hits: 0 }, ...small];
      ghosts = ghosts.filter((each) => each !== key);
      return false;
    },
  };
}

describe("newS3FifoIndex()", () => {
  for (const seed of REPLAY_SEEDS) {
    for (const limit of [1, 20, 40]) {
      test(`misses what the paper's algorithm misses: seed ${seed}, ${limit} objects`, () => {
        const requests = drawRequests(seed, 4_000);
        assert.equal(
          countMisses(newS3FifoIndex, limit, requests),
          countNaiveMisses(naiveS3Fifo(limit), requests),
        );
      });
    }
  }

  test("the newer version of what had proved itself need not do so again", () => {
    const index = newS3FifoIndex<string>({
      limitBytes: 10,
      onRemoved: () => {},
      now: () => 1,
      random: () => 0,
    });
    index.set("/a", "a", 1);
    for (let hits = 0; hits < 3; hits += 1) index.get("/a");
    for (let step = 0; step < 10; step += 1) index.set(`/${step}`, "x", 1);
    index.set("/a", "newer", 1);
    for (let step = 10; step < 18; step += 1) index.set(`/${step}`, "x", 1);
    assert.equal(index.peek("/a"), "newer");
  });
});
