/**
 * The chaos service: a fault proxy before each target, and the API that tells them what to break.
 * Built here, started by main.ts.
 */
import cors from "@fastify/cors";
import { PUBLIC_CORS } from "../chassis/cross-origin.ts";
import { newServiceApp } from "../chassis/service-app.ts";
import type { LogLevel } from "../chassis/settings.ts";
import type { ChaosPolicy, Target } from "./config.ts";
import { NOT_FOUND_CODE } from "./errors.ts";
import { FaultProxy } from "./proxy/fault-proxy.ts";
import { addFaultRoutes } from "./routes/fault-routes.ts";

export type ChaosOptions = {
  readonly targets: readonly Target[];
  /** Address that the proxies listen on, and what viewers call it. */
  readonly host: string;
  readonly advertisedHost: string;
  readonly policy: ChaosPolicy;
  readonly token: string | undefined;
  /** Monotonic, for durations. */
  readonly now: () => number;
  /** The time of day, for what leaves the process. */
  readonly wallNow: () => number;
  /** For the seeds of faults that name none. */
  readonly random: () => number;
  readonly logLevel?: LogLevel;
};

const SEEDS = 2 ** 32;

export async function buildChaosApp(options: ChaosOptions) {
  const app = newServiceApp({
    notFoundCode: NOT_FOUND_CODE,
    ...(options.logLevel === undefined ? {} : { logLevel: options.logLevel }),
  });
  await app.register(cors, PUBLIC_CORS);

  const proxies = options.targets.map(
    ({ name, listenPort, upstream }) =>
      new FaultProxy({
        ...options,
        name,
        port: listenPort,
        upstream,
        policy: options.policy.proxy,
        drawSeed: () => Math.floor(options.random() * SEEDS).toString(36),
        log: app.log,
      }),
  );
  addFaultRoutes(app, { proxies, token: options.token });
  // Before the API waits for its own requests: a viewer's hanging connection keeps nobody waiting.
  app.addHook("preClose", async () => {
    await Promise.all(proxies.map((proxy) => proxy.close()));
  });

  return {
    app,
    proxies,
    /** Called by the loop in start-chaos.ts. */
    tick(nowMs: number): void {
      for (const proxy of proxies) proxy.tick(nowMs);
    },
  };
}
