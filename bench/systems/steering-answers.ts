/**
 * What steering is asked for in a bench: manifests with the signed tokens of thousands of viewers, who
 * watch every title in every region, and the playlists with which their plays began.
 */
import { Type } from "typebox";
import { Value } from "typebox/value";
import { CATALOG_PATH, Title } from "../../origin/contract/catalog.ts";
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
import { type Answer, askForSuccess } from "./ask.ts";
import { requireEveryHeartbeat } from "./fake-fleet.ts";
import type { MeasuredSystem } from "./measured-system.ts";
import { isUp, requireAllUp, STEERING_REGIONS, type SteeredFleet, untilAll } from "./steering.ts";

/** With the usual size of its answers, for a yardstick of the same size. */
export type SteeringSystem = MeasuredSystem & { readonly bodyBytes: number };

/** Each with a token of its own. */
const VIEWERS = 4_096;
const PLAYS_AT_ONCE = 8;
/** So many of the answers are looked at closely before. */
const MOST_CHECKED = 96;
/** A manifest may offer three nodes that the playlist does not list, and offers none when they are not better. */
const MOST_CLONE_BYTES = 3 * 1_024;
const MOST_HEADER_BYTES = 1_024;
/** Names and numbers differ in length, and a list may have a pathway more or less. */
const SIZE_SLACK = 0.5;

/** Every appliance is up when this resolves. */
export async function manifestsOf(steered: SteeredFleet, appliances: number) {
  await untilAll(isUp, { url: steered.steering.url, appliances });
  return describeSystem(steered, {
    appliances,
    about: `one steering process; manifests for the tokens of ${VIEWERS} viewers`,
    paths: await manifestPaths(steered),
    isRight: ({ body }) =>
      namesEnough(Value.Parse(SteeringManifest, jsonOf(body))["PATHWAY-PRIORITY"], appliances),
  });
}

/** Every appliance is up when this resolves. */
export async function playsOf(steered: SteeredFleet, appliances: number) {
  await untilAll(isUp, { url: steered.steering.url, appliances });
  return describeSystem(steered, {
    appliances,
    about: "one steering process; playlists with a pathway for each of the best, and a new token",
    paths: await playPaths(steered.origin),
    isRight: ({ body }) =>
      namesEnough([...new Set(body.toString().match(/PATHWAY-ID="[^"]+"/g))], appliances),
  });
}

/** Begins as many plays as there are viewers. */
async function manifestPaths({ origin, steering }: SteeredFleet): Promise<string[]> {
  const plays = await playPaths(origin);
  const paths: string[] = [];
  const begin = async (viewer: number) => {
    for (let at = viewer; at < VIEWERS; at += PLAYS_AT_ONCE) {
      const playlist = await askForSuccess(`${steering.url}${plays[at % plays.length]}`);
      paths[at] = steeringPathOf(playlist.body.toString());
    }
  };
  await Promise.all(Array.from({ length: PLAYS_AT_ONCE }, (_, viewer) => begin(viewer)));
  return paths;
}

type Description = {
  readonly appliances: number;
  readonly about: string;
  readonly paths: readonly string[];
  readonly isRight: (answer: Answer) => boolean;
};

async function describeSystem(
  { steering, fleet }: SteeredFleet,
  { appliances, about, paths, isRight }: Description,
): Promise<SteeringSystem> {
  const { url } = steering;
  const sizes: number[] = [];
  for (const path of paths.slice(0, MOST_CHECKED)) {
    const answer = await askForSuccess(url + path);
    if (!isRight(answer)) throw new BenchError(`Steering answered ${path} with too few pathways`);
    sizes.push(answer.body.length);
  }
  const check = async () => {
    await requireAllUp(url, appliances);
    await requireEveryHeartbeat(fleet);
  };
  return {
    name: OURS,
    about,
    version: OUR_VERSION,
    server: steering,
    paths,
    bodyBytes: Math.round(median(sizes)),
    answerBytes: {
      least: Math.round(Math.min(...sizes) * (1 - SIZE_SLACK)),
      most:
        Math.round(Math.max(...sizes) * (1 + SIZE_SLACK)) + MOST_HEADER_BYTES + MOST_CLONE_BYTES,
    },
    async watch() {
      await check();
      return check;
    },
  };
}

/** Every title for viewers of every region. */
async function playPaths(origin: ServerProcess): Promise<string[]> {
  const catalog = Type.Object({ titles: Type.Array(Type.Object({ id: Title.properties.id })) });
  const { body } = await askForSuccess(origin.url + CATALOG_PATH);
  const { titles } = Value.Parse(catalog, jsonOf(body));
  if (titles.length === 0) throw new BenchError("The origin has no titles to play");
  return titles.flatMap(({ id }) =>
    STEERING_REGIONS.map((region) => playPath("demo", `/vod/${id}/master.m3u8`, region)),
  );
}

function steeringPathOf(playlist: string): string {
  const uri = /SERVER-URI="([^"]+)"/.exec(playlist)?.[1];
  const { pathname, search } = new URL(uri ?? "", "http://none");
  if (pathname === STEERING_MANIFEST_PATH && search.includes("session=")) return pathname + search;
  throw new BenchError("Steering's playlist has no address for its manifest");
}

/** Two wherever two are known: one alone cannot be switched on. */
function namesEnough(names: readonly string[], appliances: number): boolean {
  return names.length >= Math.min(2, appliances);
}

function jsonOf(body: Buffer): unknown {
  return JSON.parse(body.toString());
}
