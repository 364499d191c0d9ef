/**
 * `GET /v1/play/<source>/<path>`: the life of a play begins here. Gets the source's playlist or MPD,
 * ranks the appliances for this viewer, and answers with one set of streams for each of the best.
 */
import type { FastifyRequest } from "fastify";
import type { ServiceApp } from "../../chassis/service-app.ts";
import { readRequestPath } from "../../kernel/request-path.ts";
import { MPD_TYPE, PLAY_PREFIX, PLAYLIST_TYPE } from "../contract/play.ts";
import { writePathwayManifest } from "../core/dash/pathway-manifest.ts";
import { type Pathway, writePathwayPlaylist } from "../core/hls/pathway-playlist.ts";
import { pathwayFingerprint } from "../core/session/viewer-session.ts";
import { locateUri } from "../core/source/locate-uri.ts";
import { type Presentation, presentationKindOf } from "../core/source/presentation.ts";
import {
  BadPlaylist,
  NoAppliance,
  NotAPlaylistPath,
  SourceUnavailable,
  UnknownSource,
  UnknownTitle,
} from "../errors.ts";
import type { Fleet } from "../fleet/keep-fleet.ts";
import type { SessionSigner } from "../session/session-signer.ts";
import type { PlaylistSource } from "../source/open-playlist-source.ts";
import { regionOfQuery } from "./viewer-query.ts";

export type PlayRouteOptions = {
  readonly fleet: Fleet;
  readonly sources: ReadonlyMap<string, PlaylistSource>;
  readonly signer: SessionSigner;
  readonly maxPathways: number;
  readonly steeringUri: SteeringUri;
};

/** Where a session is steered. */
export type SteeringUri = (kind: Presentation["kind"], token: string) => string;

/** Bounds the session token, which carries the path. */
const MAX_PATH_LENGTH = 1_024;
const RETRY_AFTER_SECONDS = 1;

export function addPlayRoute(app: ServiceApp, options: PlayRouteOptions): void {
  const { fleet, sources, signer, maxPathways, steeringUri } = options;

  app.get(`${PLAY_PREFIX}/:source/*`, async (request, reply) => {
    const { sourceName, path } = readPlayTarget(request);
    const source = sources.get(sourceName);
    if (source === undefined) throw new UnknownSource(sourceName);
    if (presentationKindOf(path) === undefined || path.length > MAX_PATH_LENGTH) {
      throw new NotAPlaylistPath(MAX_PATH_LENGTH);
    }

    const region = regionOfQuery(request.query);
    const { places } = fleet.rank({ region, title: `${sourceName}${path}`, kept: [] });
    const [first, ...others] = places
      .slice(0, maxPathways)
      .map(({ id }): Pathway => ({ id, url: fleet.urlOf(id) }));
    if (first === undefined) {
      reply.header("retry-after", RETRY_AFTER_SECONDS);
      throw new NoAppliance();
    }
    const pathways: readonly [Pathway, ...Pathway[]] = [first, ...others];

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
      id: signer.newSessionId(),
      source: sourceName,
      path,
      region,
      pathways: pathways.map(({ id, url }) => ({ id, fingerprint: pathwayFingerprint(url) })),
    });
    const { presentation } = answer;
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

/** From the raw target, because the router's parameter is decoded and the path must not be. */
function readPlayTarget(request: FastifyRequest): { sourceName: string; path: string } {
  const target = readRequestPath(request.originalUrl);
  if (!target.ok) throw new TypeError(`Unguarded request target: ${target.reason}`);
  const rest = target.path.slice(PLAY_PREFIX.length + 1);
  const slash = rest.indexOf("/");
  return { sourceName: rest.slice(0, slash), path: rest.slice(slash) };
}
