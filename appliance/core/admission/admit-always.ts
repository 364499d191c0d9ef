/** Takes everything in: the default, and what a tier in RAM can afford. */
import type { AdmissionDecision, NewAdmission } from "./admission.ts";

const ALWAYS: AdmissionDecision = { action: "admit", reason: "always" };

export const newAdmitAlways: NewAdmission = () => ({ onRequest: () => {}, decide: () => ALWAYS });
