/**
 * `GET /v1/steer/hls` and `/v1/steer/dash`: the steering manifest. Whatever is asked, however it is
 * spelled, the answer is a manifest that the clients survive; never 429, after which hls.js asks no
 * more.
 */
import type { FastifyRequest } from "fastify";
import type { ServiceApp } from "../../chassis/service-app.ts";
import {
  DASH_STEERING_PATH,
  DASH_STEERING_TYPE,
  STEERING_MANIFEST_PATH,
  STEERING_MANIFEST_TYPE,
} from "../contract/steering-manifest.ts";
import { writeHostClones } from "../core/dash/host-clones.ts";
import { type ClonedPathway, writeHlsClones } from "../core/hls/pathway-clones.ts";
import {
  type ManifestPolicy,
  ttlSeconds,
  writeSteeringManifest,
} from "../core/hls/steering-manifest.ts";
import { isUsable, type Viewer } from "../core/ranking/rank-pathways.ts";
import { joinedPathways, nodeOfClone, type PathwayNode } from "../core/session/joined-pathways.ts";
import { orderPathways } from "../core/session/order-pathways.ts";
import { readSteeringQuery, type SteeringQuery } from "../core/session/steering-query.ts";
import { pathwayFingerprint, type ViewerSession } from "../core/session/viewer-session.ts";
import type { Presentation } from "../core/source/presentation.ts";
import type { Fleet } from "../fleet/keep-fleet.ts";
import type { SessionSigner } from "../session/session-signer.ts";
import type { PlaylistSource } from "../source/open-playlist-source.ts";
import type { SteeringUri } from "./play-route.ts";
import { textOfQuery } from "./viewer-query.ts";

export type SteerRouteOptions = {
  readonly fleet: Fleet;
  readonly sources: ReadonlyMap<string, PlaylistSource>;
  readonly signer: SessionSigner;
  readonly maxPathways: number;
  readonly policy: ManifestPolicy;
  readonly now: () => number;
  readonly random: () => number;
  readonly steeringUri: SteeringUri;
};

type Kind = Presentation["kind"];

export function addSteerRoute(app: ServiceApp, options: SteerRouteOptions): void {
  const { fleet, sources, signer, policy, maxPathways, now, random, steeringUri } = options;

  function manifestFor(kind: Kind, request: FastifyRequest): string {
    const given = textOfQuery(request.query, "session");
    const { session, standing } = signer.read(given);
    const { current } = queryOf(kind, request);
    const listed = session.kind === "play" ? session.pathways : [];
    const nodes = rankedFor(viewerOf(session, current, fleet), fleet);
    const joined = joinedPathways({ listed, nodes, current, mostListed: maxPathways });
    const clones = joined.length === 0 ? [] : clonesFor(session, { listed, nodes, joined });
    const priority = orderPathways({
      listed,
      nodes,
      joined: clones,
      current,
      isSettling: fleet.isSettling(),
      clones: kind === "hls" ? "by-rank" : "behind-usable",
    });
    const lastChangeAtMs = fleet.lastChangeAtMs([
      ...(session.kind === "play" ? listed : nodes).map(({ id }) => id),
      ...clones.map(({ node }) => node.id),
    ]);
    // A token that is good for long yet is given back: signing is the dearest part of an answer.
    const token = standing === "valid" && given !== undefined ? given : signer.sign(session);
    return writeSteeringManifest({
      ttlSeconds: ttlSeconds({ lastChangeAtMs, nowMs: now() }, policy, random),
      reloadUri: steeringUri(kind, token),
      priority,
      clones: clones.map(({ json }) => json),
    });
  }

  function clonesFor(
    session: ViewerSession,
    input: Omit<Parameters<typeof writeHlsClones>[0], "template">,
  ): readonly ClonedPathway[] {
    if (session.kind === "anonymous") return [];
    const addresses = input.nodes.map(({ url }) => url);
    const presentation = sources.get(session.source)?.peek(session.path, addresses);
    switch (presentation?.kind) {
      case "hls": {
        const template = presentation.cloneTemplate;
        return template === undefined ? [] : writeHlsClones({ template, ...input });
      }
      case "dash":
        return writeHostClones({ manifest: presentation.manifest, ...input });
      case undefined:
        return [];
    }
  }

  for (const [kind, path, type] of [
    ["hls", STEERING_MANIFEST_PATH, STEERING_MANIFEST_TYPE],
    ["dash", DASH_STEERING_PATH, DASH_STEERING_TYPE],
  ] as const) {
    app.get(path, (request, reply) =>
      reply.header("cache-control", "no-store").type(type).send(manifestFor(kind, request)),
    );
  }
}

function queryOf(kind: Kind, { query }: FastifyRequest): SteeringQuery {
  const prefix = kind === "hls" ? "_HLS" : "_DASH";
  return readSteeringQuery(
    textOfQuery(query, `${prefix}_pathway`),
    textOfQuery(query, `${prefix}_throughput`),
  );
}

function rankedFor(viewer: Viewer, fleet: Fleet): readonly PathwayNode[] {
  const usable = new Set(
    fleet
      .nodes()
      .filter(isUsable)
      .map(({ id }) => id),
  );
  return fleet.rank(viewer).places.map(({ id }) => {
    const url = fleet.urlOf(id);
    return { id, url, fingerprint: pathwayFingerprint(url), isUsable: usable.has(id) };
  });
}

/** Of an anonymous viewer we know only where it is: near there, and there if it is well. */
function viewerOf(session: ViewerSession, current: string | undefined, fleet: Fleet): Viewer {
  if (session.kind === "play") {
    const { region, source, path, pathways } = session;
    return { region, title: `${source}${path}`, kept: pathways.map(({ id }) => id) };
  }
  const candidates = current === undefined ? [] : [current, nodeOfClone(current) ?? current];
  const here = candidates.find((id) => fleet.regionOf(id) !== undefined);
  return {
    region: here === undefined ? undefined : fleet.regionOf(here),
    title: session.id,
    kept: here === undefined ? [] : [here],
  };
}
