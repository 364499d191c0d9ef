/** Starts steering from its configuration: listens, runs its one loop, and says where it is. */
import { randomBytes } from "node:crypto";
import { type RunningService, StartError } from "../chassis/run-service.ts";
import { buildSteeringApp, type Steering } from "./app.ts";
import { type OpenPathwayFile, openPathwayFile } from "./cdn/open-pathway-file.ts";
import {
  mayTakeProxyForViewers,
  readSessionKeys,
  readSources,
  type SteeringConfig,
  unusableProxies,
} from "./config.ts";
import { PROFILES } from "./profiles.ts";

const DRAWN_KEY_BYTES = 32;

export async function startSteering(config: SteeringConfig): Promise<RunningService> {
  const sources = readSources(config.sources);
  if (sources.size < config.sources.length) {
    throw new StartError("--sources names one source twice. Give each another name.");
  }
  const [badProxy] = unusableProxies(config.trustedProxies);
  if (badProxy !== undefined) {
    throw new StartError(
      `STEER_BAD_PROXY: --trusted-proxies names "${badProxy}", which is no address and no network.`,
    );
  }
  const policy = PROFILES[config.profile];
  const now = () => performance.now();
  let url = config.advertise;
  // Nobody is an appliance yet when the file is read for the first time.
  let steering: Steering | undefined;
  const file = await openFile(config, (id) => steering?.isAppliance(id) ?? false);
  steering = await buildSteeringApp({
    policy,
    sources,
    advertisedUrl: () => url ?? "",
    token: config.token,
    sessionKeys:
      config.sessionKey === undefined
        ? [randomBytes(DRAWN_KEY_BYTES)]
        : readSessionKeys(config.sessionKey),
    probePath: config.probePath,
    trustedProxies: config.trustedProxies,
    historyFile: config.history,
    pathwayFile: file?.file,
    now,
    wallNow: Date.now,
    random: Math.random,
    logLevel: config.logLevel,
  });
  const { app, tick } = steering;
  if (config.sessionKey === undefined) {
    app.log.info("UNDERSTUDY_SESSION_KEY is not set: sessions end with this process");
  }
  if (config.token === undefined) {
    app.log.warn(
      "UNDERSTUDY_TOKEN is not set: no appliance can register, and no override is taken",
    );
  }
  if (mayTakeProxyForViewers(config, file?.file.networks ?? [])) {
    app.log.warn(
      "no proxy is trusted: whoever ends TLS before steering is taken for every viewer by the map of networks (--trusted-proxies)",
    );
  }

  const listening = await app.listen({ host: config.host, port: config.port });
  url ??= reachable(listening);
  const loop = setInterval(() => void tick(now()), policy.tickEveryMs);
  const watch = setInterval(() => {
    followFile(file, steering).catch((error: unknown) =>
      app.log.error({ error }, "the file of pathways cannot be followed"),
    );
  }, policy.lookAtFileEveryMs);
  return {
    url,
    async close() {
      clearInterval(loop);
      clearInterval(watch);
      await app.close();
    },
  };
}

async function openFile(
  { pathways }: SteeringConfig,
  isTaken: (id: string) => boolean,
): Promise<OpenPathwayFile | undefined> {
  if (pathways === undefined) return undefined;
  const opening = await openPathwayFile({ path: pathways, isTaken });
  if (opening.ok) return opening.opened;
  throw new StartError(`Cannot use --pathways ${pathways}: ${opening.problems.join("; ")}`);
}

/** A slip in a new version of the file is told, and the last good one stays in force. */
async function followFile(file: OpenPathwayFile | undefined, steering: Steering): Promise<void> {
  const look = await file?.look();
  switch (look?.outcome) {
    case "changed":
      steering.usePathwayFile(look.file);
      steering.app.log.info("the file of pathways has changed");
      break;
    case "broken":
      steering.notePathwayFileBroken(look.problems);
  }
}

/** An address that means "all of them" is none that others could use. */
function reachable(url: string): string {
  return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:");
}
