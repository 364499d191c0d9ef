import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Flip } from "../../contract/explanation.ts";
import {
  anyFleet,
  anyViewer,
  equalNodes,
  NEWCOMER,
  nodesOf,
  STRICT_POLICY,
} from "./any-fleet.rig.ts";
import { compileFleet } from "./compile-fleet.ts";
import { type CompiledFleet, noteArrival } from "./compiled-fleet.ts";
import { findFlips } from "./find-flips.ts";
import { regionDistances, withDistance } from "./network-distance.ts";
import { placesFor, rankWhole } from "./rank-whole.ts";
import type { RankedNode, Viewer } from "./ranked-node.ts";
import { standpointOf } from "./standpoint.ts";

const DISTANCES = regionDistances([{ from: "east", to: "north", distance: 0.3 }], new Map(), {
  farthestMs: 100,
  minSamples: 1,
  maxPairs: 1,
});
const compile = (nodes: readonly RankedNode[], distances = DISTANCES) =>
  compileFleet(nodes, STRICT_POLICY, { distances });

function flipsOf(fleet: CompiledFleet, viewer: Viewer): Flip[] {
  const [first, second] = placesFor(standpointOf(fleet, viewer));
  return first === undefined || second === undefined ? [] : findFlips(viewer, { first, second });
}
function words(nodes: readonly RankedNode[], viewer: Partial<Viewer> = {}): string[] {
  return flipsOf(compile(nodes), { ...NEWCOMER, ...viewer }).map(({ change }) => change);
}
/** The ranking's first when this change alone has come true with this value. */
function firstAfter(nodes: readonly RankedNode[], viewer: Viewer, flip: Flip, value: number) {
  const changed = (facts: Partial<RankedNode>) =>
    compile(nodes.map((node) => (node.id === flip.node ? { ...node, ...facts } : node)));
  const firstIn = (fleet: CompiledFleet, of = viewer) => rankWhole(fleet, of).places[0]?.id;
  switch (flip.component) {
    case "health":
      return firstIn(changed({ grade: value, complaint: 0 }));
    case "load":
      return firstIn(changed({ load: value }));
    case "cost":
      return firstIn(changed({ cost: value }));
    case "viewers":
      return firstIn(changed({ viewers: value }));
    case "admission":
      return firstIn(changed({ admittedShare: value }));
    case "shedding":
      return firstIn(changed({ isShedding: value === 1 }));
    case "state":
      return firstIn(changed({ state: value === 1 ? "up" : "down" }));
    case "override":
      return firstIn(changed({ override: value === 0 ? undefined : actionIn(flip.change) }));
    case "kept":
      return firstIn(compile(nodes), value === 1 ? { ...viewer, current: flip.node } : viewer);
    case "distance": {
      const to = nodes.find(({ id }) => id === flip.node)?.region ?? "";
      const from = viewer.region ?? "";
      return firstIn(compile(nodes, withDistance(DISTANCES, { from, to, distance: value })));
    }
    default:
      return assert.fail(`No component ${flip.component}`);
  }
}
function actionIn(change: string): "prefer" | "drain" {
  return change.endsWith("(prefer)") ? "prefer" : "drain";
}
/** How far values of a component are apart. */
const STEPS: Readonly<Record<string, number>> = {
  health: 0.05,
  load: 0.05,
  distance: 0.05,
  admission: 0.01,
  viewers: 1,
};

describe("findFlips()", () => {
  test("each flip puts the second first, and a step less of it does not", () =>
    fc.assert(
      fc.property(anyFleet(25, 2), anyViewer(), (nodes, viewer) => {
        const fleet = compile(nodes);
        const [first, second] = rankWhole(fleet, viewer).places.map(({ id }) => id);
        for (const flip of flipsOf(fleet, viewer)) {
          assert.equal(firstAfter(nodes, viewer, flip, flip.to), second, flip.change);
          const step = STEPS[flip.component];
          if (step === undefined) continue;
          const less = flip.to > flip.from ? flip.to - step : flip.to + step;
          const hasLess = flip.to > flip.from ? less > flip.from : less < flip.from;
          if (hasLess) assert.notEqual(firstAfter(nodes, viewer, flip, less), second, flip.change);
        }
        assert.notEqual(first, second);
      }),
      { numRuns: 200 },
    ));

  const [a, b] = nodesOf("a:east:U b:east:U");
  assert.ok(a !== undefined && b !== undefined);

  test("says how ill the first must be, and what an operator could do", () =>
    assert.deepEqual(
      words([
        { ...a, grade: 0.8 },
        { ...b, region: "west" },
      ]),
      [
        "b: an override (prefer)",
        "a: grade from 0.8 to at most 0.45",
        "a: load from 0 to at least 0.9",
        "a: sheds load",
        "a: an override (drain)",
        "b: distance from east from 1 to at most 0.2",
      ],
    ));
  const HELD_BACK: readonly (readonly [facts: Partial<RankedNode>, change: string])[] = [
    [{ state: "down" }, "b: up instead of down"],
    [{ grade: 0.4 }, "b: grade from 0.4 to at least 0.85"],
    [{ override: "drain" }, "b: its override (drain) lifted"],
    [{ isShedding: true }, "b: no load shed"],
    [{ load: 0.95 }, "b: load from 0.95 to at most 0.85"],
    [{ viewers: 9 }, "b: viewers from 9 to at most 1"],
    [{ admittedShare: 0 }, "b: admitted share from 0 to at least 0.23"],
  ];
  for (const [facts, change] of HELD_BACK) {
    test(`says what holds the second back: ${change}`, () => {
      const told = words([
        { ...a, grade: 0.8 },
        { ...b, ...facts },
      ]);
      assert.ok(told.includes(change), told.join("; "));
    });
  }
  test("says what a cheaper byte would do beside the dearest", () => {
    const dearest = { ...b, id: "c", state: "down" as const, cost: 4 };
    const told = words([{ ...a, grade: 0.9 }, { ...b, cost: 4 }, dearest]);
    assert.ok(told.includes("b: cost from 4 to at most 2"), told.join("; "));
  });
  test("counts the viewers that have come since the fleet was compiled", () => {
    const fleet = compile(equalNodes(3));
    const before = flipsOf(fleet, NEWCOMER).find(({ component }) => component === "viewers");
    const first = rankWhole(fleet, NEWCOMER).places[0]?.id ?? "";
    for (const { id } of equalNodes(3)) {
      for (let at = 0; at < 20; at += 1) noteArrival(fleet, { from: undefined, to: id });
    }
    const after = flipsOf(fleet, NEWCOMER).find(({ component }) => component === "viewers");
    assert.deepEqual([before?.node, before?.from], [first, 0]);
    assert.deepEqual([after?.node, after?.from], [first, 20]);
    assert.ok((after?.to ?? 0) > (before?.to ?? 0));
  });
  test("where no single change could do it, there is none", () => {
    const [, second] = placesFor(standpointOf(compile([a, { ...b, state: "gone" }]), NEWCOMER));
    assert.equal(second?.id, "b");
    assert.deepEqual(
      words([a, { ...b, state: "gone", grade: 0, region: "east" }]).filter((change) =>
        change.startsWith("b: "),
      ),
      [],
    );
  });
});
