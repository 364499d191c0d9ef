/** Starts steering from its configuration: listens, runs its one loop, and says where it is. */
import { randomBytes } from "node:crypto";
import { type RunningService, StartError } from "../chassis/run-service.ts";
import { buildSteeringApp } from "./app.ts";
import { readSources, type SteeringConfig } from "./config.ts";
import { PROFILES } from "./profiles.ts";

const DRAWN_KEY_BYTES = 32;

export async function startSteering(config: SteeringConfig): Promise<RunningService> {
  const sources = readSources(config.sources);
  if (sources.size < config.sources.length) {
    throw new StartError("--sources names one source twice. Give each another name.");
  }
  const policy = PROFILES[config.profile];
  const now = () => performance.now();
  let url = config.advertise;
  const { app, tick } = await buildSteeringApp({
    policy,
    sources,
    advertisedUrl: () => url ?? "",
    token: config.token,
    sessionKey:
      config.sessionKey === undefined
        ? randomBytes(DRAWN_KEY_BYTES)
        : Buffer.from(config.sessionKey),
    probePath: config.probePath,
    now,
    wallNow: Date.now,
    random: Math.random,
    logLevel: config.logLevel,
  });
  if (config.sessionKey === undefined) {
    app.log.info("UNDERSTUDY_SESSION_KEY is not set: sessions end with this process");
  }
  if (config.token === undefined) {
    app.log.warn("UNDERSTUDY_TOKEN is not set: no appliance can register");
  }

  const listening = await app.listen({ host: config.host, port: config.port });
  url ??= reachable(listening);
  const loop = setInterval(() => void tick(now()), policy.tickEveryMs);
  return {
    url,
    async close() {
      clearInterval(loop);
      await app.close();
    },
  };
}

/** An address that means "all of them" is none that others could use. */
function reachable(url: string): string {
  return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:");
}
