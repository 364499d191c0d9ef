/**
 * Ours: one steering process with real appliances behind it, asked for manifests with the tokens of
 * different viewers, and for playlists.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { CATALOG_PATH, Title } from "../../origin/contract/catalog.ts";
import { FLEET_PATH, FleetView } from "../../steering/contract/fleet-view.ts";
import { playPath } from "../../steering/contract/play.ts";
import {
  STEERING_MANIFEST_PATH,
  SteeringManifest,
} from "../../steering/contract/steering-manifest.ts";
import { OURS } from "../contract/bench-result.ts";
import { median } from "../core/summarise-rounds.ts";
import { BenchError } from "../errors.ts";
import { OUR_VERSION } from "../measure/versions.ts";
import type { ServerProcess } from "../processes/server-process.ts";
import type { Stage } from "../processes/stage.ts";
import { type Answer, askForSuccess } from "./ask.ts";
import type { MeasuredSystem } from "./measured-system.ts";

/** One appliance in each of these; a region twice is two boxes of it. */
export const STEERING_REGIONS = ["east", "east", "west"] as const;

/** With the usual size of its answers, for a yardstick of the same size. */
export type SteeringSystem = MeasuredSystem & { readonly bodyBytes: number };

const VIEWERS = 48;
const UP_LIMIT_MS = 20_000;
const LOOK_EVERY_MS = 100;
const MOST_HEADER_BYTES = 1_024;
/** A time to live may have a digit more or less. */
const DIGITS = 8;

export async function startSteering(
  stage: Stage,
  origin: ServerProcess,
): Promise<{ readonly manifest: SteeringSystem; readonly play: SteeringSystem }> {
  const env = { UNDERSTUDY_TOKEN: randomBytes(32).toString("base64url") };
  const steering = await stage.startService({
    name: "steering",
    program: "steering/main.ts",
    flags: ["--sources", `demo=${origin.url}`, "--log-level", "warn"],
    part: "measured",
    env,
  });
  for (const [index, region] of STEERING_REGIONS.entries()) {
    await stage.startService({
      name: `appliance ${index + 1}`,
      program: "appliance/main.ts",
      flags: [
        ["--id", `${region}-${index + 1}`],
        ["--region", region],
        ["--origin", origin.url],
        ["--steering", steering.url],
      ].flat(),
      part: "other",
      env,
    });
  }
  await untilAllAreUp(steering.url);

  const plays = await playPaths(origin);
  const manifests: string[] = [];
  for (let viewer = 0; viewer < VIEWERS; viewer += 1) {
    const playlist = await askForSuccess(`${steering.url}${plays[viewer % plays.length]}`);
    manifests.push(steeringPathOf(playlist));
  }
  return {
    manifest: await describeSystem(steering, {
      about: "one steering process; manifests for the tokens of different viewers",
      paths: manifests,
      isRight: (answer) => namesAll(Value.Parse(SteeringManifest, jsonOf(answer))),
    }),
    play: await describeSystem(steering, {
      about: "one steering process; playlists with a pathway for each appliance and a new token",
      paths: plays,
      isRight: (answer) => namesAllPathways(answer.body.toString()),
    }),
  };
}

type Description = {
  readonly about: string;
  readonly paths: readonly string[];
  readonly isRight: (answer: Answer) => boolean;
};

async function describeSystem(
  server: ServerProcess,
  { about, paths, isRight }: Description,
): Promise<SteeringSystem> {
  const { url } = server;
  const sizes: number[] = [];
  for (const path of paths) {
    const answer = await askForSuccess(url + path);
    if (!isRight(answer)) throw new BenchError(`Steering answered ${path} without every appliance`);
    sizes.push(answer.body.length);
  }
  return {
    name: OURS,
    about,
    version: OUR_VERSION,
    server,
    paths,
    bodyBytes: Math.round(median(sizes)),
    answerBytes: {
      least: Math.min(...sizes) - DIGITS,
      most: Math.max(...sizes) + DIGITS + MOST_HEADER_BYTES,
    },
    // A ranking of appliances that have fallen out would be another, easier one.
    async watch() {
      await requireAllUp(url);
      return () => requireAllUp(url);
    },
  };
}

/** Nothing tells when an appliance has passed its probes; steering's view of the fleet is asked for. */
async function untilAllAreUp(url: string): Promise<void> {
  for (let looks = 0; looks * LOOK_EVERY_MS < UP_LIMIT_MS; looks += 1) {
    if ((await countUp(url)) === STEERING_REGIONS.length) return;
    await delay(LOOK_EVERY_MS);
  }
  throw new BenchError(`Steering did not find every appliance well in ${UP_LIMIT_MS / 1000} s`);
}

async function requireAllUp(url: string): Promise<void> {
  const up = await countUp(url);
  if (up === STEERING_REGIONS.length) return;
  throw new BenchError(`Steering holds ${up} of ${STEERING_REGIONS.length} appliances for well`);
}

async function countUp(url: string): Promise<number> {
  const { appliances } = Value.Parse(FleetView, jsonOf(await askForSuccess(url + FLEET_PATH)));
  return appliances.filter(({ health }) => health.state === "up").length;
}

/** Every title for viewers of every region, and for viewers of none. */
async function playPaths(origin: ServerProcess): Promise<string[]> {
  const catalog = Type.Object({ titles: Type.Array(Type.Object({ id: Title.properties.id })) });
  const { titles } = Value.Parse(catalog, jsonOf(await askForSuccess(origin.url + CATALOG_PATH)));
  if (titles.length === 0) throw new BenchError("The origin has no titles to play");
  const regions = [...new Set(STEERING_REGIONS), undefined];
  return titles.flatMap(({ id }) =>
    regions.map((region) => playPath("demo", `/vod/${id}/master.m3u8`, region)),
  );
}

function steeringPathOf(playlist: Answer): string {
  const uri = /SERVER-URI="([^"]+)"/.exec(playlist.body.toString())?.[1];
  const { pathname, search } = new URL(uri ?? "", "http://none");
  if (pathname === STEERING_MANIFEST_PATH && search.includes("session=")) return pathname + search;
  throw new BenchError("Steering's playlist has no address for its manifest");
}

function namesAll(manifest: SteeringManifest): boolean {
  return manifest["PATHWAY-PRIORITY"].length === STEERING_REGIONS.length;
}

function namesAllPathways(playlist: string): boolean {
  const named = new Set(playlist.match(/PATHWAY-ID="[^"]+"/g));
  return named.size === STEERING_REGIONS.length;
}

function jsonOf({ body }: Answer): unknown {
  return JSON.parse(body.toString());
}
