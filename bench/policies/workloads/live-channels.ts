/**
 * Workload of live channels: most viewers stand at the edge, some watch from the beginning of a
 * programme that is still on, and all of them want what has just been made.
 */
import type { Random } from "../../../kernel/seeded-random.ts";
import { TraceBuilder } from "../trace.ts";
import { drawArrivals } from "./draw-arrivals.ts";
import { PackagedTitle, SEGMENT_MS } from "./packaged-title.ts";
import { CLIMBING } from "./video-on-demand.ts";
import { watch } from "./watch.ts";
import type { Workload } from "./workload.ts";

const HOUR_MS = 3_600_000;
const CHANNELS = 24;
/** Of these a viewer fetches five at once as a buffer, and then what is three behind the edge. */
const FIRST_SEGMENTS_BEHIND = 8;
const LATECOMER_SHARE = 0.2;
const LATEST_MS = 40 * 60_000;
/** Channels were on long before the trace begins. */
const FIRST_NUMBER = 1_000;

/** Nobody skips ahead of the edge. */
const HABITS = { ...CLIMBING, resumeShare: 0, skipChance: 0 };

export type LivePlan = { readonly durationMs: number; readonly perMinute: number };

export function seatLiveAudience(plan: LivePlan, builder: TraceBuilder, random: Random): void {
  const channels = Array.from(
    { length: CHANNELS },
    (_, number) => new PackagedTitle(`/live/channel-${number}`, builder),
  );
  const { durationMs } = plan;
  for (const fromMs of drawArrivals(plan, random)) {
    // Squared, so that the first channels have most of the viewers.
    const title = channels[Math.floor(random() ** 2 * CHANNELS)];
    if (title === undefined) continue;
    const behindMs = random() < LATECOMER_SHARE ? random() * LATEST_MS : 0;
    const edge = FIRST_NUMBER + Math.floor((fromMs - behindMs) / SEGMENT_MS);
    const lastNumber = FIRST_NUMBER + Math.floor(durationMs / SEGMENT_MS);
    const firstNumber = edge - FIRST_SEGMENTS_BEHIND;
    watch({ title, fromMs, untilMs: durationMs, firstNumber, lastNumber }, HABITS, random);
  }
}

export const LIVE: Workload = {
  name: "live",
  audience: "24 live channels watched at the edge, by a fifth from up to 40 minutes behind it.",
  isStationary: true,
  draw: (random) => {
    const builder = new TraceBuilder();
    seatLiveAudience({ durationMs: 2 * HOUR_MS, perMinute: 20 }, builder, random);
    return builder.build();
  },
};
