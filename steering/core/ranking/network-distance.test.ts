import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  distanceBetween,
  NO_DISTANCES,
  noteRoundTrip,
  type RoundTrips,
  regionDistances,
  withDistance,
} from "./network-distance.ts";

const POLICY = { farthestMs: 200, minSamples: 3, maxPairs: 2 };
const NO_TRIPS: RoundTrips = new Map();
const EAST_WEST = { from: "east", to: "west" };

/** The same round trip so many times. */
function trips(count: number, ms: number, pair = EAST_WEST, before = NO_TRIPS): RoundTrips {
  return Array.from({ length: count }).reduce<RoundTrips>(
    (known) => noteRoundTrip(known, { pair, ms }, POLICY),
    before,
  );
}
const measured = (count: number, ms: number) =>
  distanceBetween(regionDistances([], trips(count, ms), POLICY), EAST_WEST);

describe("distanceBetween()", () => {
  test("is nothing within a region and everything between strangers", () => {
    assert.equal(distanceBetween(NO_DISTANCES, { from: "east", to: "east" }), 0);
    assert.equal(distanceBetween(NO_DISTANCES, EAST_WEST), 1);
  });
  test("is as configured, in both directions unless both are given", () => {
    const one = regionDistances([{ ...EAST_WEST, distance: 0.3 }], NO_TRIPS, POLICY);
    assert.equal(distanceBetween(one, EAST_WEST), 0.3);
    assert.equal(distanceBetween(one, { from: "west", to: "east" }), 0.3);
    const both = [
      { ...EAST_WEST, distance: 0.3 },
      { from: "west", to: "east", distance: 0.5 },
    ];
    for (const configured of [both, both.toReversed()]) {
      const distances = regionDistances(configured, NO_TRIPS, POLICY);
      assert.equal(distanceBetween(distances, EAST_WEST), 0.3);
      assert.equal(distanceBetween(distances, { from: "west", to: "east" }), 0.5);
    }
  });
  test("is as measured once there are enough samples", () => {
    assert.equal(measured(2, 50), 1);
    assert.equal(measured(3, 50), 0.25);
    assert.equal(measured(3, 900), 1);
  });
  test("is as configured where it was measured as well", () => {
    const configured = [{ ...EAST_WEST, distance: 0.8 }];
    const distances = regionDistances(configured, trips(9, 10), POLICY);
    assert.equal(distanceBetween(distances, EAST_WEST), 0.8);
  });
  test("lies between 0 and 1, whatever is configured", () =>
    fc.assert(
      fc.property(fc.double(), (distance) => {
        const distances = regionDistances([{ ...EAST_WEST, distance }], NO_TRIPS, POLICY);
        const found = distanceBetween(distances, EAST_WEST);
        assert.ok(found >= 0 && found <= 1);
      }),
    ));
});

describe("regionDistances()", () => {
  test("knows where its distances begin", () =>
    assert.deepEqual(
      regionDistances([{ ...EAST_WEST, distance: 0.3 }], NO_TRIPS, POLICY).names,
      new Set(["east", "west"]),
    ));
});

describe("noteRoundTrip()", () => {
  test("one slow answer moves little", () => {
    const slow = trips(1, 200, EAST_WEST, trips(20, 20));
    const distance = distanceBetween(regionDistances([], slow, POLICY), EAST_WEST);
    assert.ok(distance > 0.1 && distance < 0.25, `${distance}`);
  });
  test("what is no time is not noted", () => {
    for (const ms of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
      assert.equal(trips(1, ms).size, 0);
    }
  });
  test("no more pairs than allowed are measured, and those that are go on", () => {
    const one = trips(1, 10, { from: "a", to: "b" });
    const two = trips(1, 10, { from: "a", to: "c" }, one);
    assert.equal(trips(1, 10, { from: "a", to: "d" }, two), two);
    assert.equal(trips(1, 10, { from: "a", to: "b" }, two).get("a b")?.ms.samples, 2);
  });
});

test("withDistance() changes one pair, in one direction", () => {
  const distances = withDistance(NO_DISTANCES, { ...EAST_WEST, distance: 0.2 });
  assert.equal(distanceBetween(distances, EAST_WEST), 0.2);
  assert.equal(distanceBetween(distances, { from: "west", to: "east" }), 1);
  assert.equal(distanceBetween(NO_DISTANCES, EAST_WEST), 1);
});
