/**
 * A whole fleet of real processes as `npm start` has it: origin, steering, appliances, and a fault proxy
 * before each of them. What happens to it is done through its control API, as an operator would.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Value } from "typebox/value";
import { type Fault, faultPath } from "../../chaos/contract/faults.ts";
import { StartError } from "../../chassis/run-service.ts";
import { FleetConfig } from "../../fleet/config.ts";
import { actPath, type ProcessAct } from "../../fleet/contract/process-control.ts";
import { findFreePorts } from "../../fleet/free-ports.rig.ts";
import { type Fleet, startFleet } from "../../fleet/start-fleet.ts";
import { BenchError } from "../errors.ts";
import type { Stage } from "../processes/stage.ts";
import { servesFully, untilAll } from "./steering.ts";

export type DemoFleet = {
  /** Of the origin, which serves the site too. */
  readonly originUrl: string;
  readonly steeringUrl: string;
  /** Id → the address that viewers use. */
  readonly appliances: ReadonlyMap<string, string>;
  act(name: string, act: ProcessAct): Promise<void>;
  breaks(name: string, fault: Fault): Promise<void>;
  heals(name: string): Promise<void>;
  /** @param path of an appliance, behind its bearer token, such as the one to drain it. */
  tell(name: string, path: string): Promise<void>;
  stop(): Promise<void>;
};

export type DemoFleetWishes = {
  readonly regions: readonly string[];
  readonly appliances: number;
};

/** Every appliance is up, with all the viewers that it may have, when this resolves. */
export async function startDemoFleet(stage: Stage, wishes: DemoFleetWishes): Promise<DemoFleet> {
  const folder = await mkdtemp(join(tmpdir(), "understudy-bench-fleet-"));
  const clear = () => rm(folder, { recursive: true, force: true });
  const fleet = await start(folder, wishes).catch(async (error: unknown) => {
    await clear();
    throw error instanceof StartError ? new BenchError(error.message, { cause: error }) : error;
  });
  const demo = demoFleetOf(fleet, clear);
  await stage.own(demo);
  const { appliances } = wishes;
  await untilAll(servesFully, { url: demo.steeringUrl, appliances });
  return demo;
}

async function start(data: string, { regions, appliances }: DemoFleetWishes): Promise<Fleet> {
  const config = Value.Parse(FleetConfig, {
    ...Value.Create(FleetConfig),
    port: await findFreePorts(),
    regions: [...regions],
    appliances,
    data,
    chaos: true,
    profile: "demo",
  });
  return startFleet({ ...config, env: { NODE_ENV: "production" } });
}

function demoFleetOf(fleet: Fleet, clear: () => Promise<void>): DemoFleet {
  const { plan, token, siteUrl, controlUrl } = fleet;
  const urlOf = (role: string) => plan.processes.find((process) => process.role === role)?.url;
  const appliances = new Map(
    plan.processes.filter(({ role }) => role === "appliance").map(({ name, url }) => [name, url]),
  );
  let stopping: Promise<void> | undefined;
  const order = (method: string, url: string, body?: object) => orderWith(token, method, url, body);
  return {
    originUrl: siteUrl,
    steeringUrl: urlOf("steering") ?? "",
    appliances,
    act: (name, act) => order("POST", controlUrl + actPath(name, act)),
    breaks: (name, fault) => order("PUT", controlUrl + faultPath(name), fault),
    heals: (name) => order("DELETE", controlUrl + faultPath(name)),
    tell: (name, path) => order("POST", `${appliances.get(name)}${path}`),
    stop() {
      stopping ??= fleet.close().then(clear);
      return stopping;
    },
  };
}

/** @throws {BenchError} for what was not done. */
async function orderWith(
  token: string,
  method: string,
  url: string,
  body: object | undefined,
): Promise<void> {
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new BenchError(`Cannot ${method} ${url}: ${text}`);
}
