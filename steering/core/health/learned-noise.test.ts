import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { learnNoise, NO_NOISE } from "./learned-noise.ts";

const noiseAfter = (...errors: number[]) =>
  errors.reduce((noise, error) => learnNoise(noise, error, 0.1), NO_NOISE);

describe("learnNoise()", () => {
  test("is the mean of the first errors, whatever their sign", () => {
    assert.equal(noiseAfter(2).mean, 2);
    assert.equal(noiseAfter(2, -4).mean, 3);
  });
  test("an incident hardly teaches that it is normal", () => {
    const calm = Array<number>(20).fill(1);
    assert.ok(noiseAfter(...calm, 1_000).mean <= 1.2 + 1e-9);
  });
  test("noise that lasts is learned", () => {
    const calm = Array<number>(20).fill(1);
    const loud = Array<number>(40).fill(5);
    assert.ok(noiseAfter(...calm, ...loud).mean > 4.5);
  });
  test("a signal without any noise may become noisy", () => {
    const loud = Array<number>(400).fill(5);
    assert.ok(noiseAfter(0, 0, 0, 0, 0, 0, ...loud).mean > 1);
  });
  test("what is no number teaches nothing", () =>
    assert.deepEqual(noiseAfter(1, Number.NaN, Number.POSITIVE_INFINITY), noiseAfter(1)));
});
