import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededRandom } from "../../../kernel/seeded-random.ts";
import { sizeAware } from "./size-aware.ts";

const POLICY = { timesMean: 2, weight: 0.000_01 };

/** Of a thousand objects of that size, after many of a thousand bytes. */
function admittedOf(sizeBytes: number): number {
  const admission = sizeAware(POLICY, { random: seededRandom("sizes") });
  for (let times = 0; times < 1_000; times += 1) admission.decide("/usual", 1_000);
  let admitted = 0;
  for (let times = 0; times < 1_000; times += 1) {
    if (admission.decide("/a", sizeBytes).action === "admit") admitted += 1;
    admission.decide("/usual", 1_000);
  }
  return admitted;
}

describe("size-aware admission", () => {
  for (const [sizeBytes, least, most] of [
    [1, 990, 1_000],
    // e^(−1/2) is 0.61.
    [1_000, 560, 650],
    [100_000, 0, 5],
  ] as const) {
    test(`of objects of ${sizeBytes} bytes among such of 1000, ${least} to ${most} in a thousand`, () => {
      const admitted = admittedOf(sizeBytes);
      assert.ok(admitted >= least && admitted <= most, `${admitted}`);
    });
  }

  test("says why", () => {
    const atRandom = (draw: number) => sizeAware(POLICY, { random: () => draw }).decide("/a", 100);
    assert.deepEqual(atRandom(0.6), { action: "admit", reason: "small-enough" });
    assert.deepEqual(atRandom(0.61), { action: "refuse", reason: "too-large-this-time" });
  });

  test("admits an init segment at once", () => {
    const admission = sizeAware(POLICY, { random: () => 0.999 });
    const traits = { kind: "init", isLive: false, sequence: undefined, number: undefined } as const;
    assert.equal(admission.decide("/init.mp4", 1_000, traits).reason, "init-segment");
  });
});
