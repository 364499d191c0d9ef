import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { advance, buildShelves, nextItem, readShelves, wayRound } from "./shelves.ts";

/** All items in the order in which a reader at this spot meets them. */
function read(items: { readonly rank: number; readonly spot: number }[], spot: number): number[] {
  const spots = Uint32Array.from(items, (item) => item.spot);
  const rank = (item: number) => items[item]?.rank ?? 0;
  const shelves = buildShelves(Array.from(items.keys()), spots, (a, b) => rank(a) - rank(b));
  const reader = readShelves(shelves, spots, spot);
  const met: number[] = [];
  for (let item = nextItem(reader); item !== undefined; item = nextItem(reader)) {
    met.push(item);
    advance(reader);
  }
  return met;
}

describe("readShelves()", () => {
  const ITEMS = [
    { rank: 1, spot: 50 },
    { rank: 0, spot: 30 },
    { rank: 0, spot: 10 },
    { rank: 0, spot: 20 },
    { rank: 1, spot: 5 },
  ];
  test("reads each shelf from its spot on, and round", () => {
    assert.deepEqual(read(ITEMS, 0), [2, 3, 1, 4, 0]);
    assert.deepEqual(read(ITEMS, 20), [3, 1, 2, 0, 4]);
    assert.deepEqual(read(ITEMS, 21), [1, 2, 3, 0, 4]);
    assert.deepEqual(read(ITEMS, 60), [2, 3, 1, 4, 0]);
  });
  test("there is nothing on no shelves", () => assert.deepEqual(read([], 7), []));
  test("is as sorting by rank, then by the way round, then by number", () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            rank: fc.integer({ min: 0, max: 3 }),
            spot: fc.oneof(fc.constantFrom(0, 7, 2 ** 32 - 1), fc.nat({ max: 2 ** 31 - 1 })),
          }),
        ),
        fc.nat({ max: 2 ** 31 - 1 }),
        (items, spot) => {
          const rank = (at: number) => items[at]?.rank ?? 0;
          const way = (at: number) => wayRound(spot, items[at]?.spot ?? 0);
          const expected = Array.from(items.keys()).sort(
            (a, b) => rank(a) - rank(b) || way(a) - way(b) || a - b,
          );
          assert.deepEqual(read(items, spot), expected);
        },
      ),
    ));
});

test("wayRound() goes forward only", () => {
  assert.equal(wayRound(10, 30), 20);
  assert.equal(wayRound(30, 10), 2 ** 32 - 20);
  assert.equal(wayRound(5, 5), 0);
});
