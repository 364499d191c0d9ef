import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ADMISSION_POLICY_NAMES, newAdmission } from "./new-admission.ts";

describe("newAdmission()", () => {
  test("the default takes everything in", () => assert.equal(ADMISSION_POLICY_NAMES[0], "always"));

  for (const [policyName, first, second] of [
    ["always", "always", "always"],
    ["second-hit", "first-request", "asked-before"],
    ["size-aware", "too-large-this-time", "too-large-this-time"],
  ] as const) {
    test(`${policyName} says ${first} first, then ${second}`, () => {
      const admission = newAdmission(policyName)({ random: () => 0.99 });
      const reasons = [1, 2].map(() => {
        admission.onRequest("/a");
        return admission.decide("/a", 1_000).reason;
      });
      assert.deepEqual(reasons, [first, second]);
    });
  }
});
