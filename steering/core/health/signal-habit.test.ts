import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { POLICY } from "./health.rig.ts";
import { apartLimit, NO_HABIT, noteExcess, type SignalHabit } from "./signal-habit.ts";

const policy = POLICY.forecast.habit;

/** Distances from the peers, of a node that is `offset` away from them by habit when it begins. */
function habitAfter(distances: readonly number[], mostApart = 0.4): SignalHabit {
  let habit = NO_HABIT;
  for (const distance of distances) {
    habit = noteExcess(habit, { excess: distance - habit.offset, mostApart }, policy);
  }
  return habit;
}
const samples = (count: number, distance: number) => Array<number>(count).fill(distance);

describe("noteExcess()", () => {
  test("a node that is always slower than its peers is not apart", () => {
    const habit = habitAfter(samples(30, 2));
    assert.ok(Math.abs(habit.offset - 2) < 1e-9);
    assert.ok(Math.abs(habit.apart) < 1e-9);
  });
  test("one that becomes slower is, by and by, and a wild sample hardly is", () => {
    assert.ok(habitAfter([...samples(30, 2), ...samples(8, 3)]).apart > 0.4);
    assert.ok(habitAfter([...samples(30, 2), ...samples(30, 3)]).apart > 0.85);
    assert.ok(habitAfter([...samples(30, 2), 1_000]).apart < 0.1);
  });
  test("one that creeps away is, long before it is habit", () => {
    const creeping = Array.from({ length: 120 }, (_, index) => 2 + index / 100);
    assert.ok(habitAfter([...samples(30, 2), ...creeping]).apart > 0.9);
  });
  test("becomes habit in the end", () =>
    assert.ok(habitAfter([...samples(30, 2), ...samples(5_000, 2.3)]).apart < 0.05));
  test("what is far apart is learned as if it were near", () => {
    const before = habitAfter(samples(30, 0));
    assert.ok(habitAfter([...samples(30, 0), 1_000]).offset - before.offset < 0.02);
  });
  test("without peers nothing is learned", () =>
    assert.deepEqual(habitAfter([Number.NaN, Number.NaN]), NO_HABIT));
});

describe("apartLimit()", () => {
  test("grows with the noise of the node, and with the spread among its peers", () => {
    const calm = habitAfter(samples(30, 2));
    const loud = habitAfter(Array.from({ length: 60 }, (_, index) => index % 2));
    assert.ok(apartLimit(calm, 0, policy) < 0.1);
    assert.ok(apartLimit(loud, 0, policy) > 0.5);
    assert.equal(apartLimit(calm, 1, policy), policy.apartFactor);
  });
});
