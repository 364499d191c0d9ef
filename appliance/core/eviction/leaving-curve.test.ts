import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LeavingCurve } from "./leaving-curve.ts";

/** Viewers of whom so many in a hundred leave with each of the first segments, and of later ones. */
function learn(early: number, later: number): LeavingCurve {
  const curve = new LeavingCurve();
  for (let round = 0; round < 100; round += 1) {
    for (let watched = 0; watched < 200; watched += 1) {
      const leaving = watched < 15 ? early : later;
      if (round < leaving) curve.onLeft(watched);
      else curve.onWentOn(watched);
    }
  }
  return curve;
}

const near = (value: number, expected: number) =>
  assert.ok(Math.abs(value - expected) < 0.05, `${value} is not about ${expected}`);

describe("LeavingCurve", () => {
  test("who goes no further does so for certain", () => {
    assert.equal(new LeavingCurve().chanceToGoOn(7, 0), 1);
  });

  test("before anything is known, most go on", () => {
    const chance = new LeavingCurve().chanceToGoOn(0, 10);
    assert.ok(chance > 0.6 && chance < 0.95, `${chance}`);
  });

  test("learns how many leave", () => {
    near(learn(5, 5).chanceToGoOn(0, 1), Math.exp(-0.05));
    near(learn(5, 5).chanceToGoOn(40, 10), Math.exp(-0.5));
  });

  test("who has watched for long stays longer than who has just come", () => {
    const curve = learn(20, 1);
    near(curve.chanceToGoOn(0, 5), Math.exp(-1));
    near(curve.chanceToGoOn(100, 5), Math.exp(-0.05));
  });

  test("the further, the less likely; never negative, never above 1", () => {
    const curve = learn(10, 3);
    let before = 1;
    for (let more = 1; more < 20_000; more += 97) {
      const chance = curve.chanceToGoOn(3, more);
      assert.ok(chance >= 0 && chance <= before, `${more}: ${chance}`);
      before = chance;
    }
  });

  test("one way is as likely as its parts", () => {
    const curve = learn(10, 3);
    near(curve.chanceToGoOn(2, 30), curve.chanceToGoOn(2, 12) * curve.chanceToGoOn(14, 18));
  });
});
