import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { anyFleet, anyViewer, equalNodes, NEWCOMER, STRICT_POLICY } from "./any-fleet.rig.ts";
import { compileFleet } from "./compile-fleet.ts";
import { noteArrival } from "./compiled-fleet.ts";
import { rankViewer } from "./rank-viewer.ts";
import { rankWhole } from "./rank-whole.ts";
import type { RankedNode } from "./ranked-node.ts";

const idsOf = ({ places }: { places: readonly { readonly id: string }[] }) =>
  places.map(({ id }) => id);

describe("rankViewer()", () => {
  test("names its nodes in the order of the whole ranking, the first three without a gap", () =>
    fc.assert(
      fc.property(anyFleet(200), anyViewer(), (nodes, viewer) => {
        const fleet = compileFleet(nodes, STRICT_POLICY);
        const whole = idsOf(rankWhole(fleet, viewer));
        const short = idsOf(rankViewer(fleet, viewer));
        const inOrder = whole.filter((id) => short.includes(id));
        assert.deepEqual(short, inOrder);
        assert.deepEqual(short.slice(0, 3), whole.slice(0, 3));
      }),
      { numRuns: 400 },
    ));
  test("also as viewers come and fill nodes that were not full when the fleet was compiled", () =>
    fc.assert(
      fc.property(
        anyFleet(60, 13),
        fc.array(anyViewer(), { minLength: 1, maxLength: 30 }),
        (nodes, viewers) => {
          const fleet = compileFleet(nodes, STRICT_POLICY);
          for (const viewer of viewers) {
            const [first = "", second] = idsOf(rankViewer(fleet, viewer));
            assert.deepEqual([first, second], idsOf(rankWhole(fleet, viewer)).slice(0, 2));
            for (let more = 0; more < 5; more += 1) {
              noteArrival(fleet, { from: undefined, to: first });
            }
          }
        },
      ),
    ));
  test("names everybody in a small fleet", () =>
    fc.assert(
      fc.property(anyFleet(12), anyViewer(), (nodes, viewer) => {
        const fleet = compileFleet(nodes, STRICT_POLICY);
        assert.deepEqual(idsOf(rankViewer(fleet, viewer)), idsOf(rankWhole(fleet, viewer)));
      }),
    ));
  test("names all that the viewer has, however bad they are, and nobody twice", () =>
    fc.assert(
      fc.property(anyFleet(100, 13), anyViewer(), (nodes, viewer) => {
        const short = idsOf(rankViewer(compileFleet(nodes, STRICT_POLICY), viewer));
        assert.equal(new Set(short).size, short.length);
        const known = new Set(nodes.map(({ id }) => id));
        const kept = viewer.kept.slice(0, STRICT_POLICY.maxKept);
        for (const id of [viewer.current, ...kept]) {
          if (id !== undefined && known.has(id)) assert.ok(short.includes(id));
        }
      }),
    ));
  test("gives a newcomer enough to choose from, in another region too", () => {
    const nodes = equalNodes(500).map((node, at) => ({ ...node, region: `r${at % 5}` }));
    const fleet = compileFleet(nodes, STRICT_POLICY);
    const regionOf = (id: string) => nodes.find((node) => node.id === id)?.region;
    for (let at = 0; at < 50; at += 1) {
      const viewer = { ...NEWCOMER, region: "r1", title: `/vod/${at}` };
      const ids = idsOf(rankViewer(fleet, viewer));
      assert.ok(ids.length >= STRICT_POLICY.fewestPlaces);
      assert.deepEqual(ids.slice(0, 2).map(regionOf), ["r1", "r1"]);
      assert.notEqual(regionOf(ids[2] ?? ""), "r1");
    }
  });
  test("looks at few nodes of a large fleet, though most are full or closed to this viewer", () => {
    const odd: readonly Partial<RankedNode>[] = [{ admittedShare: 0.01 }, { viewers: 90 }, {}];
    const nodes = equalNodes(5_000).map((node, at) => ({ ...node, ...odd[at % 3] }));
    const fleet = compileFleet(nodes, STRICT_POLICY);
    const ids = idsOf(rankViewer(fleet, NEWCOMER));
    assert.ok(ids.length < STRICT_POLICY.maxWalkSteps);
    const whole = idsOf(rankWhole(fleet, NEWCOMER));
    assert.deepEqual(ids.slice(0, 3), whole.slice(0, 3));
  });
  test("gives up where it would have to look at too many, and names what it has met", () => {
    const policy = { ...STRICT_POLICY, maxWalkSteps: 20 };
    const closed = { region: "west", admittedShare: 1e-9 };
    const nodes = equalNodes(1_000).map((node, at) => (at < 20 ? node : { ...node, ...closed }));
    const ids = idsOf(rankViewer(compileFleet(nodes, policy), NEWCOMER));
    const near = new Set(equalNodes(20).map(({ id }) => id));
    assert.ok(ids.length >= policy.fewestPlaces);
    assert.ok(ids.every((id) => near.has(id)));
  });
  test("fails open: a fleet that looks dead is named all the same", () => {
    const fleet = compileFleet(equalNodes(50, { state: "down" }), STRICT_POLICY);
    const { failOpen, places } = rankViewer(fleet, NEWCOMER);
    assert.equal(failOpen, true);
    assert.ok(places.length >= STRICT_POLICY.fewestPlaces);
  });
});
