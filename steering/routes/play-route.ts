/**
 * `GET /v1/play/<source>/<path>`: the life of a play begins here. Gets the source's playlist or MPD,
 * ranks the appliances for this viewer, and answers with one set of streams for each of the best.
 *
 * A live MPD is asked for again and again, and each time it is the same viewer: it leads back to here
 * with its token, and the session goes on, in its places.
 */
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { ServiceApp } from "../../chassis/service-app.ts";
import { readRequestPath } from "../../kernel/request-path.ts";
import { MPD_TYPE, PLAY_PREFIX, PLAYLIST_TYPE, replayPath } from "../contract/play.ts";
import { writePathwayManifest } from "../core/dash/pathway-manifest.ts";
import { writePathwayPlaylist } from "../core/hls/pathway-playlist.ts";
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
import type { ViewerPlacing } from "../fleet/place-viewers.ts";
import type { Audience } from "../fleet/watch-orders.ts";
import type { SteeringUri } from "../manifest/compose-manifest.ts";
import { newPlayPlacing, type PlayPlacingOptions } from "../manifest/place-play.ts";
import type { PlaylistSource } from "../source/open-playlist-source.ts";
import { regionOfQuery, textOfQuery } from "./viewer-query.ts";

export type PlayRouteOptions = PlayPlacingOptions & {
  readonly placing: Pick<ViewerPlacing, "notePlacement">;
  readonly sources: ReadonlyMap<string, PlaylistSource>;
  readonly steeringUri: SteeringUri;
  /** Where viewers reach this service. */
  readonly advertisedUrl: () => string;
  /** For so long a refreshed MPD counts, as a steering manifest does. */
  readonly ttlSeconds: number;
  /** Where the network of an address is, if the map of networks says so. */
  readonly regionOfAddress: (address: string) => string | undefined;
  readonly onPlay: (play: Play) => void;
};

export type Play = {
  readonly outcome: "played" | "refreshed";
  readonly audience: Audience;
  readonly presentation: Presentation;
  /** False for one that asks more often than it was told. */
  readonly isCounted: boolean;
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
      "The optional query `region` says where the viewer is; without it the map of networks may. `session` is the token of a play under way, with which a live MPD is asked for again; one that is none is a new play. Everything else of the query goes nowhere.",
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
  const { placing, sources, steeringUri, advertisedUrl } = options;
  const placePlay = newPlayPlacing(options);

  app.get(`${PLAY_PREFIX}/:source/*`, { schema: SCHEMA }, async (request, reply) => {
    const { sourceName, path } = readPlayTarget(request);
    const source = sources.get(sourceName);
    if (source === undefined) throw new UnknownSource(sourceName);
    if (presentationKindOf(path) === undefined || path.length > MAX_PATH_LENGTH) {
      throw new NotAPlaylistPath(MAX_PATH_LENGTH);
    }

    const play = placePlay({
      source: sourceName,
      path,
      given: textOfQuery(request.query, "session"),
      region: regionOfQuery(request.query) ?? options.regionOfAddress(request.ip),
    });
    if (play === undefined) {
      reply.header("retry-after", RETRY_AFTER_SECONDS);
      throw new NoAppliance();
    }
    const { session, isNew, current, pathways } = play;
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
    const { presentation } = answer;
    const ttlMs = isNew ? FIRST_MANIFEST_MS : options.ttlSeconds * 1000;
    const placement = { sessionId: session.id, from: current, to: pathways[0].id, ttlMs };
    const isCounted = placing.notePlacement(placement);
    const outcome = isNew ? "played" : "refreshed";
    options.onPlay({ outcome, audience: session, presentation, isCounted });
    const token = play.token();
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
      case "dash":
        return reply.type(MPD_TYPE).send(
          writePathwayManifest({
            manifest: presentation.manifest,
            pathways,
            steeringUri: steering,
            refreshUri: advertisedUrl() + replayPath(sourceName, path, token),
          }),
        );
    }
  });
}

/** From the raw target, because the router's parameter is decoded and the path must not be. */
function readPlayTarget(request: FastifyRequest): { sourceName: string; path: string } {
  const target = readRequestPath(request.originalUrl);
  if (!target.ok) throw new TypeError(`Unguarded request target: ${target.reason}`);
  const rest = target.path.slice(PLAY_PREFIX.length + 1);
  const slash = rest.indexOf("/");
  return { sourceName: rest.slice(0, slash), path: rest.slice(slash) };
}
