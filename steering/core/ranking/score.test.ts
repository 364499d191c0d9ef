import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { EXAMPLE_POLICY } from "./any-fleet.rig.ts";
import {
  affinityPoints,
  costPoints,
  distancePoints,
  healthPoints,
  keptPoints,
  loadPoints,
  overridePoints,
} from "./score.ts";

const policy = EXAMPLE_POLICY;
const health = (grade: number) => healthPoints({ grade, override: undefined }, policy);
const load = (share: number) => loadPoints({ load: share }, policy);
const distance = (share: number) => distancePoints(share, policy);

describe("the components of a score", () => {
  test("health comes in steps of a twentieth", () =>
    assert.deepEqual(
      [0, 0.024, 0.026, 0.5, 0.974, 0.976, 1].map(health),
      [0, 0, 5, 50, 95, 100, 100],
    ));
  test("an operator's trust is full health", () =>
    assert.equal(healthPoints({ grade: 0.1, override: "trust" }, policy), 100));
  test("load counts from one half on", () =>
    assert.deepEqual([0, 0.5, 0.54, 0.56, 0.75, 1, 3].map(load), [0, 0, 0, -4, -12, -20, -20]));
  test("distance comes in steps of a twentieth", () =>
    assert.deepEqual([0, 0.02, 0.03, 0.5, 1, 7].map(distance), [0, 0, -2, -20, -40, -40]));
  test("cost is measured by the dearest", () => {
    const costs = [0, 1, 2].map((cost) => costPoints({ cost }, 2, policy));
    assert.deepEqual(costs, [0, -5, -10]);
    assert.equal(costPoints({ cost: 0 }, 0, policy), 0);
  });
  test("only a preference adds points", () => {
    const points = (["prefer", "trust", "drain", "exclude", undefined] as const).map((override) =>
      overridePoints({ override }, policy),
    );
    assert.deepEqual(points, [50, 0, 0, 0, 0]);
  });
  test("who does not keep the title has no affinity", () =>
    assert.deepEqual(
      [-1, 0, 1, 2].map((place) => affinityPoints(place, policy)),
      [0, 12, 8, 4],
    ));
  test("a session's order counts a little, and the more the further to the front", () => {
    const points = [0, 1, 2, 5, 6, 9, -1].map((place) =>
      keptPoints({ isCurrent: false, place }, policy),
    );
    assert.deepEqual(points, [34, 5, 4, 1, 0, 0, 0]);
    assert.equal(keptPoints({ isCurrent: true, place: -1 }, policy), 15);
    assert.equal(keptPoints({ isCurrent: true, place: 0 }, policy), 34);
  });
  test("points are whole and bounded, whatever the figures are", () =>
    fc.assert(
      fc.property(fc.double(), (any) => {
        for (const points of [health(any), load(any), distance(any)]) {
          assert.ok(Number.isInteger(points));
          assert.ok(Math.abs(points) <= 100);
        }
      }),
    ));
  test("better is never less", () =>
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        assert.ok(health(low) <= health(high));
        assert.ok(load(low) >= load(high));
        assert.ok(distance(low) >= distance(high));
      }),
    ));
});
