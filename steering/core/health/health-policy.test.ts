import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FIT_GRADE } from "./grade-node.ts";
import { HEALTH_PROFILES } from "./health-policy.ts";
import { MOST_OUTCOMES } from "./recent-outcomes.ts";

for (const [name, policy] of Object.entries(HEALTH_PROFILES)) {
  const { probes, heartbeat, players, forecast } = policy;
  describe(name, () => {
    test("no voice but that of failing probes has the whole say", () => {
      assert.equal(probes.evidence, 1);
      for (const { evidence } of [heartbeat, players, forecast]) assert.ok(evidence < 1);
      assert.ok(heartbeat.evidence + players.evidence < 1);
    });
    test("nobody takes down a node that answers probes well", () =>
      assert.ok(heartbeat.evidence + players.evidence + forecast.evidence - probes.praise < 1));
    test("praise alone contradicts failing probes, and another voice tips it", () => {
      assert.ok(probes.evidence - players.praise < 1);
      assert.ok(probes.evidence - players.praise + forecast.evidence < 1);
      assert.ok(probes.evidence - players.praise + forecast.evidence + heartbeat.evidence >= 1);
    });
    test("neither players nor a heartbeat alone make a node sick, and together they do", () => {
      assert.ok(heartbeat.floor >= FIT_GRADE);
      assert.ok(players.floor >= FIT_GRADE);
      assert.ok(players.secondedFloor < FIT_GRADE);
    });
    test("failing probes make a node sick, whoever praises it", () => {
      assert.ok(probes.failingGrade < FIT_GRADE);
    });
    test("k of n can be reached", () => {
      for (const [k, n] of [
        [probes.downAfter, probes.ofLast],
        [forecast.deviatesAfter, forecast.ofLast],
      ] as const) {
        assert.ok(k >= 1 && k <= n && n <= MOST_OUTCOMES);
      }
      assert.ok(forecast.endsAt < forecast.deviatesAfter);
    });
    test("a change that counts is one that is felt", () => {
      for (const { leastChange, leastRatio, softening, cost } of Object.values(forecast.signals)) {
        assert.ok(leastChange > 0 && leastRatio > 0 && softening > 0 && cost > 0 && cost < 1);
      }
    });
  });
}
