/** Replays one trace through every policy at several cache sizes, beside the offline bound. */
import { setImmediate } from "node:timers/promises";
import {
  ADMISSION_POLICY_NAMES,
  type AdmissionPolicyName,
  newAdmission,
} from "../../appliance/core/admission/new-admission.ts";
import {
  EVICTION_POLICY_NAMES,
  type EvictionPolicyName,
  newCacheIndex,
} from "../../appliance/core/eviction/new-cache-index.ts";
import { replayBelady } from "./replay-belady.ts";
import { replayPolicy } from "./replay-policy.ts";
import type { ReplayScore } from "./replay-score.ts";
import { type Trace, workingSetBytes } from "./trace.ts";

/** Of all different bytes that are asked for. */
export const CACHE_SHARES = [0.01, 0.05, 0.2] as const;
/** What admission makes of a policy is shown at this size. */
export const ADMISSION_SHARE = 0.05;

export type PolicyScore = {
  readonly eviction: EvictionPolicyName | "belady";
  readonly admission: AdmissionPolicyName;
  readonly cacheShare: number;
  readonly score: ReplayScore;
};

export type Measuring = {
  readonly signal: AbortSignal;
  readonly onScore?: (score: PolicyScore) => void;
};

export async function measurePolicies(trace: Trace, measuring: Measuring): Promise<PolicyScore[]> {
  const wholeBytes = workingSetBytes(trace);
  const scores: PolicyScore[] = [];
  for (const { eviction, admission, cacheShare } of listCases()) {
    // A replay takes a second: between two of them somebody may have asked to stop.
    await setImmediate();
    measuring.signal.throwIfAborted();
    const limitBytes = Math.max(1, Math.round(wholeBytes * cacheShare));
    const score =
      eviction === "belady"
        ? replayBelady(trace, limitBytes)
        : replayPolicy(trace, {
            newIndex: newCacheIndex(eviction),
            newAdmission: newAdmission(admission),
            limitBytes,
          });
    const measured = { eviction, admission, cacheShare, score };
    scores.push(measured);
    measuring.onScore?.(measured);
  }
  return scores;
}

function listCases(): Omit<PolicyScore, "score">[] {
  const [always] = ADMISSION_POLICY_NAMES;
  return CACHE_SHARES.flatMap((cacheShare) => [
    { eviction: "belady" as const, admission: always, cacheShare },
    ...ADMISSION_POLICY_NAMES.filter(
      (admission) => admission === always || cacheShare === ADMISSION_SHARE,
    ).flatMap((admission) =>
      EVICTION_POLICY_NAMES.map((eviction) => ({ eviction, admission, cacheShare })),
    ),
  ]);
}
