import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { OverrideAction } from "../../contract/override.ts";
import { nodesOf } from "./any-fleet.rig.ts";
import { decideOverride, overrideAt, restoredOverride, stateUnder } from "./override.ts";

const WALL_MS = 1_700_000_000_000;
const CLOCKS = { nowMs: 5_000, wallMs: WALL_MS };
const TIMES = { sinceWallMs: WALL_MS, endsAtWallMs: WALL_MS + 60_000 };
function outcome(marks: string, action: OverrideAction, force = false): string {
  const request = { id: "a", action, seconds: 60, reason: "disk swap", force };
  return decideOverride(nodesOf(marks), request, CLOCKS).outcome;
}

describe("decideOverride()", () => {
  test("keeps who, why and until when", () => {
    const request = { id: "a", action: "drain" as const, seconds: 60, reason: "disk swap" };
    assert.deepEqual(decideOverride(nodesOf("a:east:U b:east:U"), request, CLOCKS), {
      outcome: "set",
      override: {
        action: "drain",
        reason: "disk swap",
        sinceMs: 5_000,
        endsAtMs: 65_000,
        ...TIMES,
      },
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
    assert.equal(decideOverride(nodes, request, CLOCKS).outcome, "refused");
  });
  test("what takes nobody away is never refused", () => {
    assert.equal(outcome("a:east:U", "prefer"), "set");
    assert.equal(outcome("a:east:U", "trust"), "set");
  });
});

test("overrideAt() ends an override by itself", () => {
  const times = { sinceMs: 1, endsAtMs: 100, ...TIMES };
  const override = { action: "drain" as const, reason: "x", ...times };
  assert.equal(overrideAt(override, 99), override);
  assert.equal(overrideAt(override, 100), undefined);
  assert.equal(overrideAt(undefined, 1), undefined);
});

describe("restoredOverride()", () => {
  const stored = { action: "drain" as const, reason: "x", ...TIMES };
  const restored = (seconds: number, changes: Partial<typeof TIMES> = {}) =>
    restoredOverride({ ...stored, ...changes }, { nowMs: 10, wallMs: WALL_MS + seconds * 1000 });
  test("goes on by another clock until it would have ended", () => {
    const override = restored(20);
    assert.deepEqual([override?.sinceMs, override?.endsAtMs], [10 - 20_000, 10 + 40_000]);
    assert.equal(override?.endsAtWallMs, TIMES.endsAtWallMs);
  });
  test("is none once its time is up", () => assert.equal(restored(60), undefined));
  test("lasts no longer than any may, whatever the time of day has become", () =>
    assert.equal(restored(-1e9)?.endsAtMs, 10 + 7 * 24 * 60 * 60 * 1000));
  test("is none where its times cannot be read", () => {
    assert.equal(restored(20, { endsAtWallMs: Number.NaN }), undefined);
    assert.equal(restored(20, { sinceWallMs: Number.NaN }), undefined);
  });
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
