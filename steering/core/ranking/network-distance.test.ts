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
/** Regions whose names are longer are made up. */
const isKnown = (region: string) => region.length <= 5;
const NO_TRIPS: RoundTrips = new Map();
const EAST_WEST = { from: "east", to: "west" };

/** The same round trip so many times. */
function trips(count: number, ms: number, pair = EAST_WEST, before = NO_TRIPS): RoundTrips {
  return Array.from({ length: count }).reduce<RoundTrips>(
    (known) => noteRoundTrip(known, { pair, ms }, POLICY, isKnown),
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
  const distanceOf = (known: RoundTrips, pair = EAST_WEST) =>
    distanceBetween(regionDistances([], known, POLICY), pair);
  test("one odd answer moves little, however odd it is", () => {
    const many = trips(100, 20);
    assert.equal(distanceOf(many), 0.1);
    const moved = distanceOf(trips(1, 600_000, EAST_WEST, many));
    assert.ok(moved > 0.1 && moved <= 0.12, `${moved}`);
  });
  test("a first one that was odd is soon made up for", () => {
    const distance = distanceOf(trips(20, 20, EAST_WEST, trips(1, 600_000)));
    assert.ok(distance < 0.12, `${distance}`);
  });
  test("a third of all, however far from the others, has next to no say", () => {
    let known = NO_TRIPS;
    for (let round = 0; round < 200; round += 1) {
      known = trips(2, 40, EAST_WEST, trips(1, 600_000, EAST_WEST, known));
    }
    const distance = distanceOf(known);
    assert.ok(distance >= 0.2 && distance < 0.22, `${distance}`);
  });
  test("a way that has become longer is so for good", () => {
    const longer = trips(200, 120, EAST_WEST, trips(500, 40));
    assert.equal(distanceOf(longer), 0.6);
  });
  test("what is no time is not noted", () => {
    for (const ms of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
      assert.equal(trips(1, ms).size, 0);
    }
  });
  describe("of no more pairs than allowed keeps", () => {
    /** One sample of each, in this order: `east>west`. */
    const kept = (pairs: string) => {
      const known = pairs.split(" ").reduce((before, mark) => {
        const [from = "", to = ""] = mark.split(">");
        return trips(1, 10, { from, to }, before);
      }, NO_TRIPS);
      return Array.from(known.values(), ({ pair }) => `${pair.from}>${pair.to}`).join(" ");
    };
    for (const [what, pairs, expected] of [
      ["those that were heard of last", "a>b a>c a>d", "a>c a>d"],
      ["one that goes on", "a>b a>c a>b a>d", "a>b a>d"],
      ["a region that is known before made-up ones", "a>b madeup-1>b madeup-2>b", "a>b madeup-2>b"],
      ["nothing made up beside as many that are known", "a>b a>c madeup-1>b", "a>b a>c"],
      [
        "one that is known though made-up ones were first",
        "madeup-1>b madeup-2>b a>b",
        "madeup-2>b a>b",
      ],
    ] as const) {
      test(what, () => assert.equal(kept(pairs), expected));
    }
    test("the samples of one that goes on", () => {
      const known = trips(2, 10, { from: "a", to: "b" });
      assert.equal(known.get("a b")?.ms.samples, 2);
    });
  });
});

test("withDistance() changes one pair, in one direction", () => {
  const distances = withDistance(NO_DISTANCES, { ...EAST_WEST, distance: 0.2 });
  assert.equal(distanceBetween(distances, EAST_WEST), 0.2);
  assert.equal(distanceBetween(distances, { from: "west", to: "east" }), 1);
  assert.equal(distanceBetween(NO_DISTANCES, EAST_WEST), 1);
});
