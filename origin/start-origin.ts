/** Starts an origin from its configuration: reads the library, listens, and says where. */
import { resolve } from "node:path";
import pino from "pino";
import { LOG_STREAM } from "../chassis/log-stream.ts";
import { type RunningService, StartError } from "../chassis/run-service.ts";
import { buildOriginApp } from "./app.ts";
import { CHANNELS_POLICY, DASH_POLICY, LIBRARY_POLICY, type OriginConfig } from "./config.ts";
import { makeDashManifests } from "./library/make-dash-manifests.ts";
import { readChannels } from "./library/read-channels.ts";
import { LibraryError, readLibrary } from "./library/read-library.ts";

/** @param root the folder that relative folders of the configuration begin at. */
export async function startOrigin(config: OriginConfig, root: string): Promise<RunningService> {
  const log = pino({ level: config.logLevel }, LOG_STREAM);
  const library = await readLibrary({
    folder: resolve(root, config.mediaFolder),
    policy: LIBRARY_POLICY,
    warn: (warning) => log.warn(warning, "a title is left out"),
  }).catch(explainStart);
  const manifests = await makeDashManifests({
    library,
    policy: DASH_POLICY,
    warn: (warning) => log.warn(warning, "a title goes without a DASH manifest"),
  });
  const channels = await readChannels({
    folder: resolve(root, config.channelsFolder),
    library,
    policy: CHANNELS_POLICY,
    warn: (warning) => log.warn(warning, "a channel is left out"),
  }).catch(explainStart);

  let selfUrl = config.advertise;
  const app = await buildOriginApp({
    library,
    manifests,
    channels,
    siteFolder: resolve(root, config.siteFolder),
    neighbours: {
      steering: config.steering ?? null,
      fleet: config.fleet ?? null,
      edges: config.edges,
    },
    sources: config.sources,
    selfUrl: () => selfUrl ?? "",
    wallNow: Date.now,
    logLevel: config.logLevel,
  });
  const listening = await app.listen({ host: config.host, port: config.port });
  selfUrl ??= reachable(listening);
  log.info(
    { titles: library.titles.length, channels: channels.length, files: library.files.size },
    "library read",
  );
  return { url: selfUrl, close: () => app.close() };
}

function explainStart(error: unknown): never {
  throw error instanceof LibraryError ? new StartError(error.message) : error;
}

/** An address that means "all of them" is none that others could use. */
function reachable(url: string): string {
  return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:");
}
