import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type BufferHistory, sampleBuffer, sparklinePoints } from "./buffer-history.ts";

describe("sampleBuffer()", () => {
  const one: BufferHistory = [{ atMs: 1_000, seconds: 5 }];
  test("takes two samples a second and no more", () => {
    assert.equal(sampleBuffer(one, 6, 1_499), one);
    assert.equal(sampleBuffer(one, 6, 1_500).length, 2);
  });
  test("forgets what is older than a minute", () => {
    assert.equal(sampleBuffer(one, 6, 61_000).length, 2);
    assert.deepEqual(sampleBuffer(one, 6, 61_001), [{ atMs: 61_001, seconds: 6 }]);
  });
});

describe("sparklinePoints()", () => {
  test("now is at the right, a minute ago at the left, a full buffer at the top", () =>
    assert.equal(
      sparklinePoints(
        [
          { atMs: 0, seconds: 0 },
          { atMs: 30_000, seconds: 15 },
          { atMs: 60_000, seconds: 99 },
        ],
        30,
        60_000,
      ),
      "0.0,100.0 50.0,50.0 100.0,0.0",
    ));
});
