import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededRandom } from "../../kernel/seeded-random.ts";
import { drawBetween, drawCount, drawFactor, drawNormal, wander } from "./draw-noise.ts";

const DRAWS = 20_000;

function draws(draw: (random: () => number) => number): { mean: number; deviation: number } {
  const random = seededRandom("noise");
  const values = Array.from({ length: DRAWS }, () => draw(random));
  const mean = values.reduce((sum, value) => sum + value, 0) / DRAWS;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / DRAWS;
  return { mean, deviation: Math.sqrt(variance) };
}
const isNear = (value: number, expected: number, within: number) =>
  assert.ok(Math.abs(value - expected) < within, `${value} is not near ${expected}`);

describe("noise", () => {
  test("drawBetween() is even", () =>
    isNear(draws((random) => drawBetween(random, 2, 4)).mean, 3, 0.02));
  test("drawNormal() is the standard normal distribution", () => {
    const { mean, deviation } = draws(drawNormal);
    isNear(mean, 0, 0.03);
    isNear(deviation, 1, 0.03);
  });
  test("drawFactor() has its spread as a logarithm", () =>
    isNear(draws((random) => Math.log(drawFactor(random, 0.2))).deviation, 0.2, 0.01));
  for (const mean of [0.5, 12, 90]) {
    test(`drawCount() around ${mean} is as restless as counts are`, () => {
      const drawn = draws((random) => drawCount(random, mean));
      isNear(drawn.mean, mean, mean * 0.03);
      isNear(drawn.deviation, Math.sqrt(mean), Math.sqrt(mean) * 0.05);
    });
  }
  test("wander() keeps its spread, and moves little from step to step", () => {
    const step = wander(seededRandom("wander"), 0.1, 50);
    const path = Array.from({ length: DRAWS }, () => Math.log(step()));
    isNear(Math.sqrt(path.reduce((sum, each) => sum + each ** 2, 0) / DRAWS), 0.1, 0.02);
    const steps = path.slice(1).map((each, index) => (each - (path[index] ?? 0)) ** 2);
    assert.ok(Math.sqrt(steps.reduce((sum, each) => sum + each, 0) / DRAWS) < 0.03);
  });
});
