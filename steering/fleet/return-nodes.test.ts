import assert from "node:assert/strict";
import { test } from "node:test";
import type { HealthState } from "../contract/fleet-view.ts";
import { observeNode } from "../core/health/node-health.ts";
import { PROFILES } from "../profiles.ts";
import type { FleetNode } from "./fleet-node.ts";
import { returnNodes } from "./return-nodes.ts";

const { health: HEALTH } = PROFILES.demo;
const RAMP = { warmLimitMs: 1_000, rampMs: 1_000, leastOpenShare: 0.5 };

function newNode(id: string): FleetNode {
  const pathway = { id, url: `http://${id}`, region: "east", cost: 0, weight: 1 };
  return {
    id,
    fingerprint: id,
    pathway: undefined,
    standing: {
      kind: "cdn",
      pathway: { ...pathway, probePath: undefined },
      incarnation: pathway.url,
    },
    health: observeNode(undefined, { kind: "registered", report: undefined }, HEALTH, 1),
    probe: undefined,
    override: undefined,
    admittedShare: 1,
    isFit: true,
    fitnessSinceMs: 1,
  };
}

/** One node on its way back, whose cache is warm at once, beside two that were never away. */
function openRig(ids = ["a", "b", "c"]) {
  const rig = { nowMs: 1, looks: 0 };
  const [node, ...others] = ids.map(newNode);
  if (node === undefined) throw new RangeError("No node");
  const nodes = [node, ...others];
  const returning = returnNodes({
    policy: RAMP,
    nodes: () => {
      rig.looks += 1;
      return nodes;
    },
    warmer: {
      begin: ({ id }) =>
        returning.onWarmed(id, {
          outcome: "warm",
          reason: "nothing-wanted",
          titles: 0,
          filledObjects: 0,
          filledBytes: 0,
        }),
      giveUp: () => {},
    },
    choosePaths: () => [],
    tell: () => {},
    onChange: () => {},
    now: () => rig.nowMs,
  });
  const enter = (one: FleetNode, state: HealthState) => {
    const from = one.health.state;
    one.health = { ...one.health, state };
    returning.onStateChange(one, from);
  };
  for (const other of others) other.health = { ...other.health, state: "up" };
  return {
    rig,
    node,
    others,
    enterAll: (state: HealthState) => {
      for (const one of nodes) enter(one, state);
    },
    enter: (state: HealthState) => enter(node, state),
    pass(ms: number) {
      rig.nowMs += ms;
      returning.settle(rig.nowMs);
    },
  };
}

test("a node that comes back admits more and more, and in the end everybody", () => {
  const { node, enter, pass } = openRig();
  enter("up");
  assert.equal(node.admittedShare, 0);
  pass(300);
  assert.equal(node.admittedShare, 0.3);
  pass(700);
  assert.equal(node.admittedShare, 1);
});
test("one that drains on its way back goes on from there, and is held back no longer than others", () => {
  const { node, enter, pass } = openRig();
  enter("up");
  pass(300);
  enter("draining");
  pass(100);
  enter("up");
  pass(100);
  assert.equal(node.admittedShare, 0.5);
  pass(500);
  assert.equal(node.admittedShare, 1);
});
for (const state of ["down", "gone"] as const) {
  test(`no share is left over of one that is ${state}`, () => {
    const { node, enter, pass } = openRig();
    enter("up");
    pass(300);
    enter(state);
    pass(100);
    assert.equal(node.admittedShare, 1);
    enter("recovering");
    enter("up");
    assert.equal(node.admittedShare, 0, "a new way back");
  });
}
test("a fleet that comes back at once is looked at once for all, and admits everybody", () => {
  const ids = Array.from({ length: 1_000 }, (_, place) => `node-${place}`);
  const { rig, node, others, enterAll, pass } = openRig(ids);
  enterAll("recovering");
  rig.looks = 0;
  enterAll("up");
  assert.equal(rig.looks, 1);
  pass(100);
  assert.equal(rig.looks, 2);
  assert.ok([node, ...others].every(({ admittedShare }) => admittedShare === 1));
});
test("of those that follow each other closely none is sent everybody first", () => {
  const { node, others, enterAll, enter } = openRig(["a", "b", "c", "d", "e"]);
  const [second] = others as [FleetNode];
  enter("up");
  second.health = { ...second.health, state: "recovering" };
  enterAll("up");
  assert.deepEqual([node.admittedShare, second.admittedShare], [0, 0]);
});
