/**
 * Starts a whole fleet as processes of the operating system, supervises it, and stops it.
 *
 * `npm start`, the benches and the stories begin here. Nothing is left running when `close()` is
 * done, nor when the caller dies: then the children notice that their channel is closed.
 */
import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import { StartError } from "../chassis/run-service.ts";
import { STEERING_NODE_FLAGS } from "../steering/contract/node-flags.ts";
import { buildFleetApp } from "./app.ts";
import { FLEET_POLICY, type FleetConfig, type FleetPolicy } from "./config.ts";
import type { FleetProcess, ProcessAct } from "./contract/process-control.ts";
import { openChaosDoor } from "./control/chaos-door.ts";
import { createOperatorPass } from "./control/operator-pass.ts";
import { type Change, newsOf, startFailureOf } from "./core/fleet-news.ts";
import { type FleetPlan, planFleet } from "./core/fleet-plan.ts";
import { checkPorts, warnOfPorts } from "./processes/check-ports.ts";
import { startChildProgram } from "./processes/child-program.ts";
import { type DataFolder, openDataFolder } from "./processes/data-folder.ts";
import { type ActResult, Supervisor } from "./processes/supervisor.ts";

export type FleetOptions = FleetConfig & {
  /** What the services see of the environment; their secrets are added. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** One line for the person at the terminal, after the start. */
  readonly say?: (line: string) => void;
  readonly policy?: FleetPolicy;
  /** Absolute. Ours are beside this folder. */
  readonly programs?: Readonly<Record<FleetProcess["role"], string>>;
};

export type Fleet = {
  readonly siteUrl: string;
  readonly controlUrl: string;
  readonly token: string;
  /** Works once; the next one is said when it was used. */
  readonly operatorLink: () => string;
  readonly processes: () => FleetProcess[];
  readonly plan: FleetPlan;
  /** False if it did not come true in time. Looks whenever a process changes its state. */
  readonly waitUntil: (
    holds: (processes: readonly FleetProcess[]) => boolean,
    limitMs: number,
  ) => Promise<boolean>;
  /** In order: appliances, chaos, steering, origin. */
  close(): Promise<void>;
  /** At once, without their leave. */
  kill(): void;
};

const ROOT = resolve(import.meta.dirname, "..");
const PROGRAMS = {
  origin: join(ROOT, "origin", "main.ts"),
  steering: join(ROOT, "steering", "main.ts"),
  appliance: join(ROOT, "appliance", "main.ts"),
  chaos: join(ROOT, "chaos", "main.ts"),
};
const SESSION_SECONDS = 12 * 3600;
const MAX_SESSIONS = 100;
const STOP_ORDER = ["appliance", "chaos", "steering", "origin"] as const;

export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { policy = FLEET_POLICY, say = () => {} } = options;
  const plan = planFleet({ ...options, data: resolve(options.data) });
  await checkPorts(portsOf(plan));
  const warning = warnOfPorts(portsOf(plan));
  if (warning !== undefined) say(warning);
  const data = await openDataFolder(options.data);
  say("Starting the fleet ...");

  const token = drawSecret();
  const start: Start = { isOver: false, failure: undefined };
  const supervisor = newSupervisor(options, { plan, data, token, start, policy, say });
  const pass = createOperatorPass({
    now: () => performance.now(),
    drawSecret,
    sessionMs: SESSION_SECONDS * 1000,
    maxSessions: MAX_SESSIONS,
  });
  const operatorLink = () => `${plan.controlUrl}/operator?code=${pass.code()}`;
  const app = await buildFleetApp({
    list: () => supervisor.list(),
    act: (name, act) => actAndSee(supervisor, name, act, policy.killWaitMs),
    passToChaos: plan.chaosUrl === undefined ? undefined : openChaosDoor(plan.chaosUrl, token),
    token,
    pass,
    sessionSeconds: SESSION_SECONDS,
    onLinkUsed: () => say(`The operator link was used. The next one: ${operatorLink()}`),
    siteUrl: plan.siteUrl,
    controlPort: plan.controlPort,
  });
  const close = async () => {
    await stopInOrder(supervisor, policy.closeLimitMs);
    supervisor.stopLoop();
    await app.close();
    data.release();
  };

  try {
    // Control first: whoever sees the site finds its buttons working.
    await app.listen({ host: "127.0.0.1", port: plan.controlPort });
    data.claim({ controlUrl: plan.controlUrl, token });
    supervisor.startLoop();
    await startAll(supervisor, { start, data, limitMs: policy.supervision.startLimitMs * 2 });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    siteUrl: plan.siteUrl,
    controlUrl: plan.controlUrl,
    token,
    operatorLink,
    processes: () => supervisor.list(),
    plan,
    waitUntil: (holds, limitMs) => supervisor.waitUntil(holds, limitMs),
    close,
    kill: () => supervisor.killAll(),
  };
}

/** A death before the start is over is not mended: it is why the fleet does not start. */
type Start = { isOver: boolean; failure: Change | undefined };

type Parts = {
  readonly plan: FleetPlan;
  readonly data: DataFolder;
  readonly token: string;
  readonly start: Start;
  readonly policy: FleetPolicy;
  readonly say: (line: string) => void;
};

function newSupervisor(
  { programs = PROGRAMS, env }: FleetOptions,
  { plan, data, token, start, policy, say }: Parts,
): Supervisor {
  const secrets = { UNDERSTUDY_TOKEN: token, UNDERSTUDY_SESSION_KEY: drawSecret() };
  return new Supervisor({
    planned: plan.processes,
    policy: policy.supervision,
    tickMs: policy.tickMs,
    now: () => performance.now(),
    random: Math.random,
    spawn: (planned, on) =>
      startChildProgram({
        program: programs[planned.role],
        nodeFlags: planned.role === "steering" ? STEERING_NODE_FLAGS : [],
        flags: planned.flags,
        env: { ...env, ...secrets },
        folder: ROOT,
        logFile: data.logFileOf(planned.name),
        maxLogBytes: policy.maxLogBytes,
        ...on,
      }),
    onChange: (change) => {
      if (!start.isOver && change.reason === "died-unasked") start.failure ??= change;
      const news = start.isOver ? newsOf(change) : undefined;
      if (news !== undefined) say(news);
    },
  });
}

async function startAll(
  supervisor: Supervisor,
  { start, data, limitMs }: Pick<Parts, "start" | "data"> & { readonly limitMs: number },
): Promise<void> {
  const allRun = (all: readonly FleetProcess[]) => all.every(({ state }) => state === "running");
  for (const { name } of supervisor.list()) supervisor.act(name, "start");
  await supervisor.waitUntil((all) => start.failure !== undefined || allRun(all), limitMs);
  if (start.failure !== undefined) {
    throw new StartError(startFailureOf(start.failure, data.logFileOf(start.failure.name)));
  }
  if (!allRun(supervisor.list())) {
    throw new StartError(`The fleet did not start in time. Logs: ${join(data.path, "logs")}`);
  }
  start.isOver = true;
}

/** Who kills a process wants to know that it is dead. */
async function actAndSee(
  supervisor: Supervisor,
  name: string,
  act: ProcessAct,
  killWaitMs: number,
): Promise<ActResult> {
  const result = supervisor.act(name, act);
  if (result.kind !== "done" || act !== "kill") return result;
  const find = (all: readonly FleetProcess[]) => all.find((process) => process.name === name);
  await supervisor.waitUntil((all) => find(all)?.state === "stopped", killWaitMs);
  return { kind: "done", process: find(supervisor.list()) ?? result.process };
}

async function stopInOrder(supervisor: Supervisor, limitMs: number): Promise<void> {
  const limit = setTimeout(() => supervisor.killAll(), limitMs);
  for (const role of STOP_ORDER) {
    const ofRole = (process: FleetProcess) => process.role === role;
    for (const { name } of supervisor.list().filter(ofRole)) supervisor.act(name, "stop");
    // The SIGKILL at the limit lets no process outlive it by more than a moment.
    await supervisor.waitUntil(
      (all) => all.filter(ofRole).every(({ state }) => state === "stopped"),
      limitMs * 2,
    );
  }
  clearTimeout(limit);
}

function portsOf(plan: FleetPlan) {
  return [
    { host: "127.0.0.1", port: plan.controlPort },
    ...plan.processes.flatMap(({ listens }) => listens),
  ].sort((left, right) => left.port - right.port);
}

function drawSecret(): string {
  return randomBytes(32).toString("base64url");
}
