import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RotatingFilter } from "./rotating-filter.ts";

const POLICY = { maxKeys: 1_000, bitsPerKey: 10 };

function filterOf(count: number): RotatingFilter {
  const filter = new RotatingFilter(POLICY);
  for (let number = 0; number < count; number += 1) filter.add(`/key-${number}`);
  return filter;
}

const knownOf = (filter: RotatingFilter, from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => filter.has(`/key-${from + at}`)).filter(Boolean)
    .length;

describe("RotatingFilter", () => {
  test("knows what came", () => assert.equal(knownOf(filterOf(1_000), 0, 1_000), 1_000));
  test("knows few strangers", () => {
    const known = knownOf(filterOf(1_000), 10_000, 20_000);
    assert.ok(known < 200, `${known} of 10000`);
  });
  test("still knows the generation before", () =>
    assert.equal(knownOf(filterOf(2_000), 0, 2_000), 2_000));
  test("forgets what came two generations ago", () => {
    const known = knownOf(filterOf(2_100), 0, 1_000);
    assert.ok(known < 30, `${known} of 1000`);
  });
  test("a key that comes again does not use it up", () => {
    const filter = filterOf(1);
    for (let times = 0; times < 5_000; times += 1) filter.add("/popular");
    assert.equal(filter.has("/key-0"), true);
  });
  test("is as large as it was made, whatever comes", () => {
    assert.equal(filterOf(1).sizeBytes, 2_500);
    assert.equal(filterOf(9_000).sizeBytes, 2_500);
  });
});
