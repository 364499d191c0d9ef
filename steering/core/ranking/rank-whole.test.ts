import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  anyFleet,
  anyNewcomer,
  anyViewer,
  equalNodes,
  NEWCOMER,
  nodesOf,
} from "./any-fleet.rig.ts";
import { compileFleet } from "./compile-fleet.ts";
import { firstPlaceFor, rankWhole } from "./rank-whole.ts";
import { isUsable, type RankedNode, type Viewer } from "./ranked-node.ts";
import { RANKING_POLICY } from "./ranking-policy.ts";
import { standpointOf } from "./standpoint.ts";

function rank(nodes: readonly RankedNode[], viewer: Partial<Viewer> = {}) {
  return rankWhole(compileFleet(nodes, RANKING_POLICY), { ...NEWCOMER, ...viewer });
}
function order(marks: string, viewer: Partial<Viewer> = {}): string {
  return idsOf(nodesOf(marks), viewer).join("");
}
function idsOf(nodes: readonly RankedNode[], viewer: Partial<Viewer> = {}): string[] {
  return rank(nodes, viewer).places.map(({ id }) => id);
}

describe("rankWhole()", () => {
  test("the viewer's region comes first", () => {
    assert.equal(order("a:west:U b:east:U"), "ba");
    assert.equal(order("a:west:U b:east:U", { region: "west" }), "ab");
  });
  test("health comes before the region", () =>
    assert.equal(order("a:east:D b:west:U c:east:R d:east:W e:east:G f:east:U?"), "bcfdae"));
  test("a full one comes after all that are not", () =>
    assert.equal(order("a:east:U! b:east:U c:west:U"), "bca"));
  test("the third place is in another region, though a near one is left", () =>
    assert.equal(order("a:east:U b:east:U c:east:U d:west:U").charAt(2), "d"));
  test("but not at the price of health", () =>
    assert.equal(order("a:east:U b:east:U c:east:U d:west:R").charAt(3), "d"));
  test("titles spread over the nodes of a region", () => {
    const firsts = Array.from({ length: 50 }, (_, index) =>
      order("a:east:U b:east:U c:east:U", { title: `/vod/${index}` }).charAt(0),
    );
    assert.deepEqual([...new Set(firsts)].sort(), ["a", "b", "c"]);
  });
  test("a title that lost its first node keeps the order of the others", () => {
    const all = order("a:east:U b:east:U c:east:U");
    const first = all.charAt(0);
    const without = "a:east:U b:east:U c:east:U".replace(`${first}:east:U`, `${first}:east:D`);
    assert.equal(order(without), all.slice(1) + first);
  });
  test("a running session keeps its node, however the hash would have it", () => {
    for (const current of ["a", "b", "c"]) {
      assert.equal(order("a:east:U b:east:U c:east:U", { current }).charAt(0), current);
    }
  });
  test("but not against health, region or load", () => {
    const there = { current: "a", kept: ["a", "b"] };
    assert.equal(order("a:east:D b:east:U", there), "ba");
    assert.equal(order("a:west:U b:east:U", there), "ba");
  });
  test("and it returns to where it began once that is well again", () => {
    const nodes = "a:east:U b:east:U c:east:U";
    const kept = Array.from(order(nodes));
    for (const current of kept) assert.equal(order(nodes, { current, kept }).charAt(0), kept[0]);
  });

  test("fails open, by region, when none is fit", () => {
    const { failOpen, places } = rank(nodesOf("a:west:D b:east:G c:east:D"));
    assert.equal(failOpen, true);
    assert.equal(places.at(-1)?.id, "a");
    assert.equal(places.length, 3);
    for (const { reason } of places) assert.match(reason, /^fail open, /);
  });
  test("a draining one still answers, so it comes first in fail-open", () =>
    assert.equal(order("a:west:D b:east:G c:west:W").charAt(0), "c"));
  test("an empty fleet has no places", () =>
    assert.deepEqual(rank([]), { failOpen: true, places: [] }));

  test("cheap goes before dear, but not before near", () => {
    const [near, far] = [nodesOf("a:east:U b:east:U"), nodesOf("c:west:U d:east:U!")];
    const dear = near.map((node) => ({ ...node, cost: node.id === "a" ? 5 : 0 }));
    for (const title of ["x", "y", "z"]) {
      assert.ok(idsOf([...dear, ...far], { title }).indexOf("a") < 2);
    }
    const cdns = equalNodes(5).map((node, at) => ({ ...node, cost: at === 0 ? 9 : 1 }));
    const firsts = Array.from({ length: 50 }, (_, at) => idsOf(cdns, { title: `/vod/${at}` })[0]);
    assert.ok(firsts.filter((id) => id === "node-0").length < 5);
  });
  test("a preferred one goes before its equals, and draws those who are elsewhere", () => {
    const nodes = equalNodes(4).map((node) =>
      node.id === "node-2" ? { ...node, override: "prefer" as const } : node,
    );
    for (const current of [undefined, "node-0", "node-3"]) {
      assert.equal(idsOf(nodes, { current, kept: ["node-0", "node-3"] })[0], "node-2");
    }
  });
  test("but nobody is sent to a node that is down because it is preferred", () => {
    const [down, up] = nodesOf("a:east:D b:west:U");
    assert.ok(down !== undefined && up !== undefined);
    assert.deepEqual(idsOf([{ ...down, override: "prefer" }, up]), ["b", "a"]);
  });
});

describe("for any fleet and viewer", () => {
  // The real points, without the allowance for small numbers.
  const policy = { ...RANKING_POLICY, smallestBound: 1 };
  const compiled = (nodes: readonly RankedNode[]) => compileFleet(nodes, policy);
  const placesOf = (nodes: readonly RankedNode[], viewer: Viewer) =>
    rankWhole(compiled(nodes), viewer).places.map(({ id }) => id);

  test("nobody is dropped and nobody named twice", () =>
    fc.assert(
      fc.property(anyFleet(30), anyViewer(), (nodes, viewer) =>
        assert.deepEqual(placesOf(nodes, viewer).sort(), nodes.map(({ id }) => id).sort()),
      ),
    ));
  test("no unusable one stands before a usable one", () =>
    fc.assert(
      fc.property(anyFleet(30), anyViewer(), (nodes, viewer) => {
        const usable = new Set(nodes.filter(isUsable).map(({ id }) => id));
        const marks = placesOf(nodes, viewer).map((id) => usable.has(id));
        assert.equal(marks.lastIndexOf(true) + 1, usable.size);
      }),
    ));
  test("the order in which they are known does not matter", () =>
    fc.assert(
      fc.property(anyFleet(30), anyViewer(), (nodes, viewer) =>
        assert.deepEqual(placesOf(nodes, viewer), placesOf(nodes.toReversed(), viewer)),
      ),
    ));
  test("three fit places span two regions wherever two regions are fit", () =>
    fc.assert(
      fc.property(anyFleet(9), anyNewcomer(), (nodes, viewer) => {
        const up = nodes.map(({ id, region }) => ({ ...equalNodes(1)[0], id, region }));
        const firstThree = placesOf(up as RankedNode[], viewer).slice(0, 3);
        const regions = new Set(up.map(({ region }) => region));
        const spanned = new Set(firstThree.map((id) => up.find((node) => node.id === id)?.region));
        assert.ok(spanned.size >= Math.min(2, regions.size, firstThree.length - 1));
      }),
    ));
  test("whoever has been sent somewhere is told to stay as long as nothing changes", () =>
    fc.assert(
      fc.property(anyFleet(30), anyViewer(), (nodes, viewer) => {
        const kept = placesOf(nodes, { ...viewer, current: undefined, kept: [] }).slice(0, 6);
        const [current] = kept;
        assert.equal(placesOf(nodes, { ...viewer, current, kept })[0], current);
      }),
      { numRuns: 300 },
    ));
  test("wherever a viewer is sent from, once it is there it is told to stay", () =>
    fc.assert(
      fc.property(anyFleet(30), anyViewer(), (nodes, viewer) => {
        const [current] = placesOf(nodes, viewer);
        assert.equal(placesOf(nodes, { ...viewer, current })[0], current);
      }),
      { numRuns: 300 },
    ));
  test("a change of all grades that is smaller than a step moves nobody", () =>
    fc.assert(
      fc.property(
        anyFleet(20),
        anyNewcomer(),
        fc.array(fc.double({ min: -0.0499, max: 0.0499, noNaN: true }), {
          minLength: 20,
          maxLength: 20,
        }),
        (nodes, viewer, changes) => {
          const kept = placesOf(nodes, viewer).slice(0, 6);
          const [current] = kept;
          const wavered = nodes.map((node, at) => {
            const grade = Math.min(1, Math.max(0, node.grade + (changes[at] ?? 0)));
            return { ...node, grade };
          });
          // Who is sick is left anyway; where it was fit, it is kept.
          const isFit = nodes.some(({ id, grade }) => id === current && grade >= 0.5);
          if (isFit) assert.equal(placesOf(wavered, { ...viewer, current, kept })[0], current);
        },
      ),
      { numRuns: 500 },
    ));
  test("a better grade never costs a node a place among equals in everything else", () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 12 }),
        fc.nat(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        anyNewcomer(),
        (count, pick, grade, viewer) => {
          const at = pick % count;
          const nodes = equalNodes(count, { grade });
          const better = nodes.map((node, index) => (index === at ? { ...node, grade: 1 } : node));
          const placeOf = (of: readonly RankedNode[]) => placesOf(of, viewer).indexOf(`node-${at}`);
          assert.ok(placeOf(better) <= placeOf(nodes));
        },
      ),
    ));
  test("a node that goes moves only its own viewers", () =>
    fc.assert(
      fc.property(anyFleet(20, 2), anyNewcomer(), fc.nat(), (nodes, viewer, pick) => {
        const kept = placesOf(nodes, viewer).slice(0, 6);
        const [current] = kept;
        const gone = nodes[pick % nodes.length];
        // Those that have too many viewers may lose some whoever goes, and in fail-open nobody is held.
        const left = nodes.map((node) => ({
          ...node,
          viewers: 0,
          ...(node === gone ? { state: "gone" as const } : {}),
        }));
        const before = nodes.map((node) => ({ ...node, viewers: 0 }));
        if (gone?.id === current || !left.some(isUsable)) return;
        if (placesOf(before, viewer)[0] !== current) return;
        assert.equal(placesOf(left, { ...viewer, current, kept })[0], current);
      }),
      { numRuns: 300 },
    ));
  test("firstPlaceFor() is the first place", () =>
    fc.assert(
      fc.property(anyFleet(30), anyViewer(), (nodes, viewer) => {
        const first = firstPlaceFor(standpointOf(compiled(nodes), viewer));
        assert.equal(first?.id, placesOf(nodes, viewer)[0]);
      }),
    ));
});
