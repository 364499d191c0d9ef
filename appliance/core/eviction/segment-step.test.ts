import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SegmentStep } from "./segment-step.ts";

const POLICY = { leastTicks: 500, timesSeen: 3 };

function stepAfter(...numbers: readonly number[]): SegmentStep {
  const step = new SegmentStep(POLICY);
  for (const number of numbers) step.observe(number);
  return step;
}

describe("SegmentStep", () => {
  for (const [name, numbers, expected] of [
    ["nothing is known at first", [], 1],
    ["counted segments", [1, 2, 3, 4, 5], 1],
    ["counted segments, two viewers far apart", [1, 3000, 2, 3001, 3, 3002, 4], 1],
    ["segments named by time", [180_180, 360_360, 540_540, 720_720], 180_180],
    ["too few of them to be sure", [180_180, 360_360, 540_540], 1],
    ["durations that alternate a little", [95_232, 191_488, 286_720, 382_976], 95_232],
    ["two viewers of such a run", [2, 90, 4, 92, 6, 94, 8].map((n) => n * 1_000), 2_000],
    ["the same segment again says nothing", [2_000, 2_000, 4_000, 4_000, 6_000, 8_000], 2_000],
    ["a mistake is found out", [1e3, 3e3, 5e3, 7e3, 7_001, 7_002, 7_003, 7_004], 1],
    ["a skip says nothing", [2_000, 4_000, 6_000, 66_000, 68_000], 2_000],
  ] as const) {
    test(`${name}: ${expected}`, () => assert.equal(stepAfter(...numbers).ticks, expected));
  }

  test("says once that places are counted otherwise", () => {
    const step = new SegmentStep(POLICY);
    const news = [0, 2_000, 4_000, 6_000, 8_000, 10_000].map((number) => step.observe(number));
    assert.deepEqual(news, [false, false, false, true, false, false]);
  });

  test("gives places one after the other", () => {
    const step = stepAfter(0, 95_232, 191_488, 286_720, 382_976);
    assert.deepEqual(
      [0, 95_232, 191_488, 286_720, 382_976].map((number) => step.placeOf(number)),
      [0, 1, 2, 3, 4],
    );
    assert.equal(stepAfter().placeOf(17), 17);
  });
});
