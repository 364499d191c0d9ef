import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hashText, seededRandom } from "./seeded-random.ts";

const draws = (seed: string, count: number) => Array.from({ length: count }, seededRandom(seed));

describe("seededRandom()", () => {
  test("the same seed gives the same draws", () =>
    assert.deepEqual(draws("a", 20), draws("a", 20)));
  test("another seed gives others", () => assert.notDeepEqual(draws("a", 5), draws("b", 5)));
  test("draws lie in [0, 1) and are spread evenly", () => {
    const buckets = Array<number>(10).fill(0);
    for (const draw of draws("spread", 10_000)) {
      assert.ok(draw >= 0 && draw < 1);
      const bucket = Math.floor(draw * 10);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    for (const count of buckets) assert.ok(count > 850 && count < 1150, `bucket of ${count}`);
  });
});

describe("hashText()", () => {
  test("is a 32-bit unsigned integer", () => {
    for (const text of ["", "a", "vod/harbour"]) {
      const hash = hashText(text);
      assert.ok(Number.isInteger(hash) && hash >= 0 && hash < 2 ** 32);
    }
  });
  test("neighbouring texts land far apart", () => {
    const hashes = Array.from({ length: 1000 }, (_, index) => hashText(`node-${index}`) % 16);
    for (let slot = 0; slot < 16; slot += 1) {
      const share = hashes.filter((hash) => hash === slot).length;
      assert.ok(share > 35 && share < 95, `slot ${slot} holds ${share} of 1000`);
    }
  });
});
