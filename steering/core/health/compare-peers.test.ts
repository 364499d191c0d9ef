import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { comparePeers, type PeerValue } from "./compare-peers.ts";

/** `east: 1 2 3; west: 4` */
function values(list: string): PeerValue[] {
  return list.split("; ").flatMap((group) => {
    const [region = "", numbers = ""] = group.split(": ");
    return numbers.split(" ").map((number) => ({ region, value: Number(number) }));
  });
}
const peersOf = (list: string, own: string, leastPeers = 2) => {
  const [value = { region: "", value: 0 }] = values(own);
  return comparePeers(values(list), leastPeers)(value);
};

describe("comparePeers()", () => {
  test("is the median of the others in its region", () => {
    assert.equal(peersOf("east: 1 2 9; west: 70 80 90", "east: 9")?.median, 1.5);
    assert.equal(peersOf("east: 1 2 9; west: 70 80 90", "west: 80")?.median, 80);
  });
  test("a region with too few peers is compared with all the others", () => {
    assert.equal(peersOf("east: 1 2; west: 5 6 7", "east: 1")?.median, 5.5);
    assert.equal(peersOf("east: 1 2 3; west: 5 6 7", "east: 1", 3)?.median, 5);
  });
  test("whoever is alone has no peers", () =>
    assert.equal(peersOf("east: 1", "east: 1"), undefined));
  test("two are each other's peers", () => {
    assert.deepEqual(peersOf("east: 1; west: 5", "east: 1"), { median: 5, spread: 0 });
    assert.deepEqual(peersOf("east: 1; west: 5", "west: 5"), { median: 1, spread: 0 });
  });
  test("the spread of many is about their standard deviation", () => {
    // Of a normal distribution half lies within 0.6745 deviations.
    const list = `east: ${Array.from({ length: 101 }, (_, index) => index - 50).join(" ")}`;
    assert.deepEqual(peersOf(list, "east: 0"), { median: 0, spread: 1.4826 * 25 });
  });
  test("of a large group less than half, however wild, cannot lead the median away", () =>
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true }), { maxLength: 9 }),
        fc.double({ noNaN: true, min: 0, max: 1 }),
        (wild, own) => {
          const tame = Array.from({ length: 12 }, (_, index) => index / 11);
          const list = [...tame, ...wild, own].map((value) => ({ region: "east", value }));
          const { median = -1 } = comparePeers(list, 2)({ region: "east", value: own }) ?? {};
          assert.ok(median >= 0 && median <= 1);
        },
      ),
    ));
});
