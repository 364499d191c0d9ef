import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HEALTH_PROFILES } from "../health/health-policy.ts";
import { RANKING_POLICY } from "./ranking-policy.ts";
import { affinityPoints, distancePoints, healthPoints, keptPoints, loadPoints } from "./score.ts";

const policy = RANKING_POLICY;
const mostKept = keptPoints({ isCurrent: true, place: 0 }, policy);

describe("the points of the ranking", () => {
  test("health outweighs distance, and distance all that a session is used to", () => {
    assert.ok(policy.healthPoints > 2 * policy.distancePoints);
    assert.ok(policy.distancePoints > mostKept);
  });
  test("nobody is moved for a warmer or a cheaper node, a small load or one step of two grades", () => {
    const step = healthPoints({ grade: 1, override: undefined }, policy) * policy.gradeStep;
    const smallLoad = -loadPoints({ load: policy.loadFrom + policy.loadStep }, policy);
    for (const gain of [policy.affinityPoints, policy.costPoints, smallLoad, 2 * step]) {
      assert.ok(gain < policy.keptPoints, `${gain}`);
    }
  });
  for (const [name, { players }] of Object.entries(HEALTH_PROFILES)) {
    test(`what players alone say keeps those away who are elsewhere, and in their region (${name})`, () => {
      const full = healthPoints({ grade: 1, override: undefined }, policy);
      const lost = full - healthPoints({ grade: players.floor, override: undefined }, policy);
      const began = keptPoints({ isCurrent: false, place: 0 }, policy) + policy.affinityPoints;
      const stays = keptPoints({ isCurrent: true, place: 1 }, policy);
      assert.ok(lost > began - stays, "whoever left it for another does not go back");
      assert.ok(lost < -distancePoints(1, policy), "and nobody is sent to another continent");
    });
  }
  test("an operator's preference outweighs habit and warmth", () =>
    assert.ok(policy.preferPoints > mostKept + policy.affinityPoints));
  test("a session that was driven away returns to where it began, and not for less", () => {
    const began = keptPoints({ isCurrent: false, place: 0 }, policy);
    for (const place of [-1, 1, 2, 9]) {
      const stayed = keptPoints({ isCurrent: true, place }, policy);
      assert.ok(began > stayed + policy.affinityPoints, "though its title is warmer elsewhere");
      assert.ok(keptPoints({ isCurrent: true, place }, policy) >= policy.keptPoints);
    }
  });
  test("each owner of a title has its own points, and the steps of distance are felt", () => {
    const points = [0, 1, 2].map((place) => affinityPoints(place, policy));
    assert.deepEqual(points, [9, 6, 3]);
    assert.equal(distancePoints(policy.distanceStep, policy), -2);
  });
  test("the bounds are above the mean, so there is room for all, and it is harder to join than to stay", () => {
    assert.ok(policy.joinBoundFactor > 1);
    assert.ok(policy.boundFactor > policy.joinBoundFactor);
  });
  test("three plain places at least, for the first three must be the best of all", () =>
    assert.ok(policy.plainPlaces >= 3));
});
