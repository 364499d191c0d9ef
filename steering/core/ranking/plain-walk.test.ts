import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { anyFleet, anyViewer, NEWCOMER, nodesOf, STRICT_POLICY } from "./any-fleet.rig.ts";
import { compileFleet } from "./compile-fleet.ts";
import { nextNode, walkPlain } from "./plain-walk.ts";
import type { RankedNode, Viewer } from "./ranked-node.ts";
import { compareSpots } from "./ranked-place.ts";
import { plainScoreFor, standpointOf } from "./standpoint.ts";

function walk(nodes: readonly RankedNode[], viewer: Viewer, except = -1) {
  const standpoint = standpointOf(compileFleet(nodes, STRICT_POLICY), viewer);
  const steps = walkPlain(standpoint, except);
  const met: number[] = [];
  for (let node = nextNode(steps); node !== undefined; node = nextNode(steps)) met.push(node);
  return { standpoint, met, opened: steps.open.length };
}

describe("nextNode()", () => {
  test("meets all nodes, as if all had been sorted by band, score and spot", () =>
    fc.assert(
      fc.property(anyFleet(60), anyViewer(), (nodes, viewer) => {
        const { standpoint, met } = walk(nodes, viewer);
        const { bands } = standpoint.fleet;
        const sorted = nodes
          .map((_, node) => node)
          .sort(
            (a, b) =>
              (bands[a] ?? 0) - (bands[b] ?? 0) ||
              plainScoreFor(standpoint, b) - plainScoreFor(standpoint, a) ||
              compareSpots(standpoint, a, b),
          );
        assert.deepEqual(met, sorted);
      }),
    ));
  test("leaves out a region if told to", () =>
    fc.assert(
      fc.property(anyFleet(60), anyViewer(), fc.nat({ max: 3 }), (nodes, viewer, except) => {
        const { standpoint, met } = walk(nodes, viewer, except);
        const { regionOf } = standpoint.fleet.membership;
        const all = walk(nodes, viewer).met.filter((node) => regionOf[node] !== except);
        assert.deepEqual(met, all);
      }),
    ));
  test("opens a region only when its turn has come", () => {
    const nodes = nodesOf("a:east:U b:east:U c:west:U d:north:U e:south:D");
    const steps = walkPlain(standpointOf(compileFleet(nodes, STRICT_POLICY), NEWCOMER), -1);
    const opened = nodes.map(() => {
      nextNode(steps);
      return steps.open.length;
    });
    assert.deepEqual(opened, [1, 1, 2, 3, 4]);
  });
  test("there is nobody in an empty fleet", () => assert.deepEqual(walk([], NEWCOMER).met, []));
});
