import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isUsable, type RankedNode, rankPathways, type Viewer } from "./rank-pathways.ts";

const STATES = ["up", "recovering", "draining", "down", "gone"] as const;
const LETTERS: Readonly<Record<string, RankedNode["state"]>> = {
  U: "up",
  R: "recovering",
  W: "draining",
  D: "down",
  G: "gone",
};
const VIEWER: Viewer = { region: "east", title: "/vod/x", kept: [] };

/** `a:east:U` is an appliance; `a:east:U!` a busy one. */
function nodesOf(marks: string): RankedNode[] {
  return marks.split(" ").map((mark) => {
    const [id = "", region = "", state = ""] = mark.split(":");
    return { id, region, state: LETTERS[state.charAt(0)] ?? "up", isBusy: state.endsWith("!") };
  });
}
function order(marks: string, viewer: Partial<Viewer> = {}): string {
  const { places } = rankPathways(nodesOf(marks), { ...VIEWER, ...viewer });
  return places.map(({ id }) => id).join("");
}

describe("rankPathways()", () => {
  test("the viewer's region comes first", () => {
    assert.equal(order("a:west:U b:east:U"), "ba");
    assert.equal(order("a:west:U b:east:U", { region: "west" }), "ab");
  });
  test("health comes before the region", () =>
    assert.equal(order("a:east:D b:west:U c:east:R d:east:W e:east:G"), "bcdae"));
  test("a busy one comes after the others of its region, and before other regions", () =>
    assert.equal(order("a:east:U! b:east:U c:west:U"), "bac"));
  test("the third place is in another region, though a near one is left", () => {
    const places = order("a:east:U b:east:U c:east:U d:west:U");
    assert.equal(places.charAt(2), "d");
  });
  test("but not at the price of health", () => {
    const places = order("a:east:U b:east:U c:east:U d:west:R");
    assert.equal(places.charAt(3), "d");
  });
  test("titles spread over the appliances of a region", () => {
    const firsts = Array.from({ length: 50 }, (_, index) =>
      order("a:east:U b:east:U c:east:U", { title: `/vod/${index}` }).charAt(0),
    );
    assert.deepEqual([...new Set(firsts)].sort(), ["a", "b", "c"]);
  });
  test("a title that lost its first appliance keeps the order of the others", () => {
    const all = order("a:east:U b:east:U c:east:U");
    const first = all.charAt(0);
    const without = "a:east:U b:east:U c:east:U".replace(`${first}:east:U`, `${first}:east:D`);
    assert.equal(order(without), all.slice(1) + first);
  });
  test("a running session keeps its order, however the hash would have it", () => {
    for (const kept of ["abc", "acb", "bac", "bca", "cab", "cba"]) {
      assert.equal(order("a:east:U b:east:U c:east:U", { kept: Array.from(kept) }), kept);
    }
  });
  test("but not against health, region or load, and it returns when its first has recovered", () => {
    const kept = ["a", "b", "c"];
    assert.equal(order("a:east:D b:east:U c:east:U", { kept }), "bca");
    assert.equal(order("a:west:U b:east:U c:east:U", { kept }), "bca");
    assert.equal(order("a:east:U! b:east:U c:east:U", { kept }), "bca");
    assert.equal(order("a:east:U b:east:U c:east:U", { kept }), "abc");
  });
  test("a viewer of whom nothing else is known stays where it is", () => {
    for (const current of ["a", "b", "c"]) {
      assert.equal(order("a:east:U b:east:U c:east:U", { kept: [current] }).charAt(0), current);
    }
  });
  test("unless it is down there", () =>
    assert.notEqual(order("a:east:D b:east:U c:east:U", { kept: ["a"] }).charAt(0), "a"));

  test("fails open, by region and hash, when none is fit", () => {
    const nodes = nodesOf("a:west:D b:east:G c:east:D");
    const { failOpen, places } = rankPathways(nodes, VIEWER);
    assert.equal(failOpen, true);
    assert.deepEqual(places.map(({ id }) => id).at(-1), "a");
    assert.equal(places.length, 3);
    for (const { reason } of places) assert.match(reason, /^fail open, /);
  });
  test("a draining one still answers, so it comes first in fail-open", () =>
    assert.equal(order("a:west:D b:east:G c:west:W").charAt(0), "c"));
  test("every place says why", () => {
    const { places } = rankPathways(nodesOf("a:east:U b:east:U c:east:U! d:west:U"), VIEWER);
    assert.match(places[0]?.reason ?? "", /^up, own region, load ok$/);
    assert.match(places[2]?.reason ?? "", /^up, other region, load ok, third for another region$/);
    assert.match(places[3]?.reason ?? "", /^up, own region, busy$/);
  });
  test("an unknown region prefers none", () =>
    assert.match(
      rankPathways(nodesOf("a:east:U"), { ...VIEWER, region: undefined }).places[0]?.reason ?? "",
      /region any/,
    ));
  test("an empty fleet has no places", () =>
    assert.deepEqual(rankPathways([], VIEWER), { failOpen: true, places: [] }));
});

describe("for any fleet and viewer", () => {
  const fleet = fc.uniqueArray(
    fc.record({
      id: fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom(..."abcdef") }),
      region: fc.constantFrom("east", "west", "north"),
      state: fc.constantFrom(...STATES),
      isBusy: fc.boolean(),
    }),
    { selector: ({ id }) => id, maxLength: 9 },
  );
  const viewer = fc.record({
    region: fc.constantFrom("east", "west", undefined),
    title: fc.string(),
    kept: fc.shuffledSubarray(["a", "b", "c", "d"]),
  });
  const idsOf = (nodes: RankedNode[], of: Viewer) =>
    rankPathways(nodes, of).places.map(({ id }) => id);
  const stateOf = (nodes: RankedNode[], id: string) =>
    nodes.find((node) => node.id === id)?.state ?? assert.fail(id);

  test("nobody is dropped and nobody named twice", () =>
    fc.assert(
      fc.property(fleet, viewer, (nodes, of) =>
        assert.deepEqual(idsOf(nodes, of).sort(), nodes.map(({ id }) => id).sort()),
      ),
    ));
  test("no unfit one stands before a fit one", () =>
    fc.assert(
      fc.property(fleet, viewer, (nodes, of) => {
        const fit = idsOf(nodes, of).map((id) => isUsable({ state: stateOf(nodes, id) }));
        assert.equal(fit.lastIndexOf(true) < (fit.indexOf(false) + 1 || 99), true);
      }),
    ));
  test("the order in which they are known does not matter", () =>
    fc.assert(
      fc.property(fleet, viewer, (nodes, of) =>
        assert.deepEqual(idsOf(nodes, of), idsOf(nodes.toReversed(), of)),
      ),
    ));
  test("better health never costs an appliance a place", () =>
    fc.assert(
      fc.property(fleet, viewer, fc.nat(), fc.nat(), (nodes, of, pick, steps) => {
        const chosen = nodes[pick % Math.max(1, nodes.length)];
        if (chosen === undefined) return;
        const rank = STATES.indexOf(chosen.state);
        const better = STATES[Math.max(0, rank - (steps % (rank + 1)))] ?? chosen.state;
        const improved = nodes.map((node) =>
          node.id === chosen.id ? { ...node, state: better } : node,
        );
        const before = idsOf(nodes, of).indexOf(chosen.id);
        assert.ok(idsOf(improved, of).indexOf(chosen.id) <= before);
      }),
      { numRuns: 500 },
    ));
  test("three healthy places span two regions wherever two regions are healthy", () =>
    fc.assert(
      fc.property(fleet, viewer, (nodes, of) => {
        const up = nodes.map((node) => ({ ...node, state: "up" as const }));
        const firstThree = idsOf(up, of).slice(0, 3);
        const regions = new Set(up.map(({ region }) => region));
        const spanned = new Set(firstThree.map((id) => up.find((node) => node.id === id)?.region));
        assert.ok(spanned.size >= Math.min(2, regions.size, firstThree.length - 1));
      }),
    ));
});
