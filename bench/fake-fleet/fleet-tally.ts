/** What a made-up fleet tells of itself: how often it was heard, how often refused, how late it was. */
import { createHistogram } from "node:perf_hooks";
import { type Static, Type } from "typebox";
import type { Sent } from "./request-pool.ts";

export const TALLY_PATH = "/tally";

const milliseconds = (description: string) => Type.Number({ minimum: 0, description });

export const FleetTally = Type.Object({
  beaten: Type.Integer({ minimum: 0, description: "heartbeats that fell due" }),
  answered: Type.Integer({ minimum: 0, description: "those that were answered with 200" }),
  failed: Type.Integer({ minimum: 0, description: "those that were not" }),
  firstFailure: Type.Union([Type.String(), Type.Null()]),
  latencyP99Ms: milliseconds("since the last look: from when one was due to its answer"),
  lateP99Ms: milliseconds("since the last look: by which the fleet itself was late to begin"),
  waitedP99Ms: milliseconds("since the last look: for one of its connections"),
});
export type FleetTally = Static<typeof FleetTally>;

export function newTallyKeeper() {
  const latency = newTimes();
  const late = newTimes();
  const waited = newTimes();
  const counts = { beaten: 0, answered: 0, failed: 0, firstFailure: null as string | null };
  return {
    noteBegun(lateMs: number): void {
      counts.beaten += 1;
      late.note(lateMs);
    },
    noteSent({ flaw, waitedMs, tookMs }: Sent, lateMs: number): void {
      waited.note(waitedMs);
      if (flaw === undefined) {
        counts.answered += 1;
        latency.note(lateMs + tookMs);
        return;
      }
      counts.failed += 1;
      counts.firstFailure ??= flaw;
    },
    look: (): FleetTally => ({
      ...counts,
      latencyP99Ms: latency.takeP99(),
      lateP99Ms: late.takeP99(),
      waitedP99Ms: waited.takeP99(),
    }),
  };
}

function newTimes() {
  const histogram = createHistogram({ figures: 3 });
  return {
    note: (ms: number): void => histogram.record(Math.max(1, Math.round(ms * 1000))),
    takeP99(): number {
      const p99Ms = histogram.count === 0 ? 0 : histogram.percentile(99) / 1000;
      histogram.reset();
      return p99Ms;
    },
  };
}
