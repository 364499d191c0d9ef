import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Value } from "typebox/value";
import { Explanation } from "../../contract/explanation.ts";
import { equalNodes, NEWCOMER, nodesOf, STRICT_POLICY } from "./any-fleet.rig.ts";
import { compileFleet } from "./compile-fleet.ts";
import { explainRanking } from "./explain-ranking.ts";
import { rankWhole } from "./rank-whole.ts";

const FLEET = compileFleet(nodesOf("a:east:U b:east:U? c:west:U d:east:W e:west:D"), STRICT_POLICY);

describe("explainRanking()", () => {
  test("explains the ranking that is given, place by place", () => {
    const { places, failOpen } = explainRanking(FLEET, NEWCOMER);
    const ranking = rankWhole(FLEET, NEWCOMER);
    assert.equal(failOpen, ranking.failOpen);
    assert.deepEqual(
      places.map(({ id, reason }) => ({ id, reason })),
      ranking.places.map(({ id, reason }) => ({ id, reason })),
    );
    assert.deepEqual(
      places.map(({ place, band }) => `${place} ${band}`),
      ["1 fit", "2 fit", "3 sick", "4 draining", "5 down"],
    );
  });
  test("the components of each place are its score", () => {
    for (const { score, components } of explainRanking(FLEET, NEWCOMER).places) {
      const sum = components.reduce((total, { points }) => total + points, 0);
      assert.equal(sum, score);
    }
  });
  test("is what the contract promises", () => {
    const rest = { at: "", source: "", path: "", region: null, regionFrom: "none" };
    const explanation = { ...rest, ...explainRanking(FLEET, NEWCOMER) };
    assert.deepEqual([...Value.Errors(Explanation, explanation)], []);
  });
  test("says what would flip the first two, if there are two", () => {
    assert.notEqual(explainRanking(FLEET, NEWCOMER).flips.length, 0);
    const alone = compileFleet(equalNodes(1), STRICT_POLICY);
    assert.deepEqual(explainRanking(alone, NEWCOMER).flips, []);
    const empty = compileFleet([], STRICT_POLICY);
    assert.deepEqual(explainRanking(empty, NEWCOMER).places, []);
  });
  test("tells of no more places than it may", () => {
    const fleet = compileFleet(equalNodes(300), STRICT_POLICY);
    assert.equal(explainRanking(fleet, NEWCOMER).places.length, STRICT_POLICY.maxExplained);
  });
});
