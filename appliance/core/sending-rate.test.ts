import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bitsPerSecond, observeTotal, type RateSample } from "./sending-rate.ts";

/** The rate after totals given one second apart, over a window of three seconds. */
function rateAfter(...totals: number[]): number {
  let samples: readonly RateSample[] = [];
  for (const [index, totalBytes] of totals.entries()) {
    samples = observeTotal(samples, { atMs: 1 + index * 1000, totalBytes }, 3_000);
  }
  return bitsPerSecond(samples);
}

describe("bitsPerSecond()", () => {
  test("is zero before there is anything to compare", () => assert.equal(rateAfter(), 0));
  test("is zero after one sample", () => assert.equal(rateAfter(1_000), 0));
  test("is bits, not bytes", () => assert.equal(rateAfter(0, 1_000), 8_000));
  test("is the mean over the window", () => assert.equal(rateAfter(0, 3_000, 3_000, 3_000), 8_000));
  test("forgets what lies before the window", () =>
    assert.equal(rateAfter(0, 9_000, 9_000, 9_000, 9_000), 0));
});

test("observeTotal() keeps no more samples than the window needs", () => {
  let samples: readonly RateSample[] = [];
  for (let second = 0; second < 100; second += 1) {
    samples = observeTotal(samples, { atMs: 1 + second * 1000, totalBytes: 0 }, 3_000);
  }
  assert.equal(samples.length, 4);
});
