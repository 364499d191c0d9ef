import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hashText } from "../../../kernel/seeded-random.ts";
import { FrequencySketch } from "./frequency-sketch.ts";
import {
  countMisses,
  countNaiveMisses,
  drawRequests,
  type NaiveCache,
  REPLAY_SEEDS,
} from "./policy-replay.rig.ts";
import { newWTinyLfuIndex, W_TINY_LFU_POLICY } from "./w-tiny-lfu-index.ts";

/** The three queues as arrays, the newest first; the sketch, which has its own tests, is the real one. */
function naiveWTinyLfu(limit: number): NaiveCache {
  const windowLimit = Math.max(1, Math.floor(limit / 100));
  const mainLimit = limit - windowLimit;
  const protectedLimit = Math.floor(mainLimit * 0.8);
  const sketch = new FrequencySketch(W_TINY_LFU_POLICY.sketch);
  const frequency = (key: string | undefined) =>
    key === undefined ? 0 : sketch.estimate(hashText(key));
  let window: string[] = [];
  let probation: string[] = [];
  let guarded: string[] = [];

  function makeRoom(): void {
    const candidate = window.at(-1);
    if (probation.length === 0 && guarded.length === 0) {
      window.pop();
      return;
    }
    const victims = probation.length > 0 ? probation : guarded;
    if (frequency(candidate) > frequency(victims.at(-1))) victims.pop();
    else window.pop();
  }

  return {
    ask(key) {
      sketch.observe(hashText(key));
      if (window.includes(key)) {
        window = [key, ...window.filter((each) => each !== key)];
        return true;
      }
      if (probation.includes(key) || guarded.includes(key)) {
        probation = probation.filter((each) => each !== key);
        guarded = [key, ...guarded.filter((each) => each !== key)];
        if (guarded.length > protectedLimit) probation = [guarded.pop() as string, ...probation];
        return true;
      }
      if (window.length + probation.length + guarded.length === limit) makeRoom();
      window = [key, ...window];
      if (window.length > windowLimit && probation.length + guarded.length < mainLimit) {
        probation = [window.pop() as string, ...probation];
      }
      return false;
    },
  };
}

describe("newWTinyLfuIndex()", () => {
  for (const seed of REPLAY_SEEDS) {
    for (const limit of [1, 7, 40, 200]) {
      test(`misses what the paper's policy misses: seed ${seed}, ${limit} objects`, () => {
        const requests = drawRequests(seed, 4_000);
        assert.equal(
          countMisses(newWTinyLfuIndex, limit, requests),
          countNaiveMisses(naiveWTinyLfu(limit), requests),
        );
      });
    }
  }
});
