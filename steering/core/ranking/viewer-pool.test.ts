import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EXAMPLE_POLICY } from "./any-fleet.rig.ts";
import { boundIn, type Pool, poolOf } from "./viewer-pool.ts";

const pool = (facts: Partial<Pool> = {}): Pool => ({
  regions: [0],
  weight: 4,
  open: 4,
  partlyOpen: 0,
  viewers: 100,
  ...facts,
});
const keepBound = (of: Pool, weight: number) =>
  boundIn(of, { weight, isJoining: false }, EXAMPLE_POLICY);
const joinBound = (of: Pool, weight: number) =>
  boundIn(of, { weight, isJoining: true }, EXAMPLE_POLICY);

describe("boundIn()", () => {
  test("is a quarter over the fair share, rounded up", () => {
    assert.equal(keepBound(pool(), 1), 32);
    assert.equal(keepBound(pool(), 2), 63);
  });
  test("is a fifth over it for whoever is about to come, and counts that one", () => {
    assert.equal(joinBound(pool({ viewers: 99 }), 1), 30);
    assert.equal(joinBound(pool({ viewers: 100 }), 1), 31);
  });
  test("so few viewers are no load", () => {
    assert.equal(keepBound(pool({ viewers: 3 }), 1), 8);
    assert.equal(joinBound(pool({ viewers: 3 }), 1), 8);
  });
  test("where nobody shares, nobody is bound", () =>
    assert.equal(keepBound(pool({ weight: 0 }), 1), Number.POSITIVE_INFINITY));
});

test("poolOf() sums up its regions", () => {
  const east = { weight: 1, open: 1, partlyOpen: 0, viewers: 7 };
  const west = { weight: 2.5, open: 2, partlyOpen: 1, viewers: 5 };
  assert.deepEqual(poolOf([0, 1], [east, west]), {
    regions: [0, 1],
    weight: 3.5,
    open: 3,
    partlyOpen: 1,
    viewers: 12,
  });
  assert.throws(() => poolOf([2], [east, west]), RangeError);
});
