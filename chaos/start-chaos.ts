/** Starts the chaos service from its configuration: opens the proxies, then the API, and runs its one loop. */
import { type RunningService, StartError } from "../chassis/run-service.ts";
import { buildChaosApp } from "./app.ts";
import { CHAOS_POLICY, type ChaosConfig, readTargets, type Target } from "./config.ts";
import type { FaultProxy } from "./proxy/fault-proxy.ts";

/** From here on, systems hand out ports to outgoing connections. */
const FIRST_EPHEMERAL_PORT = 32_768;

export async function startChaos(config: ChaosConfig): Promise<RunningService> {
  const reading = readTargets(config.targets, config.port);
  if (!reading.ok) throw new StartError(reading.flaw);
  const now = () => performance.now();
  const { app, proxies, tick } = await buildChaosApp({
    targets: reading.targets,
    host: config.host,
    advertisedHost: config.advertise ?? reachable(config.host),
    policy: CHAOS_POLICY,
    token: config.token,
    now,
    wallNow: Date.now,
    random: Math.random,
    logLevel: config.logLevel,
  });
  if (config.token === undefined) {
    app.log.warn("UNDERSTUDY_TOKEN is not set: nobody can set a fault");
  }
  for (const { name, listenPort } of reading.targets) {
    if (listenPort < FIRST_EPHEMERAL_PORT) continue;
    const risk = "may be taken by an outgoing connection while its upstream is gone";
    app.log.warn({ target: name, port: listenPort }, `this port ${risk}`);
  }

  try {
    for (const [index, proxy] of proxies.entries()) await open(proxy, reading.targets[index]);
    const url = await app.listen({ host: config.host, port: config.port });
    const loop = setInterval(() => tick(now()), CHAOS_POLICY.tickEveryMs);
    return {
      url: url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:"),
      async close() {
        clearInterval(loop);
        await app.close();
      },
    };
  } catch (error) {
    await app.close();
    throw error;
  }
}

async function open(proxy: FaultProxy, target: Target | undefined): Promise<void> {
  try {
    await proxy.listen();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const port = `Port ${target?.listenPort} of target ${proxy.name}`;
    if (code === "EADDRINUSE") {
      throw new StartError(`${port} is in use. Choose another in --targets.`);
    }
    if (code === "EACCES") {
      throw new StartError(`${port} needs more rights. Choose one above 1023 in --targets.`);
    }
    throw error;
  }
}

/** An address that means "all of them" is none that others could use; one of IPv6 needs brackets. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}
