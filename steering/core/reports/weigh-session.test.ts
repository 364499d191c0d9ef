import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { POLICY, tallyOf } from "./reports.rig.ts";
import { addTallies, EMPTY_TALLY, weighSession } from "./weigh-session.ts";

/** What a session says of `here`, having met this there and that elsewhere. */
function saysOf(here: string, ...elsewhere: string[]): string {
  const tallies = [here, ...elsewhere].map(
    (notation, index) => [index === 0 ? "here" : `there-${index}`, tallyOf(notation)] as const,
  );
  const say = weighSession(new Map(tallies), POLICY).get("here");
  return `${say?.standing} ${say?.weight} ${say?.reason}`;
}

describe("a session that was nowhere else", () => {
  for (const [here, says] of [
    ["..", "good 1 served-well"],
    [".", "nothing 0 too-little"],
    ["", "nothing 0 too-little"],
    [".....x", "good 1 served-well"],
    ["....x", "bad 0.5 failed-requests"],
    ["x", "bad 0.5 failed-requests"],
    ["..s", "bad 0.5 stalls"],
    ["..s@8", "bad 0.5 stalls"],
    ["..s@1", "nothing 0 slow-link"],
    ["x@1", "bad 0.5 failed-requests"],
    ["..@1", "good 1 served-well"],
  ] as const) {
    test(`and met ${here || "nothing"} says: ${says}`, () => assert.equal(saysOf(here), says));
  }
});

describe("a session that was elsewhere, too", () => {
  for (const [here, there, says] of [
    ["x", "..", "bad 1 failed-requests"],
    ["..s", "..", "bad 1 stalls"],
    ["x", "x", "nothing 0 bad-everywhere"],
    ["..s", "..s", "nothing 0 bad-everywhere"],
    ["x", "..s", "nothing 0 bad-everywhere"],
    ["..", "x", "good 1 served-well"],
    ["..@3", "..@10", "bad 1 slower-than-elsewhere"],
    ["..@5", "..@10", "good 1 served-well"],
    ["..s@1", "..@1.2", "nothing 0 slow-link"],
    ["x", "", "bad 0.5 failed-requests"],
  ] as const) {
    test(`and met ${here} here and ${there || "nothing"} there says: ${says}`, () =>
      assert.equal(saysOf(here, there), says));
  }
  test("is not measured by a node that was fast once, and fails by now", () => {
    assert.equal(saysOf("..@1", "x@9", "..@2"), "good 1 served-well");
    assert.equal(saysOf("..@2", "x@9", "..@1"), "good 1 served-well");
  });
  test("is not silenced by one more bad node, while another serves it well", () =>
    assert.equal(saysOf("x", "x", ".."), "bad 1 failed-requests"));
});

test("tallies add up", () =>
  assert.deepEqual(addTallies(tallyOf("..x@2"), tallyOf(".s")), {
    ...EMPTY_TALLY,
    answered: 3,
    failed: 1,
    stalls: 1,
    rates: 2,
    rateSumBitsPerSecond: 4_000_000,
  }));

test("whatever a session met, it never speaks ill of all its nodes at once, nor with more than one voice", () => {
  const anyTally = fc.stringMatching(/^[.xs]{0,6}(@[0-9])?$/).map(tallyOf);
  fc.assert(
    fc.property(fc.array(anyTally, { minLength: 2, maxLength: 5 }), (tallies) => {
      const says = weighSession(
        new Map(tallies.map((tally, index) => [`${index}`, tally])),
        POLICY,
      );
      const used = tallies.filter(
        ({ answered, failed, stalls, rates }) => answered + failed + stalls + rates > 0,
      );
      const bad = [...says.values()].filter(({ standing }) => standing === "bad");
      if (used.length > 1) assert.ok(bad.length < used.length, "bad everywhere");
      for (const { weight } of says.values()) assert.ok(weight >= 0 && weight <= 1);
    }),
    { numRuns: 1_000 },
  );
});
