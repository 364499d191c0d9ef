/**
 * Does one thing to an appliance that sessions are sent to, and times what steering makes of it: until
 * no session is sent there any more, and, once it is mended, until it may have viewers again.
 */
import { setTimeout as delay } from "node:timers/promises";
import { commonestFirst, leftAfterMs, mostChanges } from "../core/first-places.ts";
import { BenchError } from "../errors.ts";
import type { DemoFleet } from "../systems/demo-fleet.ts";
import { isEligible, type NodeState, readNodeStates, servesFully } from "../systems/steering.ts";
import type { SteeringSession } from "../viewers/steering-session.ts";
import type { DetectionCase } from "./detection-cases.ts";
import { type FirstPlaceWatch, LOOK_EVERY_MS, watchFirstPlaces } from "./watch-first-places.ts";

/** What never came is the limit, and the claim about it does not hold. */
export type Detection = {
  /** Until it was in no manifest's first place. */
  readonly detectedSeconds: number;
  /** From its recovery until it was up, and fit for a first place. */
  readonly eligibleSeconds: number;
  /** From its recovery until it had all the viewers that it may have. */
  readonly fullSeconds: number;
};

export type Scene = {
  readonly fleet: DemoFleet;
  readonly sessions: readonly SteeringSession[];
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  readonly signal: AbortSignal;
};

const BEFORE_MS = 2_000;
/** Nobody may have been sent back for so long. */
const HOLD_MS = 1_500;
const DETECTION_LIMIT_MS = 15_000;
const ELIGIBLE_LIMIT_MS = 30_000;
const FULL_LIMIT_MS = 60_000;
/** After a fault has ended, so long is waited for what it still causes. */
const AFTERMATH_MS = 10_000;

export async function detectFault(scene: Scene, what: DetectionCase): Promise<Detection> {
  const { fleet, now } = scene;
  return await withPrimary(scene, async (primary, watch) => {
    const brokenAtMs = now();
    await what.breaks(fleet, primary);
    const detectedSeconds = await untilLeft(scene, { watch, primary, brokenAtMs });
    const sinceMs = now();
    await what.heals(fleet, primary);
    const eligible = { is: isEligible, sinceMs, limitMs: ELIGIBLE_LIMIT_MS };
    const eligibleSeconds = await untilNode(scene, primary, eligible);
    const full = { is: servesFully, sinceMs, limitMs: FULL_LIMIT_MS };
    const fullSeconds = await untilNode(scene, primary, full);
    return { detectedSeconds, eligibleSeconds, fullSeconds };
  });
}

/** @returns how often the order changed for the session for which it changed most often. */
export async function sitThroughFlapping(
  scene: Scene,
  flap: (appliance: string) => Promise<void>,
  seconds: number,
): Promise<number> {
  return await withPrimary(scene, async (primary, watch) => {
    await flap(primary);
    await delay(seconds * 1000 + AFTERMATH_MS, undefined, { signal: scene.signal });
    return mostChanges(watch.places());
  });
}

/** Watches the sessions meanwhile, and says whom they are sent to. */
async function withPrimary<T>(
  { sessions, now, signal }: Scene,
  work: (primary: string, watch: FirstPlaceWatch) => Promise<T>,
): Promise<T> {
  const watch = watchFirstPlaces(sessions, now);
  try {
    await delay(BEFORE_MS, undefined, { signal });
    const primary = commonestFirst(watch.places());
    if (primary === undefined) throw new BenchError("No session was told a pathway");
    return await work(primary, watch);
  } finally {
    await watch.stop();
  }
}

async function untilLeft(
  { now, signal }: Scene,
  seen: {
    readonly watch: FirstPlaceWatch;
    readonly primary: string;
    readonly brokenAtMs: number;
  },
): Promise<number> {
  const { watch, primary, brokenAtMs } = seen;
  for (;;) {
    const leftMs = leftAfterMs(watch.places(), primary, brokenAtMs);
    const waitedMs = now() - brokenAtMs;
    if (leftMs !== undefined && waitedMs - leftMs >= HOLD_MS) return leftMs / 1000;
    if (waitedMs >= DETECTION_LIMIT_MS) return DETECTION_LIMIT_MS / 1000;
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}

async function untilNode(
  { fleet, now, signal }: Scene,
  id: string,
  wanted: {
    readonly is: (node: NodeState) => boolean;
    readonly sinceMs: number;
    readonly limitMs: number;
  },
): Promise<number> {
  for (;;) {
    const states = await readNodeStates(fleet.steeringUrl);
    const waitedMs = now() - wanted.sinceMs;
    if (states.some((node) => node.id === id && wanted.is(node))) return waitedMs / 1000;
    if (waitedMs >= wanted.limitMs) return wanted.limitMs / 1000;
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}
