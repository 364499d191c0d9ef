/**
 * `GET /v1/play/<source>/<path>`: the life of a play begins here. Gets the source's playlist or MPD,
 * ranks the appliances for this viewer, and answers with one set of streams for each of the best.
 */
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { ServiceApp } from "../../chassis/service-app.ts";
import { readRequestPath } from "../../kernel/request-path.ts";
import { MPD_TYPE, PLAY_PREFIX, PLAYLIST_TYPE } from "../contract/play.ts";
import { writePathwayManifest } from "../core/dash/pathway-manifest.ts";
import { type Pathway, writePathwayPlaylist } from "../core/hls/pathway-playlist.ts";
import { locateUri } from "../core/source/locate-uri.ts";
import { type Presentation, presentationKindOf } from "../core/source/presentation.ts";
import { describeRoute, problem } from "../documentation/describe-route.ts";
import {
  BadPlaylist,
  NoAppliance,
  NotAPlaylistPath,
  SourceUnavailable,
  UnknownSource,
  UnknownTitle,
} from "../errors.ts";
import { type FleetNode, urlOf } from "../fleet/fleet-node.ts";
import type { Fleet } from "../fleet/keep-fleet.ts";
import type { ViewerPlacing } from "../fleet/place-viewers.ts";
import type { Audience } from "../fleet/watch-orders.ts";
import type { SteeringUri } from "../manifest/compose-manifest.ts";
import type { SessionSigner } from "../session/session-signer.ts";
import type { PlaylistSource } from "../source/open-playlist-source.ts";
import { regionOfQuery } from "./viewer-query.ts";

export type PlayRouteOptions = {
  readonly fleet: Pick<Fleet, "node">;
  readonly placing: Pick<ViewerPlacing, "rank" | "notePlacement">;
  readonly sources: ReadonlyMap<string, PlaylistSource>;
  readonly signer: SessionSigner;
  readonly maxPathways: number;
  readonly steeringUri: SteeringUri;
  /** Where the network of an address is, if the map of networks says so. */
  readonly regionOfAddress: (address: string) => string | undefined;
  readonly onPlay: (audience: Audience, presentation: Presentation) => void;
};

/** Bounds the session token, which carries the path. */
const MAX_PATH_LENGTH = 1_024;
const RETRY_AFTER_SECONDS = 1;
/** A player asks for its first manifest at once. */
const FIRST_MANIFEST_MS = 1_000;

const SCHEMA = {
  ...describeRoute({
    caller: "viewers",
    purpose: "play",
    summary: "The source's multivariant playlist (.m3u8) or MPD (.mpd), with a pathway per node",
    description:
      "The optional query `region` says where the viewer is; without it the map of networks may. Everything else of the query goes nowhere.",
  }),
  response: {
    200: {
      description: "a playlist or an MPD with content steering",
      content: {
        [PLAYLIST_TYPE]: { schema: Type.String() },
        [MPD_TYPE]: { schema: Type.String() },
      },
    },
    404: problem("STEER_UNKNOWN_SOURCE", "STEER_UNKNOWN_TITLE", "STEER_NOT_A_PLAYLIST_PATH"),
    502: problem("STEER_BAD_PLAYLIST", "STEER_SOURCE_UNAVAILABLE"),
    503: problem("STEER_NO_APPLIANCE"),
  },
};

export function addPlayRoute(app: ServiceApp, options: PlayRouteOptions): void {
  const { fleet, placing, sources, signer, maxPathways, steeringUri } = options;

  app.get(`${PLAY_PREFIX}/:source/*`, { schema: SCHEMA }, async (request, reply) => {
    const { sourceName, path } = readPlayTarget(request);
    const source = sources.get(sourceName);
    if (source === undefined) throw new UnknownSource(sourceName);
    if (presentationKindOf(path) === undefined || path.length > MAX_PATH_LENGTH) {
      throw new NotAPlaylistPath(MAX_PATH_LENGTH);
    }

    const region = regionOfQuery(request.query) ?? options.regionOfAddress(request.ip);
    const sessionId = signer.newSessionId();
    const title = `${sourceName}${path}`;
    const { places } = placing.rank({ sessionId, region, title, current: undefined, kept: [] });
    const [first, ...others] = places
      .slice(0, maxPathways)
      .flatMap(({ id }) => pathwayOf(fleet.node(id)));
    if (first === undefined) {
      reply.header("retry-after", RETRY_AFTER_SECONDS);
      throw new NoAppliance();
    }
    const pathways: readonly [ListedNode, ...ListedNode[]] = [first, ...others];

    const answer = await source.get(
      path,
      pathways.map(({ url }) => url),
    );
    switch (answer.outcome) {
      case "missing":
        throw new UnknownTitle(path);
      case "unreadable":
        throw new BadPlaylist(path);
      case "unavailable":
        throw new SourceUnavailable(path, answer.reason);
      case "found":
        break;
    }
    const token = signer.sign({
      kind: "play",
      id: sessionId,
      source: sourceName,
      path,
      region,
      pathways: pathways.map(({ id, fingerprint }) => ({ id, fingerprint })),
    });
    const { presentation } = answer;
    options.onPlay({ source: sourceName, path, region }, presentation);
    placing.notePlacement({ sessionId, from: undefined, to: first.id, ttlMs: FIRST_MANIFEST_MS });
    const steering = steeringUri(presentation.kind, token);
    reply.header("cache-control", "no-store");
    switch (presentation.kind) {
      case "hls":
        return reply.type(PLAYLIST_TYPE).send(
          writePathwayPlaylist({
            playlist: presentation.playlist,
            pathways,
            steeringUri: steering,
            placeOf: (uri) => locateUri(uri, `${source.url}${path}`),
          }),
        );
      case "dash": {
        const { manifest } = presentation;
        const text = writePathwayManifest({ manifest, pathways, steeringUri: steering });
        return reply.type(MPD_TYPE).send(text);
      }
    }
  });
}

type ListedNode = Pathway & { readonly fingerprint: string };

/** None for a node that has been forgotten since it was ranked. */
function pathwayOf(node: FleetNode | undefined): ListedNode[] {
  if (node === undefined) return [];
  return [{ id: node.id, url: urlOf(node), fingerprint: node.fingerprint }];
}

/** From the raw target, because the router's parameter is decoded and the path must not be. */
function readPlayTarget(request: FastifyRequest): { sourceName: string; path: string } {
  const target = readRequestPath(request.originalUrl);
  if (!target.ok) throw new TypeError(`Unguarded request target: ${target.reason}`);
  const rest = target.path.slice(PLAY_PREFIX.length + 1);
  const slash = rest.indexOf("/");
  return { sourceName: rest.slice(0, slash), path: rest.slice(slash) };
}
