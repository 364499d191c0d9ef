import assert from "node:assert/strict";
import { test } from "node:test";
import { LATENCY_BOUNDS_MS, LatencyBuckets } from "./latency-buckets.ts";

for (const [ms, bound] of [
  [0, 0.25],
  [0.25, 0.25],
  [0.26, 0.5],
  [100, 100],
  [100.1, 250],
  [60_000, 60_000],
  [60_001, undefined],
] as const) {
  test(`${ms} ms is counted ${bound === undefined ? "beyond every bound" : `within ${bound} ms`}`, () => {
    const buckets = new LatencyBuckets();
    buckets.add(ms);
    const index = bound === undefined ? LATENCY_BOUNDS_MS.length : LATENCY_BOUNDS_MS.indexOf(bound);
    assert.equal(buckets.counts[index], 1);
    assert.equal(
      buckets.counts.reduce((sum, count) => sum + count),
      1,
    );
    assert.equal(buckets.sumMs, ms);
  });
}
