/**
 * Ours: one steering process with a made-up fleet behind it, which keeps its leases and answers its
 * probes as real appliances would.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { FLEET_PATH, HealthState } from "../../steering/contract/fleet-view.ts";
import { STEERING_NODE_FLAGS } from "../../steering/contract/node-flags.ts";
import { BenchError } from "../errors.ts";
import type { ServerProcess } from "../processes/server-process.ts";
import type { Stage } from "../processes/stage.ts";
import { askForSuccess } from "./ask.ts";
import { type FakeFleet, startFakeFleet } from "./fake-fleet.ts";
import { startOrigin } from "./origin.ts";

/** As many as a large operator has; a viewer is in one of them. */
export const STEERING_REGIONS: readonly string[] = [
  ...["north", "east", "south", "west", "centre", "coast"],
  ...["harbour", "hills", "islands", "plains", "lakes", "valley"],
];

/** What each appliance is asked for in production. */
const PRODUCTION_HEARTBEAT_SECONDS = 10;

export type SteeredFleet = {
  readonly origin: ServerProcess;
  readonly steering: ServerProcess;
  readonly fleet: FakeFleet;
  /** Ends these three, before the stage does. */
  stop(): Promise<void>;
};

export type SteeredFleetWishes = {
  readonly appliances: number;
  readonly heartbeatSeconds?: number;
};

/** Every appliance is registered when this resolves. */
export async function startSteeredFleet(
  stage: Stage,
  { appliances, heartbeatSeconds = PRODUCTION_HEARTBEAT_SECONDS }: SteeredFleetWishes,
): Promise<SteeredFleet> {
  const token = randomBytes(32).toString("base64url");
  const origin = await startOrigin(stage);
  const steering = await stage.startService({
    name: "steering",
    program: "steering/main.ts",
    nodeFlags: STEERING_NODE_FLAGS,
    flags: ["--sources", `demo=${origin.url}`, "--log-level", "warn"],
    part: "measured",
    env: { UNDERSTUDY_TOKEN: token },
  });
  const fleet = await startFakeFleet(stage, {
    appliances,
    regions: STEERING_REGIONS,
    heartbeatSeconds,
    steering,
    origin,
    token,
  });
  return {
    origin,
    steering,
    fleet,
    async stop() {
      for (const server of [fleet.server, steering, origin]) await server.stop();
    },
  };
}

export type NodeState = {
  readonly id: string;
  readonly state: HealthState;
  readonly grade: number;
  readonly admittedShare: number;
};

/** Of the view as little as is needed, since that of a large fleet is large. */
const States = Type.Object({
  appliances: Type.Array(
    Type.Object({
      id: Type.String(),
      health: Type.Object({ state: HealthState, grade: Type.Number() }),
      admittedShare: Type.Optional(Type.Number()),
    }),
  ),
});

export async function readNodeStates(url: string): Promise<readonly NodeState[]> {
  const view: unknown = JSON.parse((await askForSuccess(url + FLEET_PATH)).body.toString());
  if (!Value.Check(States, view)) throw new BenchError("Steering's view of the fleet is malformed");
  return view.appliances.map(({ id, health: { state, grade }, admittedShare = 1 }) => ({
    id,
    state,
    grade,
    admittedShare,
  }));
}

/** Below it steering sends nobody there first whom it could send elsewhere. */
const FIT_GRADE = 0.5;

export function isEligible({ state, grade }: NodeState): boolean {
  return state === "up" && grade >= FIT_GRADE;
}

export function isUp({ state }: NodeState): boolean {
  return state === "up";
}

/** Up, and with all the viewers that it may have. */
export function servesFully({ state, admittedShare }: NodeState): boolean {
  return state === "up" && admittedShare === 1;
}

/** A node must be probed twice before it counts as well, and probes of a large fleet have a budget. */
const LIMIT_MS = { atLeast: 60_000, perAppliance: 25 };
/** The larger the fleet, the longer steering is busy with such a question. */
const LOOK_EVERY_MS = { atLeast: 100, perAppliance: 0.4 };

/** Nothing tells when an appliance has passed its trial; steering's view of the fleet is asked for. */
export async function untilAll(
  is: (node: NodeState) => boolean,
  { url, appliances }: { readonly url: string; readonly appliances: number },
): Promise<void> {
  const limitMs = Math.max(LIMIT_MS.atLeast, appliances * LIMIT_MS.perAppliance);
  const everyMs = Math.max(LOOK_EVERY_MS.atLeast, appliances * LOOK_EVERY_MS.perAppliance);
  let ready = 0;
  for (let waitedMs = 0; waitedMs < limitMs; waitedMs += everyMs) {
    ready = (await readNodeStates(url)).filter(is).length;
    if (ready >= appliances) return;
    await delay(everyMs);
  }
  throw new BenchError(
    `Steering held ${ready} of ${appliances} appliances for well after ${limitMs / 1000} s`,
  );
}

/** A ranking of appliances that have fallen out would be another, easier one. */
export async function requireAllUp(url: string, appliances: number): Promise<void> {
  const up = (await readNodeStates(url)).filter(isUp).length;
  if (up === appliances) return;
  throw new BenchError(`Steering holds ${up} of ${appliances} appliances for well`);
}
