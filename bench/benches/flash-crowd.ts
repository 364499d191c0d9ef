/** What a crowd costs that comes at once for an object that nobody has: the moment of a release. */

import { OURS } from "../contract/bench-result.ts";
import type { StudyResult, StudyRun } from "../contract/study-result.ts";
import { percentile } from "../core/percentile.ts";
import { median } from "../core/summarise-rounds.ts";
import type { CrowdJob, CrowdReport } from "../load/crowd.ts";
import { type JobWorker, startJobWorker } from "../load/job-worker.ts";
import { type BenchOrigin, startBenchOrigin } from "../systems/bench-origin.ts";
import { type Contestant, startContestants } from "../systems/contestants.ts";
import type { Study, StudyContext, StudyFindings } from "./bench.ts";

const MEBIBYTE = 1024 * 1024;
const OBJECT_BYTES = 4 * MEBIBYTE;
const ORIGIN_BYTES_PER_SECOND = 20_000_000;
const CLIENTS = 1_000;
const RUNS = 3;
/** Every client's first byte comes within so many of a lone client's times, and a little. */
const TIMES_LONE = 1.2;
const GRACE_MS = 100;

export const FLASH_CROWD: Study = {
  kind: "study",
  name: "flash-crowd",
  question:
    "What happens when a thousand clients come at once for an object that is not there yet?",
  notes: [
    "The clients connect first and ask in the same moment. The origin sends 20 MB/s, which all its fetches share, and counts them. A lone client asks for another cold object before each crowd; the first byte is the first of the body. Each figure is the median of the runs, but the fetches and the failures, which are those of the worst.",
    "All clients are one process on the processor of the load generator: it takes some time itself to read a thousand bodies, the same for every system.",
    "nginx has proxy_cache_lock, Varnish its waiting list and streaming, ATS reads while it writes, with retried lookups.",
  ],
  run: studyFlashCrowd,
};

type Figures = {
  readonly originFetches: number;
  readonly loneFirstByteMs: number;
  readonly firstByteP50Ms: number;
  readonly firstByteWorstMs: number;
  readonly loneWholeMs: number;
  readonly wholeWorstMs: number;
  readonly failed: number;
  readonly clientDelayMs: number;
};

const COLUMNS: StudyResult["columns"] = [
  { figure: "originFetches", title: "origin fetches", as: "count", better: "less" },
  { figure: "failed", title: "failed clients", as: "count" },
  { figure: "loneFirstByteMs", title: "lone first byte, ms", as: "figure" },
  { figure: "firstByteP50Ms", title: "first byte p50, ms", as: "figure" },
  {
    figure: "firstByteWorstMs",
    title: "last client's first byte, ms",
    as: "figure",
    better: "less",
  },
  { figure: "loneWholeMs", title: "lone whole, ms", as: "figure" },
  { figure: "wholeWorstMs", title: "last client's whole, ms", as: "figure", better: "less" },
  { figure: "clientDelayMs", title: "of it the clients' own, ms", as: "figure" },
];

async function studyFlashCrowd({
  stage,
  wishes,
  progress,
}: StudyContext): Promise<readonly StudyFindings[]> {
  const clients = wishes.connections ?? CLIENTS;
  const origin = await startBenchOrigin(stage, {
    objectBytes: OBJECT_BYTES,
    bytesPerSecond: ORIGIN_BYTES_PER_SECOND,
  });
  const { contestants, missing } = await startContestants(stage, origin.server.url, {
    tiers: { hasDisk: true },
  });
  const crowd = startJobWorker<CrowdJob, CrowdReport>(stage, {
    name: "the crowd",
    program: "bench/run-crowd.ts",
  });
  const seen = new Map<Contestant, Figures[]>(contestants.map((each) => [each, []]));
  for (let run = 1; run <= (wishes.runs ?? RUNS); run += 1) {
    for (const [contestant, figures] of seen) {
      const found = await meetCrowd(contestant, { origin, crowd, clients, run });
      figures.push(found);
      progress(
        `run ${run}  ${contestant.name.padEnd(11)} ${found.originFetches} fetches, last first byte after ${Math.round(found.firstByteWorstMs)} ms`,
      );
    }
  }
  const runs = Array.from(seen, ([contestant, figures]) => summarise(contestant, figures));
  return [
    {
      unit: { objectBytes: OBJECT_BYTES, clients },
      columns: COLUMNS,
      runs,
      claims: claimsFor(runs),
      missing: [...missing],
    },
  ];
}

type Scene = {
  readonly origin: BenchOrigin;
  readonly crowd: JobWorker<CrowdJob, CrowdReport>;
  readonly clients: number;
  readonly run: number;
};

async function meetCrowd(
  { name, server }: Contestant,
  { origin, crowd, clients, run }: Scene,
): Promise<Figures> {
  const job = (who: string, count: number): CrowdJob => ({
    url: server.url,
    paths: [`/${name}/${run}/${who}`],
    clients: count,
    object: origin.object,
    reading: { kind: "as-it-comes" },
  });
  const lone = await crowd.run(job("lone", 1));
  const before = await origin.readFetches();
  const all = await crowd.run(job("crowd", clients));
  const originFetches = (await origin.readFetches()) - before;
  return {
    originFetches,
    loneFirstByteMs: worstOf(lone.firstByteMs),
    firstByteP50Ms: all.firstByteMs.length === 0 ? 0 : percentile(all.firstByteMs, 0.5),
    firstByteWorstMs: worstOf(all.firstByteMs),
    loneWholeMs: worstOf(lone.wholeMs),
    wholeWorstMs: worstOf(all.wholeMs),
    clientDelayMs: all.ownDelayMs,
    failed: Object.values(all.flaws).reduce((sum, count) => sum + count, 0),
  };
}

function summarise({ name, version }: Contestant, figures: readonly Figures[]): StudyRun {
  const middle = (read: (each: Figures) => number) => median(figures.map(read));
  return {
    system: name,
    version,
    originFetches: worstOf(figures.map((each) => each.originFetches)),
    failed: worstOf(figures.map((each) => each.failed)),
    loneFirstByteMs: middle((each) => each.loneFirstByteMs),
    firstByteP50Ms: middle((each) => each.firstByteP50Ms),
    firstByteWorstMs: middle((each) => each.firstByteWorstMs),
    loneWholeMs: middle((each) => each.loneWholeMs),
    wholeWorstMs: middle((each) => each.wholeWorstMs),
    clientDelayMs: middle((each) => each.clientDelayMs),
  };
}

function claimsFor(runs: readonly StudyRun[]): StudyResult["claims"] {
  const ours = runs.find(({ system }) => system === OURS);
  if (ours === undefined) return [];
  const figure = (name: keyof Figures) => Number(ours[name]);
  const limitMs = figure("loneFirstByteMs") * TIMES_LONE + GRACE_MS;
  return [
    { claim: "ours fetched the object once, in every run", holds: figure("originFetches") === 1 },
    { claim: "every client of ours got the right bytes", holds: figure("failed") === 0 },
    {
      claim: `the last of our clients had its first byte within ${TIMES_LONE} × the lone client's time + ${GRACE_MS} ms (${Math.round(figure("firstByteWorstMs"))} of ${Math.round(limitMs)} ms)`,
      holds: figure("firstByteWorstMs") <= limitMs,
    },
  ];
}

function worstOf(values: readonly number[]): number {
  return Math.max(0, ...values);
}
