/** Whether an appliance is empty soon after it was drained, and nobody notices: under running viewers. */
import { setTimeout as delay } from "node:timers/promises";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { Agent, type Dispatcher } from "undici";
import { DRAIN_PATH, UNDRAIN_PATH } from "../../appliance/contract/appliance-status.ts";
import { readMultivariantPlaylist } from "../../kernel/multivariant-playlist.ts";
import { CATALOG_PATH } from "../../origin/contract/catalog.ts";
import { playPath } from "../../steering/contract/play.ts";
import { OURS } from "../contract/bench-result.ts";
import type { StudyResult, StudyRun } from "../contract/study-result.ts";
import { BenchError } from "../errors.ts";
import { askForSuccess } from "../systems/ask.ts";
import { type DemoFleet, startDemoFleet } from "../systems/demo-fleet.ts";
import { mediaPlaylistOf, segmentsOf, watchAlone } from "../viewers/headless-viewer.ts";
import type { Study, StudyContext, StudyFindings } from "./bench.ts";

const VIEWERS = 50;
const SEGMENT_MS = 2_000;
const REGIONS = ["east", "west"];
const APPLIANCES = 3;
/** All of them have played for some manifests before anything happens. */
const SETTLE_MS = 10_000;
/** Nobody may ask it for so long, which is more than a manifest and a segment. */
const QUIET_MS = 6_000;
const EMPTY_LIMIT_MS = 30_000;
const SPREAD_LIMIT_MS = 60_000;
const MOST_OF_MEAN = 1.25;
const LOOK_EVERY_MS = 100;

export const STEERING_REBALANCE: Study = {
  kind: "study",
  name: "steering-rebalance",
  question: "Is a drained appliance empty soon, without a single failed request?",
  notes: [
    "Viewers without a picture on a fleet of real processes with the patience of the demo profile: each plays a film, a segment of 2 s every 2 s, asks for a manifest when the last one's time to live is over, and is on the pathway that it names first. They try nothing twice; each answer with another status or length than the origin's is a failure, and so is each manifest that did not come.",
    "Empty: seconds from the order to drain to the last request to it. The limit is the longest time to live of any manifest that was handed out, and one segment. Spread again: from the order to undrain until no appliance has more than 1.25 × the mean, rounded up to a whole viewer.",
  ],
  run: studyRebalance,
};

const COLUMNS: StudyResult["columns"] = [
  { figure: "viewersBefore", title: "viewers on it", as: "count" },
  { figure: "emptySeconds", title: "empty, s", as: "figure", better: "less" },
  { figure: "limitSeconds", title: "limit, s", as: "figure" },
  { figure: "spreadSeconds", title: "spread again, s", as: "figure", better: "less" },
  { figure: "mostOfMean", title: "fullest, × mean", as: "figure", better: "less" },
  { figure: "viewersAfter", title: "viewers on it again", as: "count" },
  { figure: "segments", title: "segments", as: "count" },
  { figure: "failed", title: "failed requests", as: "count", better: "less" },
];

/** What is known of the viewers while they watch. */
type Audience = {
  /** Of each viewer: the pathway that it asked last. */
  readonly pathways: string[];
  /** When each pathway was asked last. */
  readonly askedAtMs: Map<string, number>;
  readonly failures: string[];
  longestTtlSeconds: number;
  segments: number;
};

async function studyRebalance(context: StudyContext): Promise<readonly StudyFindings[]> {
  const { stage, wishes, progress, signal } = context;
  const viewers = wishes.connections ?? VIEWERS;
  const fleet = await startDemoFleet(stage, { regions: REGIONS, appliances: APPLIANCES });
  const audience: Audience = {
    pathways: [],
    askedAtMs: new Map(),
    failures: [],
    longestTtlSeconds: 0,
    segments: 0,
  };
  const leaving = new AbortController();
  const dispatcher = new Agent();
  const films = await readFilms(fleet);
  const watching = letThemWatch(viewers, { fleet, films, audience, dispatcher, context, leaving });
  try {
    await delay(SETTLE_MS, undefined, { signal });
    const runs: StudyRun[] = [];
    for (let run = 0; run < (wishes.runs ?? 1); run += 1) {
      runs.push(await drainFullest(fleet, audience, context));
    }
    leaving.abort();
    await watching;
    for (const failure of audience.failures.slice(0, 3)) progress(`failed: ${failure}`);
    const all = runs.map((run) => ({
      ...run,
      segments: audience.segments,
      failed: audience.failures.length,
    }));
    return [
      {
        unit: { viewers, appliances: APPLIANCES },
        columns: COLUMNS,
        runs: all,
        claims: all.flatMap((run) => claimsFor(run, viewers)),
      },
    ];
  } finally {
    leaving.abort();
    await watching;
    await dispatcher.destroy();
  }
}

type Playing = {
  readonly fleet: DemoFleet;
  readonly films: Awaited<ReturnType<typeof readFilms>>;
  readonly audience: Audience;
  readonly dispatcher: Dispatcher;
  readonly context: StudyContext;
  readonly leaving: AbortController;
};

/** They come one after the other, over the time of one segment. Resolves when all have left. */
function letThemWatch(
  viewers: number,
  { fleet, films, audience, dispatcher, context, leaving }: Playing,
): Promise<unknown> {
  const { now } = context;
  const watching = Array.from({ length: viewers }, async (_, viewer) => {
    await delay((viewer / viewers) * SEGMENT_MS);
    await watchAlone({
      playUrl: fleet.steeringUrl + playPath("demo", films.paths[viewer % films.paths.length] ?? ""),
      dispatcher,
      now,
      signal: leaving.signal,
      segmentMs: SEGMENT_MS,
      patienceMs: SEGMENT_MS,
      segmentBytes: (path) => films.segmentBytes.get(path),
      notes: {
        onAsk(pathway) {
          audience.pathways[viewer] = pathway;
          audience.askedAtMs.set(pathway, now());
        },
        onSegment() {
          audience.segments += 1;
        },
        onManifest(ttlSeconds) {
          audience.longestTtlSeconds = Math.max(audience.longestTtlSeconds, ttlSeconds);
        },
        onFailure: (reason) => void audience.failures.push(reason),
      },
    });
  });
  return Promise.all(watching);
}

/** What there is to watch, and how long each of its segments is, as the origin has it. */
async function readFilms({ originUrl }: DemoFleet) {
  const catalog = Type.Object({ titles: Type.Array(Type.Object({ id: Type.String() })) });
  const read = async (url: string) => (await askForSuccess(url)).body.toString();
  const { titles } = Value.Parse(catalog, JSON.parse(await read(originUrl + CATALOG_PATH)));
  const paths = titles.map(({ id }) => `/vod/${id}/master.m3u8`);
  const segmentBytes = new Map<string, number>();
  for (const path of paths) {
    const playlist = readMultivariantPlaylist(await read(originUrl + path));
    const pathway = playlist?.variants[0]?.pathwayId;
    if (playlist === undefined || pathway === undefined) {
      throw new BenchError(`The origin has no multivariant playlist at ${path}`);
    }
    const list = new URL(mediaPlaylistOf(playlist, pathway), originUrl + path).href;
    for (const segment of segmentsOf(await read(list), list)) {
      segmentBytes.set(new URL(segment).pathname, (await askForSuccess(segment)).body.length);
    }
  }
  return { paths, segmentBytes };
}

/** Drains the appliance that has most viewers, waits until nobody asks it, and takes it back. */
async function drainFullest(
  fleet: DemoFleet,
  audience: Audience,
  { now, signal, progress }: StudyContext,
): Promise<StudyRun> {
  const [drained = "", viewersBefore = 0] = countViewers(audience)[0] ?? [];
  const drainedAtMs = now();
  await fleet.tell(drained, DRAIN_PATH);
  const quietForMs = () => now() - (audience.askedAtMs.get(drained) ?? drainedAtMs);
  while (quietForMs() < QUIET_MS && now() - drainedAtMs < EMPTY_LIMIT_MS) {
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
  const emptySeconds = ((audience.askedAtMs.get(drained) ?? drainedAtMs) - drainedAtMs) / 1000;
  progress(`${drained} drained: its ${viewersBefore} viewers left in ${emptySeconds.toFixed(1)} s`);

  const undrainedAtMs = now();
  await fleet.tell(drained, UNDRAIN_PATH);
  while (!isSpread(audience) && now() - undrainedAtMs < SPREAD_LIMIT_MS) {
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
  const spreadSeconds = (now() - undrainedAtMs) / 1000;
  progress(`${drained} undrained: spread again in ${spreadSeconds.toFixed(1)} s`);
  return {
    system: `${OURS}, ${drained} drained`,
    viewersBefore,
    emptySeconds,
    limitSeconds: audience.longestTtlSeconds + SEGMENT_MS / 1000,
    spreadSeconds,
    mostOfMean: mostOf(audience) / meanOf(audience),
    viewersAfter: new Map(countViewers(audience)).get(drained) ?? 0,
  };
}

/** The fullest first. */
function countViewers({ pathways }: Audience): [pathway: string, viewers: number][] {
  const groups = Map.groupBy(pathways, (pathway) => pathway);
  return Array.from(groups, ([pathway, each]): [string, number] => [pathway, each.length]).toSorted(
    ([, one], [, other]) => other - one,
  );
}

function mostOf(audience: Audience): number {
  return countViewers(audience)[0]?.[1] ?? 0;
}

function meanOf({ pathways }: Audience): number {
  return pathways.length / APPLIANCES;
}

function isSpread(audience: Audience): boolean {
  const isUsed = countViewers(audience).length === APPLIANCES;
  return isUsed && mostOf(audience) <= Math.ceil(meanOf(audience) * MOST_OF_MEAN);
}

function claimsFor(run: StudyRun, viewers: number): StudyResult["claims"] {
  const figure = (name: string) => Number(run[name]);
  const most = Math.ceil((viewers / APPLIANCES) * MOST_OF_MEAN);
  return [
    {
      claim: `${run.system}: empty within a time to live and a segment (${figure("emptySeconds").toFixed(1)} of ${figure("limitSeconds").toFixed(1)} s)`,
      holds: figure("emptySeconds") <= figure("limitSeconds"),
    },
    { claim: `no request failed (${figure("failed")})`, holds: figure("failed") === 0 },
    {
      claim: `undrained, it has viewers again (${figure("viewersAfter")}), and none has more than ${most} of ${viewers} (the fullest ${figure("mostOfMean").toFixed(2)} × the mean)`,
      holds:
        figure("viewersAfter") > 0 && figure("mostOfMean") <= most / (viewers / APPLIANCES) + 1e-9,
    },
  ];
}
