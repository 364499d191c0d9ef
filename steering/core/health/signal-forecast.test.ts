import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { POLICY } from "./health.rig.ts";
import { learnSample, NO_FORECAST, noiseLimit, surpriseOf } from "./signal-forecast.ts";

const policy = POLICY.forecast.forecast;

function forecastAfter(samples: readonly number[], mostSurprise = 1) {
  let forecast = NO_FORECAST;
  for (const [slot, badness] of samples.entries()) {
    forecast = learnSample(forecast, { slot, badness, mostSurprise }, policy);
  }
  const slot = samples.length;
  return {
    surprise: (badness: number) => surpriseOf(forecast, { slot, badness }, policy),
    limit: noiseLimit(forecast, policy),
  };
}
const steady = Array<number>(40).fill(3);

describe("surpriseOf()", () => {
  test("is unknown while nothing is foretold", () =>
    assert.equal(forecastAfter(steady.slice(0, 5)).surprise(9), undefined));
  test("is how much worse it is than foretold", () => {
    const forecast = forecastAfter(steady);
    assert.ok(Math.abs((forecast.surprise(5) ?? 0) - 2) < 1e-9);
    assert.ok((forecast.surprise(1) ?? 0) < 0);
  });
});

describe("learnSample()", () => {
  test("a jump is learned no further than it is believed", () => {
    const jumped = [...steady, ...Array<number>(10).fill(100)];
    assert.ok((forecastAfter(jumped).surprise(100) ?? 0) > 85);
  });
  test("a change for the better is learned as it is", () => {
    const better = [...steady, ...Array<number>(30).fill(0)];
    assert.ok(Math.abs(forecastAfter(better).surprise(0) ?? 9) < 0.01);
  });
  test("a restless signal needs a greater surprise", () => {
    const restless = steady.map((sample, index) => sample + (index % 2));
    assert.ok(forecastAfter(restless).limit > 2 * policy.noiseFactor * 0.2);
    assert.ok(forecastAfter(steady).limit < 1e-9);
  });
  test("what is no number poisons nothing", () =>
    fc.assert(
      fc.property(fc.array(fc.double(), { maxLength: 50 }), (samples) => {
        const { surprise, limit } = forecastAfter(samples);
        assert.ok(Number.isFinite(limit));
        assert.ok(!Number.isNaN(surprise(1) ?? 0));
      }),
    ));
});
