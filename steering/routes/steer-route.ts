/**
 * `GET /v1/steer/hls`: the steering manifest. Whatever is asked, however it is spelled, the answer is
 * a manifest that the clients survive; never 429, after which hls.js asks no more.
 */
import type { ServiceApp } from "../../chassis/service-app.ts";
import { STEERING_MANIFEST_PATH, STEERING_MANIFEST_TYPE } from "../contract/steering-manifest.ts";
import {
  type ManifestPolicy,
  pathwayPriority,
  steeringManifest,
  ttlSeconds,
} from "../core/hls/steering-manifest.ts";
import type { Viewer } from "../core/ranking/rank-pathways.ts";
import type { ViewerSession } from "../core/session/viewer-session.ts";
import type { Fleet } from "../fleet/keep-fleet.ts";
import type { SessionSigner } from "../session/session-signer.ts";
import { pathwayOfQuery, textOfQuery } from "./viewer-query.ts";

export type SteerRouteOptions = {
  readonly fleet: Fleet;
  readonly signer: SessionSigner;
  readonly policy: ManifestPolicy;
  readonly now: () => number;
  readonly random: () => number;
  readonly steeringUri: (token: string) => string;
};

export function addSteerRoute(app: ServiceApp, options: SteerRouteOptions): void {
  const { fleet, signer, policy, now, random, steeringUri } = options;

  app.get(STEERING_MANIFEST_PATH, (request, reply) => {
    const session = signer.read(textOfQuery(request.query, "session"));
    const current = pathwayOfQuery(request.query);
    const { places } = fleet.rank(viewerOf(session, current, fleet));
    const priority = pathwayPriority({
      session,
      places,
      nodes: fleet.nodes(),
      current,
      isSettling: fleet.isSettling(),
    });
    const lastChangeAtMs = fleet.lastChangeAtMs(priority);
    const manifest = steeringManifest({
      ttlSeconds: ttlSeconds({ lastChangeAtMs, nowMs: now() }, policy, random),
      reloadUri: steeringUri(signer.sign(session)),
      priority,
    });
    return reply
      .header("cache-control", "no-store")
      .type(STEERING_MANIFEST_TYPE)
      .send(JSON.stringify(manifest));
  });
}

/** Of an anonymous viewer we know only where it is: near there, and there if it is well. */
function viewerOf(session: ViewerSession, current: string | undefined, fleet: Fleet): Viewer {
  if (session.kind === "play") {
    const { region, source, path, pathways } = session;
    return { region, title: `${source}${path}`, kept: pathways };
  }
  const region = current === undefined ? undefined : fleet.regionOf(current);
  return { region, title: session.id, kept: current === undefined ? [] : [current] };
}
