/** The workload of an ordinary evening: everything at once, with sound. The one to look at first. */
import { TraceBuilder } from "../trace.ts";
import { seatLiveAudience } from "./live-channels.ts";
import { CLIMBING, chooseRelease, eveningShareAt, seatAudience } from "./video-on-demand.ts";
import type { Workload } from "./workload.ts";

const DURATION_MS = 5 * 3_600_000;
/** From five in the afternoon, as the curve of the day counts. */
const BEGINS_AT_MS = 8 * 3_600_000;

export const MIXED: Workload = {
  name: "mixed",
  audience: "An evening of library and live channels with sound, in which a title is released.",
  isStationary: false,
  draw: (random) => {
    const builder = new TraceBuilder();
    const shareAt = (atMs: number) => eveningShareAt(BEGINS_AT_MS + atMs);
    seatAudience(
      {
        arrivals: { durationMs: DURATION_MS, perMinute: 6, shareAt },
        habits: { ...CLIMBING, hearsSound: true },
        choose: chooseRelease,
      },
      builder,
      random,
    );
    seatLiveAudience({ durationMs: DURATION_MS, perMinute: 2 }, builder, random);
    return builder.build();
  },
};
