import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededRandom } from "../../../kernel/seeded-random.ts";
import { ADMIT_INIT } from "./admission.ts";
import { ADMISSION_POLICY_NAMES, newAdmission } from "./new-admission.ts";

const INIT = { kind: "init", isLive: false, sequence: undefined, number: undefined } as const;

describe("every admission policy", () => {
  for (const policyName of ADMISSION_POLICY_NAMES) {
    test(`${policyName} admits an init segment the first time`, () => {
      const admission = newAdmission(policyName)({ random: () => 0.999_999 });
      admission.onRequest("/init.mp4");
      assert.equal(admission.decide("/init.mp4", 1_200, INIT).action, ADMIT_INIT.action);
    });
    test(`${policyName} admits in the end what is asked for again and again`, () => {
      const admission = newAdmission(policyName)({ random: seededRandom(policyName) });
      const actions = Array.from({ length: 50 }, () => {
        admission.onRequest("/a");
        return admission.decide("/a", 1_000_000).action;
      });
      assert.ok(actions.includes("admit"));
    });
  }
});
