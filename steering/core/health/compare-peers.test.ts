import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { comparePeers } from "./compare-peers.ts";

/** `east: 1 2 3; west: 4` */
function regionsOf(list: string): Map<string, number[]> {
  return new Map(
    list.split("; ").map((group) => {
      const [region = "", numbers = ""] = group.split(": ");
      return [region, numbers.split(" ").map(Number)];
    }),
  );
}
const peersOf = (list: string, region: string, own: number, leastPeers = 2) =>
  comparePeers(regionsOf(list), leastPeers)(region, own);

describe("comparePeers()", () => {
  test("is the median of the others in its region", () => {
    assert.equal(peersOf("east: 1 2 9; west: 70 80 90", "east", 9)?.median, 1.5);
    assert.equal(peersOf("east: 1 2 9; west: 70 80 90", "west", 80)?.median, 80);
  });
  test("a region with too few peers is compared with all the others", () => {
    assert.equal(peersOf("east: 1 2; west: 5 6 7", "east", 1)?.median, 5.5);
    assert.equal(peersOf("east: 1 2 3; west: 5 6 7", "east", 1, 3)?.median, 5);
  });
  test("whoever is alone has no peers", () =>
    assert.equal(peersOf("east: 1", "east", 1), undefined));
  test("two are each other's peers", () => {
    assert.deepEqual(peersOf("east: 1; west: 5", "east", 1), { median: 5, spread: 0 });
    assert.deepEqual(peersOf("east: 1; west: 5", "west", 5), { median: 1, spread: 0 });
  });

  const sorted = (values: readonly number[]) => values.toSorted((a, b) => a - b);
  const medianOf = (values: readonly number[]) => {
    const half = sorted(values).slice((values.length - 1) >> 1, (values.length >> 1) + 1);
    return half.reduce((sum, value) => sum + value, 0) / half.length;
  };
  test("the spread is the median distance, scaled to a standard deviation", () =>
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 2, maxLength: 30 }),
        (values) => {
          const [own = 0, ...others] = values;
          const { median, spread } = comparePeers(new Map([["east", values]]), 0)("east", own) ?? {
            median: Number.NaN,
            spread: Number.NaN,
          };
          const group = values.length > 8 ? values : others;
          assert.equal(median, medianOf(group));
          const distances = group.map((value) => Math.abs(value - medianOf(group)));
          assert.ok(Math.abs(spread - 1.4826 * medianOf(distances)) < 1e-9);
        },
      ),
    ));

  test("of a large group less than half, however wild, cannot lead the median away", () =>
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true }), { maxLength: 9 }),
        fc.double({ noNaN: true, min: 0, max: 1 }),
        (wild, own) => {
          const tame = Array.from({ length: 12 }, (_, index) => index / 11);
          const peers = comparePeers(new Map([["east", [...tame, ...wild, own]]]), 2)("east", own);
          assert.ok(peers !== undefined && peers.median >= 0 && peers.median <= 1);
        },
      ),
    ));
});
