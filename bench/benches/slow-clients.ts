/** What clients cost that read slowly: thousands of phones on bad links, each with a body under way. */
import { setTimeout as delay } from "node:timers/promises";
import { OURS } from "../contract/bench-result.ts";
import type { StudyResult, StudyRun } from "../contract/study-result.ts";
import { BenchError } from "../errors.ts";
import type { CrowdJob, CrowdReport } from "../load/crowd.ts";
import { type JobWorker, startJobWorker } from "../load/job-worker.ts";
import type { ProbeJob, ProbeReport } from "../load/probe.ts";
import { findFamily, readUsage } from "../measure/process-usage.ts";
import type { ServerProcess } from "../processes/server-process.ts";
import { type BenchOrigin, startBenchOrigin } from "../systems/bench-origin.ts";
import { type Contestant, startContestants } from "../systems/contestants.ts";
import { warmCache } from "../systems/warm-cache.ts";
import type { Study, StudyContext, StudyFindings } from "./bench.ts";

const MEBIBYTE = 1024 * 1024;
const OBJECT_BYTES = 4 * MEBIBYTE;
const OBJECTS = 16;
const CLIENTS = 2_000;
const BYTES_PER_SECOND = 50_000;
/** Too small for a single one of the objects: everybody reads from disk. */
const TINY_RAM_MEBIBYTES = 2;
/** The slow clients connect and ask before the probes are counted, unless the study is very short. */
const LONGEST_SETTLE_MS = 3_000;
const LONGEST_WARM_UP_MS = 1_000;
const PROBES_PER_SECOND = 50;
const LOOK_EVERY_MS = 250;
const MOST_GROWTH_MEBIBYTES = 100;
const MOST_P99_RATIO = 1.2;

export const SLOW_CLIENTS: Study = {
  kind: "study",
  name: "slow-clients",
  question: "What do two thousand slow clients cost, and do the others notice them?",
  notes: [
    `The slow clients read ${BYTES_PER_SECOND / 1000} kB/s each of ${OBJECTS} objects, which the cache holds already. A prober asks for whole objects of 4 MiB at ${PROBES_PER_SECOND} a second before, while and after they are there, on connections of its own, and counts from the moment at which each request was due. Before and after are put together.`,
    "Memory is compared with that of the same process after it was warmed and probed, its RAM tier included: what it grows by is the slow clients' alone. The kernel's socket buffers are in no process's memory.",
    "understudy (disk) is ours with a RAM tier too small for any object, so that every slow client holds a file open instead of a piece of RAM.",
  ],
  run: studySlowClients,
};

const COLUMNS: StudyResult["columns"] = [
  { figure: "idleMebibytes", title: "RSS before, MiB", as: "figure" },
  { figure: "growthMebibytes", title: "RSS grows by, MiB", as: "figure", better: "less" },
  { figure: "quietP50Ms", title: "quiet p50, ms", as: "figure" },
  { figure: "crowdedP50Ms", title: "crowded p50, ms", as: "figure" },
  { figure: "quietP99Ms", title: "quiet p99, ms", as: "figure" },
  { figure: "crowdedP99Ms", title: "crowded p99, ms", as: "figure", better: "less" },
  { figure: "p99Ratio", title: "p99 ratio", as: "figure", better: "less" },
  { figure: "slowKilobytesPerSecond", title: "each slow client got, kB/s", as: "figure" },
  { figure: "failed", title: "failed clients", as: "count" },
];

type Scene = {
  readonly clients: number;
  readonly crowdedMs: number;
  readonly origin: BenchOrigin;
  readonly crowd: JobWorker<CrowdJob, CrowdReport>;
  readonly prober: JobWorker<ProbeJob, ProbeReport>;
  readonly progress: StudyContext["progress"];
};

async function studySlowClients({
  stage,
  wishes,
  progress,
}: StudyContext): Promise<readonly StudyFindings[]> {
  const clients = wishes.connections ?? CLIENTS;
  const origin = await startBenchOrigin(stage, { objectBytes: OBJECT_BYTES });
  const { contestants, missing } = await startContestants(stage, origin.server.url, {
    tiers: { hasDisk: false },
  });
  const onDisk = await startContestants(stage, origin.server.url, {
    tiers: { hasDisk: true, ramMebibytes: TINY_RAM_MEBIBYTES },
    peers: [],
  });
  const all = [
    ...contestants,
    ...onDisk.contestants.map((each) => ({ ...each, name: `${OURS} (disk)` })),
  ];
  const scene: Scene = {
    clients,
    crowdedMs: wishes.seconds * wishes.rounds * 1000,
    origin,
    crowd: startJobWorker(stage, { name: "the slow clients", program: "bench/run-crowd.ts" }),
    prober: startJobWorker(stage, { name: "the prober", program: "bench/run-probe.ts" }),
    progress,
  };
  const runs: StudyRun[] = [];
  for (const contestant of all) {
    const run = await bearSlowClients(contestant, scene);
    runs.push(run);
    progress(
      `${contestant.name.padEnd(18)} grows by ${Math.round(Number(run["growthMebibytes"]))} MiB, p99 × ${Number(run["p99Ratio"]).toFixed(2)}`,
    );
  }
  return [
    {
      unit: { objectBytes: OBJECT_BYTES, clients, kilobytesPerSecond: BYTES_PER_SECOND / 1000 },
      columns: COLUMNS,
      runs,
      claims: runs.filter(({ system }) => system.startsWith(OURS)).flatMap(claimsFor),
      missing: [...missing],
    },
  ];
}

async function bearSlowClients(
  { name, version, server, isHit }: Contestant,
  { clients, crowdedMs, origin, crowd, prober, progress }: Scene,
): Promise<StudyRun> {
  const paths = Array.from({ length: OBJECTS }, (_, index) => `/${index}`);
  const objects = paths.map((path) => ({ path, ...origin.object }));
  await warmCache({ name, url: server.url }, objects, isHit);
  const settleMs = Math.min(LONGEST_SETTLE_MS, crowdedMs);
  const warmUpMs = Math.min(LONGEST_WARM_UP_MS, crowdedMs);
  const probe = (unmeasuredMs: number, windowMs: number) =>
    prober.run({
      url: server.url,
      paths,
      mark: "",
      requestsPerSecond: PROBES_PER_SECOND,
      connections: 8,
      warmUpMs: unmeasuredMs,
      windowMs,
    });

  const before = await probe(warmUpMs, crowdedMs / 2);
  const idleBytes = rssOf(server);
  const slow = crowd.run({
    url: server.url,
    paths,
    clients,
    object: origin.object,
    reading: {
      kind: "slowly",
      bytesPerSecond: BYTES_PER_SECOND,
      leaveAfterMs: settleMs + crowdedMs,
    },
  });
  const highest = highestRss(server, slow);
  const crowded = await probe(settleMs, crowdedMs);
  const { bodyBytes, flaws } = await slow;
  for (const [flaw, count] of Object.entries(flaws)) progress(`${name}: ${count} × ${flaw}`);
  const growthBytes = (await highest) - idleBytes;
  const after = await probe(warmUpMs, crowdedMs / 2);
  for (const { failures, firstFailure } of [before, crowded, after]) {
    if (failures > 0) throw new BenchError(`${name}: ${failures} probes failed (${firstFailure})`);
  }
  const quiet = (read: (report: ProbeReport) => number) => (read(before) + read(after)) / 2;
  const quietP99Ms = quiet(({ latencyMs }) => latencyMs.p99);
  return {
    system: name,
    version,
    idleMebibytes: idleBytes / MEBIBYTE,
    growthMebibytes: growthBytes / MEBIBYTE,
    quietP50Ms: quiet(({ latencyMs }) => latencyMs.p50),
    crowdedP50Ms: crowded.latencyMs.p50,
    quietP99Ms,
    crowdedP99Ms: crowded.latencyMs.p99,
    p99Ratio: crowded.latencyMs.p99 / quietP99Ms,
    slowKilobytesPerSecond: bodyBytes / clients / (settleMs + crowdedMs),
    failed: Object.values(flaws).reduce((sum, count) => sum + count, 0),
  };
}

/** Looked at again and again while the slow clients are there. */
async function highestRss(server: ServerProcess, until: Promise<unknown>): Promise<number> {
  let isOver = false;
  void until.finally(() => {
    isOver = true;
  });
  let highest = 0;
  while (!isOver) {
    highest = Math.max(highest, rssOf(server));
    await delay(LOOK_EVERY_MS);
  }
  return highest;
}

function rssOf({ pid }: ServerProcess): number {
  return readUsage(findFamily(pid)).residentBytes;
}

function claimsFor(run: StudyRun): StudyResult["claims"] {
  const growth = Number(run["growthMebibytes"]);
  const ratio = Number(run["p99Ratio"]);
  return [
    {
      claim: `${run.system} grows by no more than ${MOST_GROWTH_MEBIBYTES} MiB (${Math.round(growth)})`,
      holds: growth <= MOST_GROWTH_MEBIBYTES,
    },
    {
      claim: `the p99 of the others at ${run.system} is at most ${MOST_P99_RATIO} times the quiet one (${ratio.toFixed(2)})`,
      holds: ratio <= MOST_P99_RATIO,
    },
    { claim: `no client of ${run.system} failed`, holds: run["failed"] === 0 },
  ];
}
