/** The origin as a Fastify app: built here, started only by main.ts. */
import fastifyCors from "@fastify/cors";
import { PUBLIC_CORS } from "../chassis/cross-origin.ts";
import { newServiceApp, type ServiceApp } from "../chassis/service-app.ts";
import type { LogLevel } from "../chassis/settings.ts";
import { LIVE_POLICY, SYNTHETIC_POLICY, type SyntheticPolicy } from "./config.ts";
import {
  CATALOG_PATH,
  Catalog,
  RECOMMENDATIONS_PATH,
  Recommendations,
} from "./contract/catalog.ts";
import { NEIGHBOURS_PATH, Neighbours } from "./contract/neighbours.ts";
import { listSources } from "./core/catalog-sources.ts";
import { MANIFEST_NAME } from "./core/dash-manifest.ts";
import { MULTIVARIANT_NAME } from "./core/live-path.ts";
import { arrangeRows } from "./core/recommendation-rows.ts";
import { addLiveRoutes } from "./delivery/live-routes.ts";
import { addSyntheticRoutes } from "./delivery/synthetic-routes.ts";
import { addVodRoutes } from "./delivery/vod-routes.ts";
import { NOT_FOUND_CODE } from "./errors.ts";
import type { DashManifests } from "./library/make-dash-manifests.ts";
import type { Channel } from "./library/read-channels.ts";
import type { Library } from "./library/read-library.ts";
import { siteRoutes } from "./site/site-routes.ts";

export type OriginOptions = {
  readonly library: Library;
  readonly manifests: DashManifests;
  readonly channels: readonly Channel[];
  /** Absolute. */
  readonly siteFolder: string;
  readonly neighbours: Neighbours;
  /** Whether titles are played through the neighbours or from this origin alone. */
  readonly sources: "edges" | "self";
  /** Base URL by which others reach this origin: known only once it listens. */
  readonly selfUrl: () => string;
  readonly wallNow: () => number;
  readonly synthetic?: SyntheticPolicy;
  readonly logLevel?: LogLevel;
};

export async function buildOriginApp(options: OriginOptions): Promise<ServiceApp> {
  const { library, neighbours } = options;
  const app = newServiceApp({
    notFoundCode: NOT_FOUND_CODE,
    ...(options.logLevel === undefined ? {} : { logLevel: options.logLevel }),
  });
  await app.register(fastifyCors, PUBLIC_CORS);

  addCatalogRoutes(app, options);
  app.get(NEIGHBOURS_PATH, { schema: { response: { 200: Neighbours } } }, (_, reply) => {
    keepNowhere(reply);
    return neighbours;
  });
  addVodRoutes(app, library, options.manifests);
  addLiveRoutes(app, {
    channels: options.channels,
    files: library.files,
    policy: LIVE_POLICY,
    wallNow: options.wallNow,
  });
  addSyntheticRoutes(app, options.synthetic ?? SYNTHETIC_POLICY);
  const watchable = new Set([...library.titles, ...options.channels].map(({ id }) => id));
  await app.register(siteRoutes, {
    folder: options.siteFolder,
    neighbours: basesOf(neighbours),
    isWatchable: (id) => watchable.has(id),
  });
  return app;
}

function addCatalogRoutes(
  app: ServiceApp,
  { library, manifests, channels, neighbours, sources, selfUrl }: OriginOptions,
) {
  const hasManifest = (path: string) => manifests.has(path) || library.files.has(path);
  app.get(CATALOG_PATH, { schema: { response: { 200: Catalog } } }, (_, reply) => {
    const through = sources === "edges" ? neighbours : { steering: null, edges: [] };
    const ways = {
      steering: through.steering ?? undefined,
      edges: through.edges,
      self: selfUrl(),
    };
    keepNowhere(reply);
    return {
      titles: library.titles.map(({ posterPath, ...title }) => ({
        ...title,
        poster: posterPath,
        sources: listSources(`/vod/${title.id}/master.m3u8`, ways),
        ...(hasManifest(`${title.id}/${MANIFEST_NAME}`)
          ? { dashSources: listSources(`/vod/${title.id}/${MANIFEST_NAME}`, ways) }
          : {}),
      })),
      channels: channels.map(({ posterPath, program: _, ...channel }) => ({
        ...channel,
        poster: posterPath,
        sources: listSources(`/live/${channel.id}/${MULTIVARIANT_NAME}`, ways),
      })),
    };
  });

  const rows = arrangeRows(library.titles);
  app.get(RECOMMENDATIONS_PATH, { schema: { response: { 200: Recommendations } } }, (_, reply) => {
    keepNowhere(reply);
    return { rows };
  });
}

/** The answers name ports and processes of this very start. */
function keepNowhere(reply: { header(name: string, value: string): unknown }): void {
  reply.header("cache-control", "no-store");
}

function basesOf({ steering, fleet, edges }: Neighbours): string[] {
  return [steering, fleet, ...edges].filter((url) => url !== null);
}
