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
  SteeringManifest,
} from "../contract/steering-manifest.ts";
import { writeHostClones } from "../core/dash/host-clones.ts";
import { type ClonedPathway, writeHlsClones } from "../core/hls/pathway-clones.ts";
import {
  type ManifestPolicy,
  ttlSeconds,
  writeSteeringManifest,
} from "../core/hls/steering-manifest.ts";
import { isUsable, type Viewer } from "../core/ranking/ranked-node.ts";
import { mayOfferClones } from "../core/session/clone-mark.ts";
import { joinedPathways, nodeOfClone, type PathwayNode } from "../core/session/joined-pathways.ts";
import { orderPathways } from "../core/session/order-pathways.ts";
import { readSteeringQuery, type SteeringQuery } from "../core/session/steering-query.ts";
import type { ViewerSession } from "../core/session/viewer-session.ts";
import type { Presentation } from "../core/source/presentation.ts";
import { body, describeRoute } from "../documentation/describe-route.ts";
import { urlOf } from "../fleet/fleet-node.ts";
import type { Fleet } from "../fleet/keep-fleet.ts";
import type { ViewerPlacing } from "../fleet/place-viewers.ts";
import type { Audience } from "../fleet/watch-orders.ts";
import type { SessionSigner } from "../session/session-signer.ts";
import type { PlaylistSource } from "../source/open-playlist-source.ts";
import type { SteeringUri } from "./play-route.ts";
import { textOfQuery } from "./viewer-query.ts";

export type SteerRouteOptions = {
  readonly fleet: Fleet;
  readonly placing: Pick<ViewerPlacing, "rank" | "notePlacement">;
  readonly sources: ReadonlyMap<string, PlaylistSource>;
  readonly signer: SessionSigner;
  readonly maxPathways: number;
  readonly policy: ManifestPolicy;
  readonly now: () => number;
  readonly random: () => number;
  readonly steeringUri: SteeringUri;
  /** Told of each manifest; undefined for a viewer of whom nothing is known. */
  readonly onManifest: (audience: Audience | undefined) => void;
};

type Kind = Presentation["kind"];

export function addSteerRoute(app: ServiceApp, options: SteerRouteOptions): void {
  const { fleet, placing, sources, signer, policy, maxPathways, now, random, steeringUri } =
    options;

  function manifestFor(kind: Kind, request: FastifyRequest): string {
    const given = textOfQuery(request.query, "session");
    const { session, standing } = signer.read(given);
    const { current } = queryOf(kind, request);
    const listed = session.kind === "play" ? session.pathways : [];
    const nodes = rankedFor(viewerOf(session, current, fleet), options);
    const joined = mayOfferClones(request.originalUrl)
      ? joinedPathways({ listed, nodes, current, mostListed: maxPathways })
      : [];
    const clones = joined.length === 0 ? [] : clonesFor(session, { listed, nodes, joined });
    const priority = orderPathways({
      listed,
      nodes,
      joined: clones,
      current,
      isSettling: fleet.isSettling(),
    });
    options.onManifest(session.kind === "play" ? session : undefined);
    const lastChangeAtMs = fleet.lastChangeAtMs([
      ...(session.kind === "play" ? listed : nodes).map(({ id }) => id),
      ...clones.map(({ node }) => node.id),
    ]);
    // A token that is good for long yet is given back: signing is the dearest part of an answer.
    const token = standing === "valid" && given !== undefined ? given : signer.sign(session);
    const ttl = ttlSeconds({ lastChangeAtMs, nowMs: now() }, policy, random);
    const to = nodeIdOf(priority[0], fleet);
    // Of those without a session nobody knows whether they are one or many.
    if (to !== undefined && session.kind === "play") {
      const from = nodeIdOf(current, fleet);
      placing.notePlacement({ sessionId: session.id, from, to, ttlMs: ttl * 1000 });
    }
    return writeSteeringManifest({
      ttlSeconds: ttl,
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
    const schema = {
      ...describeRoute({
        caller: "viewers",
        purpose: `steer-${kind}`,
        summary: `The steering manifest (${kind.toUpperCase()})`,
        description:
          "Answers 200 whatever is asked: a token that is none means a viewer of whom nothing is known.",
      }),
      response: { 200: body(type, SteeringManifest, "VERSION 1, and a TTL of at least 1") },
    };
    app.get(path, { schema }, (request, reply) =>
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

function rankedFor(
  viewer: Viewer,
  { fleet, placing }: Pick<SteerRouteOptions, "fleet" | "placing">,
): readonly PathwayNode[] {
  const ranked: PathwayNode[] = [];
  for (const { id } of placing.rank(viewer).places) {
    const node = fleet.node(id);
    if (node === undefined) continue;
    ranked.push({
      id,
      url: urlOf(node),
      fingerprint: node.fingerprint,
      isUsable: isUsable({ state: node.health.state, override: node.override?.action }),
    });
  }
  return ranked;
}

/** Of a pathway by its own name or by that of a clone. */
function nodeIdOf(pathwayId: string | undefined, fleet: Fleet): string | undefined {
  if (pathwayId === undefined || fleet.node(pathwayId) !== undefined) return pathwayId;
  const cloned = nodeOfClone(pathwayId);
  return cloned !== undefined && fleet.node(cloned) !== undefined ? cloned : undefined;
}

/** Of an anonymous viewer we know only where it is: near there, and there if it is well. */
function viewerOf(session: ViewerSession, current: string | undefined, fleet: Fleet): Viewer {
  const here = nodeIdOf(current, fleet);
  if (session.kind === "play") {
    const { id, region, source, path, pathways } = session;
    const kept = pathways.map((pathway) => pathway.id);
    return { sessionId: id, region, title: `${source}${path}`, current: here, kept };
  }
  return {
    sessionId: session.id,
    region: here === undefined ? undefined : fleet.regionOf(here),
    title: session.id,
    current: here,
    kept: [],
  };
}
