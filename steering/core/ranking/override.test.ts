import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { OverrideAction } from "../../contract/override.ts";
import { nodesOf } from "./any-fleet.rig.ts";
import { decideOverride, overrideAt, stateUnder } from "./override.ts";

const NOW_MS = 5_000;
function outcome(marks: string, action: OverrideAction, force = false): string {
  const request = { id: "a", action, seconds: 60, reason: "disk swap", force };
  return decideOverride(nodesOf(marks), request, NOW_MS).outcome;
}

describe("decideOverride()", () => {
  test("keeps who, why and until when", () => {
    const request = { id: "a", action: "drain" as const, seconds: 60, reason: "disk swap" };
    assert.deepEqual(decideOverride(nodesOf("a:east:U b:east:U"), request, NOW_MS), {
      outcome: "set",
      override: { action: "drain", reason: "disk swap", sinceMs: 5_000, endsAtMs: 65_000 },
    });
  });
  test("refuses to take away the last node that could serve", () => {
    for (const fleet of ["a:east:U", "a:east:U b:east:D c:west:G d:west:W", "a:east:R b:east:D"]) {
      assert.equal(outcome(fleet, "drain"), "refused");
      assert.equal(outcome(fleet, "exclude"), "refused");
    }
  });
  test("unless forced to", () => assert.equal(outcome("a:east:U", "exclude", true), "set"));
  test("whoever cannot serve anyway is not the last that could", () => {
    assert.equal(outcome("a:east:D b:east:D", "exclude"), "set");
    assert.equal(outcome("a:east:D b:east:U", "exclude"), "set");
  });
  test("a node that an operator has taken away does not count as one that could serve", () => {
    const nodes = nodesOf("a:east:U b:east:U").map((node) =>
      node.id === "b" ? { ...node, override: "drain" as const } : node,
    );
    const request = { id: "a", action: "exclude" as const, seconds: 1, reason: "x" };
    assert.equal(decideOverride(nodes, request, NOW_MS).outcome, "refused");
  });
  test("what takes nobody away is never refused", () => {
    assert.equal(outcome("a:east:U", "prefer"), "set");
    assert.equal(outcome("a:east:U", "trust"), "set");
  });
});

test("overrideAt() ends an override by itself", () => {
  const override = { action: "drain" as const, reason: "x", sinceMs: 1, endsAtMs: 100 };
  assert.equal(overrideAt(override, 99), override);
  assert.equal(overrideAt(override, 100), undefined);
  assert.equal(overrideAt(undefined, 1), undefined);
});

describe("stateUnder()", () => {
  test("trust outweighs a judgement", () => {
    assert.equal(stateUnder("trust", { state: "down", isFact: false }), "up");
    assert.equal(stateUnder("trust", { state: "recovering", isFact: false }), "up");
  });
  test("but not a fact, nor what a node says of itself", () => {
    assert.equal(stateUnder("trust", { state: "down", isFact: true }), "down");
    assert.equal(stateUnder("trust", { state: "gone", isFact: false }), "gone");
    assert.equal(stateUnder("trust", { state: "draining", isFact: false }), "draining");
  });
  test("no other word changes a state", () => {
    for (const action of ["drain", "exclude", "prefer", undefined] as const) {
      assert.equal(stateUnder(action, { state: "down", isFact: false }), "down");
    }
  });
});
