/** Starts one appliance: reads its command line, listens, ticks, and stops in order. */
import * as fileSystem from "node:fs/promises";
import { runService, StartError } from "../chassis/run-service.ts";
import { buildAppliance } from "./app.ts";
import { ApplianceConfig, policiesOf } from "./config.ts";
import { openOriginUpstream } from "./upstream/origin-upstream.ts";

const TICK_MS = 250;
const MEBIBYTE = 1024 * 1024;

await runService({
  command: "npm run appliance --",
  schema: ApplianceConfig,
  env: process.env,
  start: async (config) => {
    if (config.steering !== undefined && config.token === undefined) {
      throw new StartError("UNDERSTUDY_TOKEN is missing: --steering needs the fleet's secret.");
    }
    if (!URL.canParse(config.origin)) throw new StartError("--origin is not a URL.");
    const policies = policiesOf(config.profile);
    const now = () => performance.now();
    let url = config.advertise ?? "";
    const appliance = buildAppliance({
      id: config.id,
      region: config.region,
      policies,
      upstream: openOriginUpstream({ origin: new URL(config.origin), policy: policies.upstream }),
      ramBytes: config.ramMebibytes * MEBIBYTE,
      disk:
        config.cacheFolder === undefined
          ? undefined
          : {
              folder: config.cacheFolder,
              maxBytes: config.diskMebibytes * MEBIBYTE,
              fileSystem,
            },
      capacityBitsPerSecond: config.capacity * 1e6,
      steeringUrl: config.steering,
      token: config.token,
      url: () => url,
      now,
      wallNow: Date.now,
      random: Math.random,
      logLevel: "info",
    });
    const listening = await appliance.app.listen({ host: config.host, port: config.port });
    url = config.advertise ?? listening;
    const loop = setInterval(() => appliance.tick(now()), TICK_MS);
    appliance.tick(now());
    return {
      url,
      close: async () => {
        clearInterval(loop);
        await appliance.close();
      },
    };
  },
});
