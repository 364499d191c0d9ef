import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { anyFleet, anyViewer, equalNodes, NEWCOMER, STRICT_POLICY } from "./any-fleet.rig.ts";
import { compileFleet } from "./compile-fleet.ts";
import { type FlipLever, flipLevers } from "./flip-levers.ts";
import { placesFor } from "./rank-whole.ts";
import type { RankedNode, Viewer } from "./ranked-node.ts";
import { standpointOf } from "./standpoint.ts";

function levers(nodes: readonly RankedNode[], viewer: Viewer = NEWCOMER): FlipLever[] {
  const fleet = compileFleet(nodes, STRICT_POLICY);
  const [first, second] = placesFor(standpointOf(fleet, viewer)).map((place) => ({
    place,
    node: fleet.nodes[place.node] ?? assert.fail("no node"),
  }));
  return first === undefined || second === undefined ? [] : flipLevers(first, second);
}

describe("flipLevers()", () => {
  test("offer bounded values, ever farther from the present one", () =>
    fc.assert(
      fc.property(anyFleet(12, 2), anyViewer(), (nodes, viewer) => {
        for (const { values, from, component, node } of levers(nodes, viewer)) {
          assert.ok(values.length > 0 && values.length <= 4_096, component);
          const distances = values.map((value) => Math.abs(value - from));
          assert.ok(distances.every((distance) => distance > 0));
          assert.deepEqual(
            distances,
            distances.toSorted((a, b) => a - b),
          );
          assert.ok(nodes.some(({ id }) => id === node));
        }
      }),
    ));
  test("the farther the value, the more is gained", () =>
    fc.assert(
      fc.property(anyFleet(12, 2), anyViewer(), (nodes, viewer) => {
        for (const { values, gain } of levers(nodes, viewer)) {
          const gains = values.map(gain);
          assert.ok(gains.every((points, at) => at === 0 || points >= (gains[at - 1] ?? 0)));
        }
      }),
    ));
  test("values are read easily: steps from zero, and the end", () => {
    const nodes = equalNodes(2, { grade: 0.83 });
    const [grade] = levers(nodes).filter(({ component }) => component === "health");
    assert.deepEqual(grade?.values, [0.85, 0.9, 0.95, 1]);
    assert.match(grade?.words(0.85) ?? "", /^node-\d: grade from 0.83 to at least 0.85$/);
  });
  test("offer only what could matter", () => {
    const names = (nodes: readonly RankedNode[], viewer?: Viewer) =>
      new Set(levers(nodes, viewer).map(({ component }) => component));
    assert.ok(!names(equalNodes(2)).has("distance"));
    assert.ok(!names(equalNodes(2)).has("cost"));
    assert.ok(!names(equalNodes(2)).has("state"));
    assert.ok(!names(equalNodes(2, { override: "trust" })).has("health"));
    const distant = equalNodes(2).map((node, at) => ({ ...node, region: at === 0 ? "w" : "n" }));
    assert.ok(names(distant).has("distance") === false, "a viewer whose region is unknown");
    assert.ok(names([...distant, ...equalNodes(1, { id: "e", state: "gone" })]).has("distance"));
  });
});
