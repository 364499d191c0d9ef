/** Lets one index answer a trace as a tier of an appliance would, with its clock at the trace's time. */
import type { NewAdmission } from "../../appliance/core/admission/admission.ts";
import type { NewCacheIndex } from "../../appliance/core/eviction/cache-index.ts";
import { seededRandom } from "../../kernel/seeded-random.ts";
import type { ReplayScore } from "./replay-score.ts";
import type { Trace } from "./trace.ts";

export type ReplayOptions = {
  readonly newIndex: NewCacheIndex;
  readonly newAdmission: NewAdmission;
  readonly limitBytes: number;
};

export function replayPolicy(trace: Trace, options: ReplayOptions): ReplayScore {
  const { newIndex, newAdmission, limitBytes } = options;
  const { objects, asked, timesMs } = trace;
  // Clocks begin at 1, not at 0.
  let nowMs = 1;
  const random = seededRandom("replay");
  const index = newIndex<true>({ limitBytes, onRemoved: () => {}, now: () => nowMs, random });
  const admission = newAdmission({ random });
  const score = {
    requests: asked.length,
    missedRequests: 0,
    bytes: 0,
    missedBytes: 0,
    writtenBytes: 0,
  };

  for (let row = 0; row < asked.length; row += 1) {
    const object = objects[asked[row] ?? 0];
    if (object === undefined) continue;
    nowMs = 1 + (timesMs[row] ?? 0);
    const { key, sizeBytes, traits } = object;
    score.bytes += sizeBytes;
    admission.onRequest(key);
    if (index.get(key) !== undefined) continue;
    score.missedRequests += 1;
    score.missedBytes += sizeBytes;
    if (admission.decide(key, sizeBytes, traits).action === "refuse") continue;
    if (index.set(key, true, sizeBytes, traits)) score.writtenBytes += sizeBytes;
  }
  return score;
}
