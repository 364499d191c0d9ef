import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  anyFleet,
  anyViewer,
  EXAMPLE_POLICY,
  equalNodes,
  NEWCOMER,
  nodesOf,
  STRICT_POLICY,
} from "./any-fleet.rig.ts";
import { BANDS } from "./band.ts";
import { compileFleet } from "./compile-fleet.ts";
import { noteArrival } from "./compiled-fleet.ts";
import { rankViewer } from "./rank-viewer.ts";
import type { RankedNode, Viewer } from "./ranked-node.ts";
import {
  admissionTurn,
  bandFor,
  joinBound,
  leavingShare,
  plainScoreFor,
  scoreFor,
  standpointOf,
} from "./standpoint.ts";

function standpoint(nodes: readonly RankedNode[], viewer: Partial<Viewer> = {}) {
  return standpointOf(compileFleet(nodes, STRICT_POLICY), { ...NEWCOMER, ...viewer });
}
function bands(nodes: readonly RankedNode[], viewer: Partial<Viewer> = {}): string[] {
  const from = standpoint(nodes, viewer);
  return nodes.map((_, at) => BANDS[bandFor(from, at)] ?? "");
}
/** The share of many sessions for which something holds. */
function shareOf(holds: (sessionId: string) => boolean): number {
  const sessions = Array.from({ length: 2_000 }, (_, at) => `session-${at}`);
  return sessions.filter(holds).length / sessions.length;
}
function assertNear(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 0.04, `${actual}, and not ${expected}`);
}
/** As many viewers on each node as said. */
function holding(...viewers: number[]): RankedNode[] {
  return equalNodes(viewers.length).map((node, at) => ({ ...node, viewers: viewers[at] ?? 0 }));
}

describe("standpointOf()", () => {
  test("knows the viewer's node and its playlist by their numbers", () => {
    const viewer = { current: "b", kept: ["c", "lost", "a", "c"] };
    const { current, kept } = standpoint(nodesOf("a:east:U b:east:U c:west:U"), viewer);
    assert.equal(current, 1);
    assert.deepEqual(kept, [2, -1, 0, 2]);
    assert.equal(standpoint(nodesOf("a:east:U"), { current: "lost" }).current, -1);
  });
  test("looks at no more of a playlist than it must", () =>
    assert.equal(
      standpoint(nodesOf("a:east:U"), { kept: new Array<string>(999).fill("a") }).kept.length,
      STRICT_POLICY.maxKept,
    ));
  test("has as owners only nodes that are fit for this viewer", () =>
    fc.assert(
      fc.property(anyFleet(20), anyViewer(), (nodes, viewer) => {
        const from = standpoint(nodes, viewer);
        assert.ok(from.owners.length <= STRICT_POLICY.owners);
        assert.equal(new Set(from.owners).size, from.owners.length);
        for (const owner of from.owners) assert.equal(bandFor(from, owner), 0);
      }),
    ));
  test("everybody who watches a title has the same owners", () => {
    const nodes = equalNodes(20);
    const { owners } = standpoint(nodes);
    for (let at = 0; at < 20; at += 1) {
      assert.deepEqual(standpoint(nodes, { sessionId: `session-${at}` }).owners, owners);
    }
  });
});

describe("a node that has its fill of viewers", () => {
  test("is full for whoever is new, and one viewer below its bound it is not", () => {
    // 33 viewers and the newcomer: a bound of ceil(1.2 × 34 / 3) = 14.
    assert.equal(joinBound(standpoint(holding(10, 9, 14)), 2), 14);
    assert.deepEqual(bands(holding(10, 9, 14)), ["fit", "fit", "full"]);
    assert.deepEqual(bands(holding(10, 10, 13)), ["fit", "fit", "fit"]);
  });
  test("keeps those that it has, until they are a quarter too many", () => {
    const on = (viewers: number) => leavingShare(standpoint(holding(10, 10, viewers)), 2);
    assert.deepEqual([0, 14, 15].map(on), [0, 0, 0]);
    assert.ok(on(16) > 0);
    assert.ok(on(40) > 0.3);
  });
  test("loses as many as are too many", () => {
    const nodes = holding(100, 100, 200);
    const bound = joinBound(standpoint(nodes), 2);
    const leave = (sessionId: string) =>
      bands(nodes, { sessionId, current: "node-2" })[2] === "full";
    assertNear(shareOf(leave), 1 - bound / 200);
  });
  test("the same ones leave when asked again", () => {
    const nodes = holding(100, 100, 200);
    const seen = () =>
      shareOf((id) => bands(nodes, { sessionId: id, current: "node-2" })[2] === "full");
    assert.equal(seen(), seen());
  });
  test("once some have left it is the turn of others: nobody is spared for ever", () => {
    const leaves = (nodes: readonly RankedNode[]) => (sessionId: string) =>
      bands(nodes, { sessionId, current: "node-2" })[2] === "full";
    const leftFirst = leaves(holding(100, 100, 200));
    const leavesLater = leaves(holding(50, 50, 150));
    const spared = shareOf((id) => !leftFirst(id));
    assert.ok(shareOf((id) => !leftFirst(id) && leavesLater(id)) > 0.3 * spared);
  });
  test("so few viewers are no load, whatever the others have", () => {
    const fleet = compileFleet(holding(0, 0, 7), EXAMPLE_POLICY);
    assert.equal(bandFor(standpointOf(fleet, NEWCOMER), 2), 0);
  });
  test("with twice the weight it may have twice the viewers", () => {
    const nodes = holding(10, 10, 24).map((node, at) => (at === 2 ? { ...node, weight: 2 } : node));
    assert.deepEqual(bands(nodes), ["fit", "fit", "fit"]);
  });
});

describe("an overloaded node", () => {
  const overloaded = (facts: Partial<RankedNode>) => [
    ...equalNodes(1, { id: "a", ...facts }),
    ...equalNodes(1, { id: "b" }),
  ];
  test("is full for whoever is new", () => {
    assert.equal(bands(overloaded({ load: 0.95 }))[0], "full");
    assert.equal(bands(overloaded({ isShedding: true }))[0], "full");
  });
  test("loses only the excess of those that are on it, not all at once", () => {
    const nodes = overloaded({ load: 1 });
    assertNear(
      shareOf((id) => bands(nodes, { sessionId: id, current: "a" })[0] === "full"),
      0.1,
    );
    const shedding = overloaded({ isShedding: true });
    assertNear(
      shareOf((id) => bands(shedding, { sessionId: id, current: "a" })[0] === "full"),
      STRICT_POLICY.sheddingShare,
    );
  });
});

describe("a node on a ramp", () => {
  const ramped = (admittedShare: number) => [
    ...equalNodes(1, { id: "a", admittedShare }),
    ...equalNodes(1, { id: "b" }),
  ];
  test("admits the share of sessions that it should", () => {
    for (const share of [0, 0.2, 0.7, 1]) {
      assertNear(
        shareOf((id) => bands(ramped(share), { sessionId: id })[0] === "fit"),
        share,
      );
    }
  });
  test("whoever was admitted stays admitted as the share grows", () =>
    fc.assert(
      fc.property(
        fc.string(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (sessionId, a, b) => {
          const isFit = (share: number) => bands(ramped(share), { sessionId })[0] === "fit";
          assert.ok(!isFit(Math.min(a, b)) || isFit(Math.max(a, b)));
        },
      ),
    ));
  test("sessions have their turns evenly", () => {
    const nodes = ramped(0.5);
    assertNear(
      shareOf((sessionId) => admissionTurn(standpoint(nodes, { sessionId }), 0) < 0.3),
      0.3,
    );
  });
});

describe("a node whose grade wavers about the line", () => {
  const [well] = equalNodes(1, { id: "b" });
  const wavering = (grade: number) =>
    [...equalNodes(1, { id: "a", grade }), well].flatMap((node) => node ?? []);
  test("is sick for others before it is for those on it", () => {
    assert.equal(bands(wavering(0.48))[0], "sick");
    assert.equal(bands(wavering(0.48), { current: "a" })[0], "fit");
    assert.equal(bands(wavering(0.45), { current: "a" })[0], "sick");
  });
});

test("load decides where newcomers go, and drives nobody away", () => {
  const nodes = equalNodes(2).map((node, at) => ({ ...node, load: at === 0 ? 0.89 : 0 }));
  const scores = (current: string | undefined) => {
    const from = standpoint(nodes, { current });
    const affinity = [0, 1].map((node) => [12, 8][from.owners.indexOf(node)] ?? 0);
    return [0, 1].map((node) => scoreFor(from, node) - (affinity[node] ?? 0));
  };
  assert.deepEqual(scores(undefined), [84, 100]);
  assert.deepEqual(scores("node-0"), [115, 100]);
});

test("complaints of players keep newcomers away, and drive nobody out", () => {
  const nodes = equalNodes(2).map((node, at) =>
    at === 0 ? { ...node, grade: 0.7, complaint: 0.3 } : node,
  );
  const firstFor = (viewer: Partial<Viewer>) =>
    rankViewer(compileFleet(nodes, EXAMPLE_POLICY), { ...NEWCOMER, ...viewer }).places[0]?.id;
  const kept = ["node-0", "node-1"];
  assert.equal(firstFor({}), "node-1");
  assert.equal(firstFor({ kept, current: "node-1" }), "node-1", "nor back to where it began");
  assert.equal(firstFor({ kept, current: "node-0" }), "node-0");
});

test("a score is that of a stranger and what the node is to the viewer", () => {
  const from = standpoint(equalNodes(3), { current: "node-1", kept: ["node-0", "node-1"] });
  const gains = [0, 1, 2].map((node) => scoreFor(from, node) - plainScoreFor(from, node));
  const affinity = [0, 1, 2].map((node) => [12, 8, 4][from.owners.indexOf(node)] ?? 0);
  assert.deepEqual(gains, [34 + (affinity[0] ?? 0), 20 + (affinity[1] ?? 0), affinity[2]]);
});

describe("as viewers ask again and again", () => {
  /** All sessions ask in each round, and the fleet is counted anew after it. */
  function play(sessions: Session[], nodes: readonly RankedNode[], rounds: number): number[] {
    return Array.from({ length: rounds }, () => {
      const counted = nodes.map((node) => ({
        ...node,
        viewers: sessions.filter(({ on }) => on === node.id).length,
      }));
      const fleet = compileFleet(counted, EXAMPLE_POLICY);
      return sessions.filter((session, at) => {
        const viewer = {
          ...NEWCOMER,
          sessionId: `session-${at}`,
          title: `demo/vod/${at % 40}`,
          current: session.on,
          kept: [session.began],
        };
        const from = session.on;
        session.on = rankViewer(fleet, viewer).places[0]?.id ?? assert.fail("no place");
        noteArrival(fleet, { from, to: session.on });
        if (from !== session.on) session.moves += 1;
        return from !== session.on;
      }).length;
    });
  }
  type Session = { readonly began: string; on: string; moves: number };
  const sessionsOnTwo = (): Session[] =>
    Array.from({ length: 300 }, (_, at) => {
      const began = `node-${at % 2}`;
      return { began, on: began, moves: 0 };
    });
  const viewersOf = (sessions: readonly Session[], id: string) =>
    sessions.filter(({ on }) => on === id).length;

  test("a node that joins relieves the others, who then have no more than they may", () => {
    const sessions = sessionsOnTwo();
    const moves = play(sessions, equalNodes(3), 8);
    for (const id of ["node-0", "node-1"]) assert.ok(viewersOf(sessions, id) <= 125);
    assert.deepEqual(moves.slice(-4), [0, 0, 0, 0]);
    assert.ok(Math.max(...sessions.map((session) => session.moves)) === 1);
  });
  test("a node that goes sends its own viewers away, and nobody else moves but for the bounds", () => {
    const sessions = sessionsOnTwo();
    play(sessions, equalNodes(3), 8);
    const before = sessions.map(({ on }) => on);
    const left = equalNodes(3).map((node) =>
      node.id === "node-2" ? { ...node, state: "down" as const } : node,
    );
    const [moved] = play(sessions, left, 1);
    assert.equal(moved, before.filter((on) => on === "node-2").length);
  });
  test("a node on a ramp is given its share by and by", () => {
    const sessions = sessionsOnTwo();
    const counts = [0, 0.1, 0.3, 0.6, 1].map((admittedShare) => {
      const nodes = equalNodes(3).map((node) =>
        node.id === "node-2" ? { ...node, admittedShare } : node,
      );
      play(sessions, nodes, 3);
      return viewersOf(sessions, "node-2");
    });
    assert.equal(counts[0], 0);
    assert.deepEqual(
      counts,
      counts.toSorted((a, b) => a - b),
    );
    assert.ok((counts[2] ?? 0) <= 300 * 0.3);
    assert.ok((counts.at(-1) ?? 0) >= 50, counts.join(" "));
  });
});
