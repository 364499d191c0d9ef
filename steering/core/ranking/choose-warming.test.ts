import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalNodes, NEWCOMER, STRICT_POLICY } from "./any-fleet.rig.ts";
import { chooseWarming } from "./choose-warming.ts";
import { compileFleet } from "./compile-fleet.ts";
import type { RankedNode } from "./ranked-node.ts";
import { standpointOf } from "./standpoint.ts";

const POLICY = { maxTitles: 20, maxConsidered: 500 };
const WANTED = Array.from({ length: 100 }, (_, at) => ({ title: `/vod/${at}`, asks: 1000 - at }));

/** Twelve nodes, of which the first comes back. */
function fleetWith(facts: Partial<RankedNode>) {
  const nodes = equalNodes(12).map((node) => (node.id === "node-0" ? { ...node, ...facts } : node));
  return compileFleet(nodes, STRICT_POLICY);
}
const chosen = (fleet = fleetWith({ admittedShare: 0 }), policy = POLICY) =>
  chooseWarming(fleet, WANTED, { node: "node-0", policy });

describe("chooseWarming()", () => {
  test("chooses what the node will keep once it is back, and nothing else", () => {
    const back = fleetWith({});
    const expected = WANTED.filter(({ title }) =>
      standpointOf(back, { ...NEWCOMER, title }).owners.includes(0),
    ).map(({ title }) => title);
    assert.ok(expected.length > 10 && expected.length < 50);
    assert.deepEqual(chosen(undefined, { ...POLICY, maxTitles: 99 }), expected);
  });
  test("the most wanted first, however they are listed", () => {
    const titles = chosen();
    const asks = titles.map((title) => WANTED.find((each) => each.title === title)?.asks ?? 0);
    assert.deepEqual(
      asks,
      asks.toSorted((a, b) => b - a),
    );
    const reversed = WANTED.toReversed();
    const fleet = fleetWith({ admittedShare: 0 });
    assert.deepEqual(chooseWarming(fleet, reversed, { node: "node-0", policy: POLICY }), titles);
  });
  test("no more than allowed, of no more than are looked at", () => {
    assert.deepEqual(chosen(undefined, { ...POLICY, maxTitles: 3 }), chosen().slice(0, 3));
    const few = chosen(undefined, { maxTitles: 99, maxConsidered: 10 });
    assert.ok(few.every((title) => Number(title.slice("/vod/".length)) < 10));
  });
  test("also for a node that is on trial or down", () => {
    for (const state of ["recovering", "down"] as const) {
      assert.deepEqual(chosen(fleetWith({ state })), chosen());
    }
  });
  test("nothing for a node that nobody knows", () =>
    assert.deepEqual(chooseWarming(fleetWith({}), WANTED, { node: "lost", policy: POLICY }), []));
});
