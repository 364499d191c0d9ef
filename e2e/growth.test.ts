import assert from "node:assert/strict";
import { test } from "node:test";
import { growthOver, slopePerMinute } from "./growth.ts";

const samples = (...values: readonly number[]) =>
  values.map((value, index) => ({ minute: index + 1, value }));

for (const [what, values, slope] of [
  ["steady", [5, 5, 5, 5, 5], 0],
  ["up and down", [5, 7, 5, 7, 5, 7, 5], 0],
  ["growing", [1, 3, 5, 7, 9], 2],
  ["growing, with two odd samples", [1, 3, 90, 7, 9, 11, -50, 15], 2],
  ["one sample", [5], 0],
  ["none", [], 0],
] as const) {
  test(`${what}: ${slope} a minute`, () => assert.equal(slopePerMinute(samples(...values)), slope));
}

test("growth is the slope over the time that was watched", () => {
  assert.equal(growthOver(samples(1, 3, 5, 7, 9)), 8);
});
