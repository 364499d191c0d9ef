import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { anyFleet, equalNodes, nodesOf, STRICT_POLICY } from "./any-fleet.rig.ts";
import { BANDS } from "./band.ts";
import { compileFleet } from "./compile-fleet.ts";
import { regionDistances } from "./network-distance.ts";
import type { RankedNode } from "./ranked-node.ts";

const bandsOf = (nodes: readonly RankedNode[]) =>
  Array.from(compileFleet(nodes, STRICT_POLICY).bands, (band) => BANDS[band]);

describe("compileFleet()", () => {
  test("judges each node by itself, whatever the order", () => {
    const nodes = nodesOf("a:east:U b:east:U! c:west:R d:west:U? e:west:G");
    for (const known of [nodes, nodes.toReversed()]) {
      assert.deepEqual(bandsOf(known), ["fit", "full", "trial", "sick", "gone"]);
    }
  });
  test("in fail-open who is gone counts as down", () => {
    assert.equal(compileFleet(nodesOf("a:east:D b:east:G"), STRICT_POLICY).failOpen, true);
    assert.deepEqual(bandsOf(nodesOf("a:east:D b:east:G")), ["down", "down"]);
  });
  test("sums up what is the same for all: health, load, cost and preference", () => {
    const [node] = equalNodes(1, { grade: 0.8, load: 0.7, cost: 1, override: "prefer" });
    const [dear] = equalNodes(1, { id: "z", cost: 2 });
    const nodes = [node, dear].flatMap((each) => each ?? []);
    assert.deepEqual([...compileFleet(nodes, STRICT_POLICY).scores], [80 - 8 - 5 + 50, 100 - 10]);
  });
  test("who cannot take viewers takes no part in the pool of its region", () => {
    const nodes = nodesOf("a:east:U b:east:U! c:east:D d:west:R").map((node) => ({
      ...node,
      viewers: 10,
    }));
    assert.deepEqual(compileFleet(nodes, STRICT_POLICY).totals, [
      { weight: 2, open: 1, partlyOpen: 0, viewers: 20 },
      { weight: 0, open: 0, partlyOpen: 0, viewers: 0 },
    ]);
  });
  test("who is on a ramp counts as far as it admits viewers", () => {
    const nodes = equalNodes(3).map((node, at) => ({ ...node, admittedShare: at / 2 }));
    assert.deepEqual(compileFleet(nodes, STRICT_POLICY).totals, [
      { weight: 1.5, open: 1, partlyOpen: 1, viewers: 0 },
    ]);
  });
  test("trust admits everybody, and what is no share is none or all", () => {
    const shares = [-1, 0.3, 7, Number.NaN].map(
      (admittedShare) =>
        compileFleet(equalNodes(1, { admittedShare }), STRICT_POLICY).admittedShares[0],
    );
    assert.deepEqual(shares, [0, 0.3, 1, 0]);
    const [trusted] = equalNodes(1, { admittedShare: 0, override: "trust" });
    assert.ok(trusted !== undefined);
    assert.equal(compileFleet([trusted], STRICT_POLICY).admittedShares[0], 1);
  });
  test("places nobody anew while nobody joins, leaves or moves", () => {
    const previous = compileFleet(nodesOf("a:east:U b:west:U"), STRICT_POLICY);
    const after = compileFleet(nodesOf("b:west:D a:east:U!"), STRICT_POLICY, { previous });
    assert.equal(after.membership, previous.membership);
  });
  test("is the same with a previous fleet as without one", () =>
    fc.assert(
      fc.property(anyFleet(12), anyFleet(12), (before, after) => {
        const previous = compileFleet(before, STRICT_POLICY);
        assert.deepEqual(
          compileFleet(after, STRICT_POLICY, { previous }),
          compileFleet(after, STRICT_POLICY),
        );
      }),
    ));
  test("takes the distances that it is given", () => {
    const policy = { farthestMs: 100, minSamples: 1, maxPairs: 1 };
    const pair = { from: "east", to: "west", distance: 0.5 };
    const distances = regionDistances([pair], new Map(), policy);
    assert.equal(compileFleet(equalNodes(1), STRICT_POLICY, { distances }).distances, distances);
  });
});
