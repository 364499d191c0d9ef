import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Smoothed, smooth, upperBound } from "./smoothing.ts";

function smoothedOver(...samples: number[]): Smoothed {
  const state = samples.reduce<Smoothed | undefined>(smooth, undefined);
  assert.ok(state);
  return state;
}

describe("smooth()", () => {
  test("takes the first sample as it is", () =>
    assert.deepEqual(smoothedOver(80), { mean: 80, deviation: 40, samples: 1 }));
  test("one odd sample among many moves the mean by an eighth of its distance", () => {
    const calm = smoothedOver(...Array<number>(50).fill(100));
    assert.equal(smooth(calm, 900).mean, calm.mean + 100);
  });
  test("a steady signal pulls the bound down to itself", () => {
    assert.ok(upperBound(smoothedOver(...Array<number>(50).fill(100)), 4) < 101);
  });
  test("a signal that jumps about keeps the bound above its peaks", () => {
    const restless = smoothedOver(
      ...Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? 50 : 150)),
    );
    assert.ok(upperBound(restless, 4) > 150);
  });
});
