/**
 * The steering service: knows which appliances live and how well, ranks them for each viewer, and
 * tells players by playlist and steering manifest. Built here, started by main.ts.
 */
import cors from "@fastify/cors";
import { PUBLIC_CORS } from "../chassis/cross-origin.ts";
import { newServiceApp } from "../chassis/service-app.ts";
import type { LogLevel } from "../chassis/settings.ts";
import { FLEET_PATH, FleetView } from "./contract/fleet-view.ts";
import { HEALTHZ_PATH, type ServiceHealth } from "./contract/service-health.ts";
import { DASH_STEERING_PATH, STEERING_MANIFEST_PATH } from "./contract/steering-manifest.ts";
import { isUsable } from "./core/ranking/rank-pathways.ts";
import { keepFleet } from "./fleet/keep-fleet.ts";
import { openProber, type Prober } from "./probe/probe-appliance.ts";
import { openFleetProber } from "./probe/probe-fleet.ts";
import type { SteeringPolicy } from "./profiles.ts";
import { addApplianceRoutes } from "./routes/appliance-routes.ts";
import { addPlayRoute, type SteeringUri } from "./routes/play-route.ts";
import { addSteerRoute } from "./routes/steer-route.ts";
import { openSessionSigner } from "./session/session-signer.ts";
import { openTextFetcher, type TextFetcher } from "./source/fetch-text.ts";
import { openPlaylistSource } from "./source/open-playlist-source.ts";

export type SteeringOptions = {
  readonly policy: SteeringPolicy;
  /** Name → base URL of the origin. The first one's bytes are what probes are measured by. */
  readonly sources: ReadonlyMap<string, string>;
  /** Where viewers reach this service; asked for with each answer, as port 0 is known only later. */
  readonly advertisedUrl: () => string;
  readonly token: string | undefined;
  readonly sessionKey: Buffer;
  readonly probePath: string;
  /** Monotonic, for durations. */
  readonly now: () => number;
  /** The time of day, for what leaves the process. */
  readonly wallNow: () => number;
  readonly random: () => number;
  readonly logLevel?: LogLevel;
  readonly prober?: Prober;
  readonly textFetcher?: TextFetcher;
};

export async function buildSteeringApp(options: SteeringOptions) {
  const { policy, now, wallNow, random } = options;
  const app = newServiceApp({
    notFoundCode: "STEER_UNKNOWN_PATH",
    ...(options.logLevel === undefined ? {} : { logLevel: options.logLevel }),
  });
  await app.register(cors, PUBLIC_CORS);

  const prober = options.prober ?? openProber(policy.probe, now);
  const textFetcher = options.textFetcher ?? openTextFetcher();
  const signer = openSessionSigner({ key: options.sessionKey, wallNow, ...policy.session });
  const fleet = keepFleet({
    policy,
    now,
    onChange: (change) => app.log.info(change, "appliance changed state"),
  });
  const sources = new Map(
    Array.from(options.sources, ([name, url]) => [
      name,
      openPlaylistSource({ url, fetchText: textFetcher.fetchText, policy: policy.copies, now }),
    ]),
  );
  const [referenceUrl] = options.sources.values();
  if (referenceUrl === undefined) throw new TypeError("Steering needs at least one source");
  const probeDue = openFleetProber({
    fleet,
    prober,
    probePath: options.probePath,
    referenceUrl,
    policy: policy.probing,
    random,
  });
  const steeringUri: SteeringUri = (kind, token) => {
    const path = kind === "hls" ? STEERING_MANIFEST_PATH : DASH_STEERING_PATH;
    return `${options.advertisedUrl()}${path}?session=${token}`;
  };

  const pathways = { fleet, sources, signer, maxPathways: policy.maxPathways, steeringUri };
  addPlayRoute(app, pathways);
  addSteerRoute(app, { ...pathways, policy: policy.manifest, now, random });
  addApplianceRoutes(app, { fleet, token: options.token, policy: policy.registry });

  app.get(FLEET_PATH, { schema: { response: { 200: FleetView } } }, (_, reply) => {
    reply.header("cache-control", "no-store");
    return fleet.view(wallNow());
  });
  app.get(HEALTHZ_PATH, (_, reply): ServiceHealth => {
    reply.header("cache-control", "no-store");
    const nodes = fleet.nodes();
    return { status: "ok", appliances: nodes.length, usable: nodes.filter(isUsable).length };
  });

  let wasFailOpen = false;
  app.addHook("onClose", async () => {
    await Promise.all([prober.close(), textFetcher.close()]);
  });

  return {
    app,
    /** Called by the loop in main.ts. Resolves when the probes that it began have ended. */
    async tick(nowMs: number): Promise<void> {
      fleet.sweep(nowMs);
      const failOpen = fleet.isFailOpen();
      if (failOpen !== wasFailOpen) {
        wasFailOpen = failOpen;
        app.log.warn({ failOpen }, "fail open changed");
      }
      await probeDue(nowMs);
    },
  };
}
