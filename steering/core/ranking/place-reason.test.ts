import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalNodes, NEWCOMER, STRICT_POLICY } from "./any-fleet.rig.ts";
import { compileFleet } from "./compile-fleet.ts";
import { regionDistances } from "./network-distance.ts";
import { bandReason } from "./place-reason.ts";
import type { RankedNode, Viewer } from "./ranked-node.ts";
import { RankedPlace } from "./ranked-place.ts";
import { standpointOf } from "./standpoint.ts";

const DISTANCES = regionDistances([{ from: "east", to: "north", distance: 0.3 }], new Map(), {
  farthestMs: 100,
  minSamples: 1,
  maxPairs: 1,
});

/** Of one node beside another that is on trial elsewhere. */
function reason(facts: Partial<RankedNode>, viewer: Partial<Viewer> = {}): string {
  const [node] = equalNodes(1, { id: "a", ...facts });
  const [other] = equalNodes(1, { id: "b", region: "west", state: "recovering" });
  const nodes = [node, other].flatMap((each) => each ?? []);
  const fleet = compileFleet(nodes, STRICT_POLICY, { distances: DISTANCES });
  return new RankedPlace(standpointOf(fleet, { ...NEWCOMER, ...viewer }), 0).reason;
}

describe("a place's reason", () => {
  const CASES: readonly (readonly [
    reason: string,
    facts: Partial<RankedNode>,
    viewer?: Partial<Viewer>,
  ])[] = [
    ["up, own region, owner 1 of the title", {}],
    ["up, other region, owner 1 of the title", { region: "south" }],
    ["up, region at distance 0.3, owner 1 of the title", { region: "north" }],
    ["up, region any, owner 1 of the title", {}, { region: undefined }],
    ["up, own region, owner 1 of the title, where it is", {}, { current: "a" }],
    ["up, own region, owner 1 of the title, where it began", {}, { kept: ["a", "b"] }],
    ["up, own region, owner 1 of the title, kept", {}, { kept: ["b", "a"] }],
    ["up, own region, preferred by override, owner 1 of the title", { override: "prefer" }],
    ["trusted by override, own region, owner 1 of the title", { override: "trust", grade: 0 }],
    ["full: it sheds load, own region", { isShedding: true }],
    ["full: load 0.97, own region", { load: 0.9701 }],
    ["on trial, own region", { state: "recovering" }],
    ["on its ramp: 0 % admitted, own region", { admittedShare: 0 }],
    ["sick: first byte late, own region", { grade: 0.2, gradeReason: "first byte late" }],
    ["draining, own region", { state: "draining" }],
    ["drained by override, own region", { override: "drain" }],
    ["down, own region", { state: "down" }],
    ["excluded by override, own region", { override: "exclude" }],
    ["gone, own region", { state: "gone" }],
  ];
  for (const [expected, facts, viewer] of CASES) {
    test(expected, () => assert.equal(reason(facts, viewer), expected));
  }
  test("names the viewers of a full node, and how many it may have", () => {
    const nodes = equalNodes(3).map((node, at) => ({ ...node, viewers: [10, 9, 14][at] ?? 0 }));
    const fleet = compileFleet(nodes, STRICT_POLICY);
    const joins = new RankedPlace(standpointOf(fleet, NEWCOMER), 2);
    assert.match(joins.reason, /^full: 14 viewers of at most 14, own region$/);
    const stands = standpointOf(fleet, { ...NEWCOMER, current: "node-2" });
    assert.equal(bandReason(stands, 2, 1), "full: 14 viewers of at most 14");
  });
  test("says of one that is sick and spared what it has", () => {
    const facts = { grade: 0.4, gradeReason: "timeout", isOurWordAlone: true };
    const fleet = compileFleet(equalNodes(2, facts), STRICT_POLICY);
    const place = new RankedPlace(standpointOf(fleet, NEWCOMER), 0);
    assert.match(place.reason, /^sick as too many are: timeout, own region/);
  });
  test("says first that it is given in fail-open", () => {
    const fleet = compileFleet(equalNodes(1, { state: "gone" }), STRICT_POLICY);
    const place = new RankedPlace(standpointOf(fleet, NEWCOMER), 0);
    assert.equal(place.reason, "fail open, gone, own region");
  });
  test("no other band has a reason, and nobody else", () => {
    const standpoint = standpointOf(compileFleet(equalNodes(1), STRICT_POLICY), NEWCOMER);
    assert.throws(() => bandReason(standpoint, 0, 99), RangeError);
    assert.throws(() => bandReason(standpoint, 1, 0), RangeError);
  });
});
