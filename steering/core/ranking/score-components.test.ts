import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { anyFleet, anyViewer, equalNodes, NEWCOMER, STRICT_POLICY } from "./any-fleet.rig.ts";
import { compileFleet } from "./compile-fleet.ts";
import { scoreComponents } from "./score-components.ts";
import { scoreFor, standpointOf } from "./standpoint.ts";

describe("scoreComponents()", () => {
  test("add up to the score that is ranked by, for any fleet and viewer", () =>
    fc.assert(
      fc.property(anyFleet(20), anyViewer(), (nodes, viewer) => {
        const standpoint = standpointOf(compileFleet(nodes, STRICT_POLICY), viewer);
        for (const node of nodes.keys()) {
          const points = scoreComponents(standpoint, node).map((component) => component.points);
          assert.equal(
            points.reduce((sum, each) => sum + each, 0),
            scoreFor(standpoint, node),
          );
        }
      }),
    ));
  const told = (current: string | undefined) => {
    const facts = { grade: 0.81, gradeReason: "slow", load: 0.7, cost: 2 };
    const nodes = equalNodes(1, { ...facts, override: "prefer" });
    const viewer = { ...NEWCOMER, region: "west", current };
    const standpoint = standpointOf(compileFleet(nodes, STRICT_POLICY), viewer);
    return scoreComponents(standpoint, 0).map(
      ({ name, points, because }) => `${name} ${points}: ${because}`,
    );
  };
  test("each says why", () =>
    assert.deepEqual(told(undefined), [
      "health 80: grade 0.81: slow",
      "distance 0: region any",
      "affinity 12: owner 1 of the title",
      "load -8: load 0.7",
      "cost -10: costs 2 of at most 2",
      "kept 0: not of the session",
      "override 50: prefer",
    ]));
  test("load counts for newcomers only", () => {
    assert.ok(told("node-0").includes("load 0: load 0.7, and there already"));
    assert.ok(told("node-0").includes("kept 15: where it is"));
  });
  test("and so do complaints of players", () => {
    const nodes = equalNodes(1, { grade: 0.7, complaint: 0.3, gradeReason: "stalls" });
    const healthFor = (current: string | undefined) => {
      const standpoint = standpointOf(compileFleet(nodes, STRICT_POLICY), { ...NEWCOMER, current });
      return scoreComponents(standpoint, 0).find(({ name }) => name === "health");
    };
    assert.deepEqual(
      [healthFor(undefined), healthFor("node-0")].map((health) => health?.points),
      [70, 100],
    );
    assert.equal(healthFor("node-0")?.because, "grade 0.7: stalls, and 1 for those who are there");
  });
  test("nobody else has any", () => {
    const standpoint = standpointOf(compileFleet(equalNodes(1), STRICT_POLICY), NEWCOMER);
    assert.throws(() => scoreComponents(standpoint, 1), RangeError);
  });
});
