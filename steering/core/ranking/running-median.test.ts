import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { noteSample, type RunningMedian } from "./running-median.ts";

const STEPS = { widestStep: 100, narrowestStep: 1 };
const medianOf = (samples: readonly number[]) =>
  samples.reduce<RunningMedian | undefined>(
    (known, sample) => noteSample(known, sample, STEPS),
    undefined,
  );

describe("noteSample()", () => {
  test("begins with the first, and stays where all agree", () => {
    assert.deepEqual(medianOf([7]), { value: 7, samples: 1 });
    assert.deepEqual(medianOf([7, 7, 7]), { value: 7, samples: 3 });
  });
  test("moves by ever narrower steps", () => {
    const values = [1, 2, 3, 4, 5].map((count) => medianOf([0, ...Array(count).fill(1e9)])?.value);
    assert.deepEqual(values.map(Number).map(Math.round), [50, 83, 108, 128, 145]);
    assert.equal(medianOf([...Array(999).fill(0), 1e9])?.value, 1);
  });
  test("never moves past a sample", () => assert.equal(medianOf([0, 3])?.value, 3));
  test("comes near the median, whatever a third of the samples is", () =>
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: STEPS.widestStep, noNaN: true }), {
          minLength: 200,
          maxLength: 300,
        }),
        (odd) => {
          const { value = 0 } = medianOf(odd.flatMap((sample) => [sample, 40, 40])) ?? {};
          assert.ok(Math.abs(value - 40) <= 2, `${value}`);
        },
      ),
      { numRuns: 50 },
    ));
});
