import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Random, seededRandom } from "../../../kernel/seeded-random.ts";
import { equalNodes, NEWCOMER, nodesOf, STRICT_POLICY } from "./any-fleet.rig.ts";
import { compileFleet } from "./compile-fleet.ts";
import { type CompiledFleet, noteArrival } from "./compiled-fleet.ts";
import { outlookFrom } from "./outlook.ts";
import { rankViewer } from "./rank-viewer.ts";
import type { RankedNode } from "./ranked-node.ts";

const viewersOf = ({ membership, viewers }: CompiledFleet) =>
  Object.fromEntries(membership.ids.map((id, index) => [id, viewers[index]]));

describe("noteArrival()", () => {
  test("counts a viewer where it goes, and no longer where it was", () => {
    const fleet = compileFleet(equalNodes(2, { viewers: 5 }), STRICT_POLICY);
    noteArrival(fleet, { from: undefined, to: "node-0" });
    noteArrival(fleet, { from: "node-0", to: "node-1" });
    noteArrival(fleet, { from: "node-0", to: "node-1" });
    noteArrival(fleet, { from: "node-1", to: "node-1" });
    noteArrival(fleet, { from: "somewhere", to: "elsewhere" });
    assert.deepEqual(viewersOf(fleet), { "node-0": 4, "node-1": 7 });
  });
  test("nobody has fewer viewers than none", () => {
    const fleet = compileFleet(equalNodes(2), STRICT_POLICY);
    noteArrival(fleet, { from: "node-0", to: "node-1" });
    assert.deepEqual(viewersOf(fleet), { "node-0": 0, "node-1": 1 });
  });
  test("counts in every pool that the node belongs to, looked at before or after", () => {
    const fleet = compileFleet(nodesOf("a:east:U b:west:U c:north:D"), STRICT_POLICY);
    const seen = ["east", "west", undefined].map((region) => outlookFrom(fleet, region));
    noteArrival(fleet, { from: undefined, to: "a" });
    noteArrival(fleet, { from: undefined, to: "c" });
    const counted = seen.map(({ pools }) => pools.map(({ viewers }) => viewers));
    // By region: east, north, west. Who is down shares nothing.
    assert.deepEqual(counted, [
      [1, 0, 0],
      [1, 1, 0],
      [1, 1, 1],
    ]);
    assert.deepEqual(
      outlookFrom(fleet, "north").pools.map(({ viewers }) => viewers),
      [1, 0, 1],
    );
  });
});

describe("as viewers come one after another, wanting titles by Zipf's law", () => {
  const VIEWERS = 3_000;
  const TITLES = 200;

  for (const [what, nodes] of [
    ["equal nodes", equalNodes(20)],
    ["nodes of two sizes", sized(12, (at) => ({ weight: 1 + (at % 2) }))],
    [
      "CDNs beside appliances",
      sized(10, (at) => (at < 8 ? {} : { kind: "cdn", weight: 10, cost: 1 })),
    ],
  ] as const) {
    test(`no node has more than a quarter over its fair share (${what})`, () => {
      const { fleet } = sendCrowd(nodes, seededRandom(what));
      const weight = nodes.reduce((sum, node) => sum + node.weight, 0);
      for (const [index, viewers] of fleet.viewers.entries()) {
        const fair = (VIEWERS * (fleet.nodes[index]?.weight ?? 0)) / weight;
        assert.ok(viewers <= Math.ceil(1.25 * fair), `${viewers} where ${fair} are fair`);
      }
    });
  }
  test("a title stays on few nodes, even the one that all want to see", () => {
    const { nodesOfTitle } = sendCrowd(equalNodes(20), seededRandom("titles"));
    const top = nodesOfTitle.get(0) ?? new Map<string, number>();
    const counts = [...top.values()].sort((a, b) => b - a);
    const onOwners = counts.slice(0, 3).reduce((sum, count) => sum + count, 0);
    const all = counts.reduce((sum, count) => sum + count, 0);
    // It has a sixth of all viewers, and a node may have a sixteenth of them.
    assert.ok(onOwners > 0.6 * all, `${onOwners} of ${all}`);
    assert.ok(top.size <= 8, `${top.size} nodes`);
    const average =
      [...nodesOfTitle.values()].reduce((sum, { size }) => sum + size, 0) / nodesOfTitle.size;
    assert.ok(average < 2.5, `${average} nodes`);
  });

  function sendCrowd(nodes: readonly RankedNode[], random: Random) {
    const fleet = compileFleet(nodes, STRICT_POLICY);
    const drawTitle = zipf(TITLES, random);
    const nodesOfTitle = new Map<number, Map<string, number>>();
    for (let viewer = 0; viewer < VIEWERS; viewer += 1) {
      const title = drawTitle();
      const asks = { ...NEWCOMER, sessionId: `session-${viewer}`, title: `demo/vod/${title}` };
      const to = rankViewer(fleet, asks).places[0]?.id ?? assert.fail("no place");
      noteArrival(fleet, { from: undefined, to });
      const counts = nodesOfTitle.get(title) ?? new Map<string, number>();
      nodesOfTitle.set(title, counts.set(to, (counts.get(to) ?? 0) + 1));
    }
    return { fleet, nodesOfTitle };
  }
});

function sized(count: number, factsOf: (at: number) => Partial<RankedNode>): RankedNode[] {
  return equalNodes(count).map((node, at) => ({ ...node, ...factsOf(at) }));
}

/** Draws the n-th of `count` with a chance of 1/n. */
function zipf(count: number, random: Random): () => number {
  const total = Array.from({ length: count }, (_, at) => 1 / (at + 1)).reduce((a, b) => a + b);
  return () => {
    let rest = random() * total;
    let at = 0;
    while (at < count - 1) {
      rest -= 1 / (at + 1);
      if (rest < 0) break;
      at += 1;
    }
    return at;
  };
}
