/** The admission policies by the names that an operator knows. */

import type { NewAdmission } from "./admission.ts";
import { newAdmitAlways } from "./admit-always.ts";
import { newSecondHit } from "./second-hit.ts";
import { newSizeAware } from "./size-aware.ts";

/** The default first. */
export const ADMISSION_POLICY_NAMES = ["always", "second-hit", "size-aware"] as const;
export type AdmissionPolicyName = (typeof ADMISSION_POLICY_NAMES)[number];

const NEW_ADMISSION: Readonly<Record<AdmissionPolicyName, NewAdmission>> = {
  always: newAdmitAlways,
  "second-hit": newSecondHit,
  "size-aware": newSizeAware,
};

export function newAdmission(policyName: AdmissionPolicyName): NewAdmission {
  return NEW_ADMISSION[policyName];
}
