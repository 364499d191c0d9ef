import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nodesOf, STRICT_POLICY } from "./any-fleet.rig.ts";
import { compileFleet } from "./compile-fleet.ts";
import { regionDistances } from "./network-distance.ts";
import { orderOf, outlookFrom, regionsIn } from "./outlook.ts";

const DISTANCES = regionDistances(
  [
    { from: "east", to: "north", distance: 0.3 },
    { from: "abroad", to: "west", distance: 0.5 },
  ],
  new Map(),
  { farthestMs: 100, minSamples: 1, maxPairs: 1 },
);
const fleetOf = (marks: string) =>
  compileFleet(nodesOf(marks), STRICT_POLICY, { distances: DISTANCES });
/** Regions are numbered by name: east 0, north 1, west 2. */
const FLEET = fleetOf("a:east:U b:north:U c:west:U d:west:U");

describe("outlookFrom()", () => {
  test("sees its own region nearest, and others as far as they are", () =>
    assert.deepEqual([...outlookFrom(FLEET, "east").points], [0, -12, -40]));
  test("whoever is nowhere that we know is as near to one as to another", () => {
    const nowhere = outlookFrom(FLEET, undefined);
    assert.deepEqual([...nowhere.points], [0, 0, 0]);
    assert.equal(outlookFrom(FLEET, "atlantis"), nowhere);
  });
  test("a region without nodes is known by its distances", () =>
    assert.deepEqual([...outlookFrom(FLEET, "abroad").points], [-40, -40, -20]));
  test("is worked out once, however many names are made up", () => {
    assert.equal(outlookFrom(FLEET, "east"), outlookFrom(FLEET, "east"));
    for (let at = 0; at < 100; at += 1) outlookFrom(FLEET, `made-up-${at}`);
    assert.ok(FLEET.outlooks.size <= 6);
  });
  test("regions that are equally far share their viewers", () => {
    const { pools } = outlookFrom(FLEET, "abroad");
    assert.equal(pools[0], pools[1]);
    assert.notEqual(pools[0], pools[2]);
    assert.deepEqual(pools[0]?.regions, [0, 1]);
  });
  test("titles are kept by the nearest nodes that are fit", () => {
    const ownersSeen = (marks: string) =>
      new Set(outlookFrom(fleetOf(marks), "east").ring?.owners ?? []);
    assert.deepEqual(ownersSeen("a:east:U b:north:U c:west:U"), new Set([0]));
    assert.deepEqual(ownersSeen("a:east:U! b:north:U c:west:U"), new Set([1]));
    assert.deepEqual(ownersSeen("a:east:D b:north:R c:west:U"), new Set([2]));
    assert.deepEqual(ownersSeen("a:east:D b:north:R c:west:U?"), new Set());
  });
  test("by those on a ramp only where nobody else is", () => {
    const [a, b] = nodesOf("a:east:U b:north:U");
    assert.ok(a !== undefined && b !== undefined);
    const ramped = { ...a, admittedShare: 0.5 };
    const seen = (nodes: readonly (typeof a)[]) =>
      new Set(outlookFrom(compileFleet(nodes, STRICT_POLICY), "east").ring?.owners ?? []);
    assert.deepEqual(seen([ramped, b]), new Set([1]));
    assert.deepEqual(seen([ramped, { ...b, state: "down" }]), new Set([0]));
  });
});

test("orderOf() has the best of a region first, once for all viewers", () => {
  const fleet = fleetOf("a:east:D b:east:U c:east:U? d:east:R e:west:U");
  assert.deepEqual([...orderOf(fleet, 0).items], [1, 3, 2, 0]);
  assert.equal(orderOf(fleet, 0), orderOf(fleet, 0));
});

test("regionsIn() has first the region whose best node is best, distance included", () => {
  const regions = (marks: string) => {
    const fleet = fleetOf(marks);
    return [...regionsIn(fleet, outlookFrom(fleet, "east")).items];
  };
  assert.deepEqual(regions("a:west:U b:north:U c:east:U"), [0, 1, 2]);
  assert.deepEqual(regions("a:west:U b:north:U c:east:U?"), [1, 2, 0]);
  assert.deepEqual(regions("a:west:U b:north:U! c:east:D d:east:R"), [2, 1, 0]);
});
