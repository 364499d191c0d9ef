import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type DoubleSmoothing,
  predictNext,
  predictSliding,
  type SlidingSmoothing,
  smoothSliding,
  smoothTwice,
} from "./double-smoothing.ts";

const HALVES = { training: 2, levelWeight: 0.5, trendWeight: 0.5 };
/** Atlas' fast setting. */
const FAST = { training: 10, levelWeight: 0.1, trendWeight: 0.02, leastSamples: 10 };

function smoothed(...samples: number[]): DoubleSmoothing | undefined {
  let state: DoubleSmoothing | undefined;
  for (const sample of samples) state = smoothTwice(state, sample, HALVES);
  return state;
}

describe("smoothTwice()", () => {
  // By hand, with both weights a half: level = (sample + level + trend) / 2, and
  // trend = (change of the level + trend) / 2.
  for (const [samples, expected] of [
    [[10], { samples: 1, level: 10, trend: 0 }],
    [[10, 20], { samples: 2, level: 15, trend: 2.5 }],
    [[10, 20, 20], { samples: 3, level: 18.75, trend: 3.125 }],
    [[10, 20, 20, 0], { samples: 4, level: 10.9375, trend: -2.34375 }],
  ] as const) {
    test(`${samples.join(", ")}`, () => assert.deepEqual(smoothed(...samples), expected));
  }

  test("what is no number changes nothing", () => {
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    assert.deepEqual(smoothed(...odd), undefined);
    assert.deepEqual(smoothed(10, ...odd, 20, ...odd), smoothed(10, 20));
  });
});

describe("predictNext()", () => {
  test("says nothing while it trains", () => {
    assert.equal(predictNext(undefined, HALVES), undefined);
    assert.equal(predictNext(smoothed(10), HALVES), undefined);
  });
  test("says the level, once it has seen enough", () =>
    assert.equal(predictNext(smoothed(10, 20), HALVES), 15));
});

/** The prediction for each slot from `first` on, before its sample is known; undefined is a gap. */
function predictions(
  samples: readonly (number | undefined)[],
  { first = 0, policy = FAST }: { first?: number; policy?: typeof FAST } = {},
): (number | undefined)[] {
  let state: SlidingSmoothing | undefined;
  return samples.map((sample, index) => {
    const slot = first + index;
    const predicted = predictSliding(state, slot, policy);
    if (sample !== undefined) state = smoothSliding(state, { slot, sample }, policy);
    return predicted;
  });
}
const series = (length: number, sampleAt: (slot: number) => number, first = 0) =>
  Array.from({ length }, (_, index) => sampleAt(first + index));

describe("smoothSliding()", () => {
  test("predicts from the second period on", () => {
    const predicted = predictions(series(40, () => 7));
    assert.deepEqual(new Set(predicted.slice(0, 10)), new Set([undefined]));
    assert.deepEqual(new Set(predicted.slice(10)), new Set([7]));
  });

  test("changes over to the smoothing that began with the period before", () => {
    // By hand: 1 and 2 train; 3 and 4 are predicted by what began at 1; 5 by what began at 3.
    const policy = { ...HALVES, leastSamples: 2 };
    assert.deepEqual(predictions([10, 20, 20, 0, 8], { policy }), [
      undefined,
      undefined,
      15,
      18.75,
      // Began at 20: level 20, then (0 + 20) / 2.
      10,
    ]);
  });

  test("predicts the same whenever one began to watch, two whole periods later at the latest", () =>
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), {
          minLength: 60,
          maxLength: 60,
        }),
        fc.integer({ min: 0, max: 35 }),
        (samples, begun) => {
          const whole = predictions(samples);
          const late = predictions(samples.slice(begun), { first: begun });
          const agreedFrom = Math.ceil(begun / FAST.training) * FAST.training + FAST.training;
          for (let slot = agreedFrom; slot < samples.length; slot += 1) {
            assert.equal(late[slot - begun], whole[slot]);
          }
        },
      ),
    ));

  test("runs close behind a steady ramp", () => {
    for (const [slot, predicted] of predictions(series(100, (at) => 3 * at)).entries()) {
      if (predicted === undefined) continue;
      const behind = 3 * slot - predicted;
      assert.ok(behind > 0 && behind < 3 * 2 * FAST.training, `${behind} at ${slot}`);
    }
  });

  test("is surprised by a shift of level, and has accepted it three periods later", () => {
    const predicted = predictions(series(90, (slot) => (slot < 45 ? 100 : 200)));
    assert.equal(predicted[45], 100);
    assert.ok(Math.abs((predicted[46] ?? 0) - 110) < 1e-9);
    assert.equal(predicted[75], 200);
  });

  test("a gap is not a sample", () => {
    const withGaps = series(40, (slot) => slot % 5).map((sample, slot) =>
      slot === 12 || slot === 13 ? undefined : sample,
    );
    const predicted = predictions(withGaps);
    assert.equal(predicted[13], predicted[12]);
    assert.equal(predicted[14], predicted[12]);
  });

  test("says nothing if the period before had too few samples", () => {
    const everyThird = series(40, () => 7).map((sample, slot) =>
      slot % 3 === 0 ? sample : undefined,
    );
    assert.equal(predictions(everyThird)[15], undefined);
    const policy = { ...FAST, leastSamples: 3 };
    assert.equal(predictions(everyThird, { policy })[15], 7);
  });

  test("forgets all over a gap of two periods", () => {
    const samples = [...series(20, () => 7), ...Array<undefined>(20).fill(undefined), 7, 7];
    assert.equal(predictions(samples)[41], undefined);
  });

  test("what is no number poisons nothing", () =>
    fc.assert(
      fc.property(fc.array(fc.double(), { minLength: 30, maxLength: 60 }), (samples) => {
        for (const predicted of predictions(samples)) {
          assert.ok(predicted === undefined || Number.isFinite(predicted));
        }
      }),
    ));

  test("a slot that comes late counts as of now", () => {
    const state = smoothSliding(undefined, { slot: 25, sample: 7 }, FAST);
    assert.deepEqual(smoothSliding(state, { slot: 3, sample: 7 }, FAST).period, 2);
  });
});
