/** What a manifest costs in fleets of ten to ten thousand appliances: a ranking must not read them all. */
import { setTimeout as delay } from "node:timers/promises";
import { OURS } from "../contract/bench-result.ts";
import type { StudyResult, StudyRun } from "../contract/study-result.ts";
import { median } from "../core/summarise-rounds.ts";
import { BenchError } from "../errors.ts";
import { type LoadGenerator, startLoadGenerator } from "../load/load-generator.ts";
import type { LoadJob } from "../load/load-job.ts";
import { findFamily, readUsage } from "../measure/process-usage.ts";
import type { ServerProcess } from "../processes/server-process.ts";
import { startSteeredFleet } from "../systems/steering.ts";
import { manifestsOf } from "../systems/steering-answers.ts";
import type { Study, StudyContext, StudyFindings } from "./bench.ts";

const FLEETS = [10, 100, 1_000, 10_000];
const CONNECTIONS = 64;
const MOST_RATIO = 1.5;
const LONGEST_WARM_UP_MS = 1_000;
const MEBIBYTE = 1024 * 1024;

export const STEERING_SCALE: Study = {
  kind: "study",
  name: "steering-scale",
  question: "Does a manifest cost more where the fleet is large?",
  notes: [
    "CPU per manifest is user and system time of the steering process divided by the manifests that it answered as fast as it could, the median of the rounds. The same fleet's idle CPU is subtracted: it was measured before the first round and after the last, without a single manifest, with all heartbeats and probes going on as in production.",
    "Every appliance is up before the first round and after the last. The fleets are measured one after the other, each with a steering process of its own.",
  ],
  run: studyScale,
};

const COLUMNS: StudyResult["columns"] = [
  { figure: "cpuMicrosecondsPerManifest", title: "CPU µs/manifest", as: "figure", better: "less" },
  { figure: "manifestsPerSecond", title: "manifests/s", as: "figure" },
  { figure: "idleCpuShare", title: "idle CPU", as: "share" },
  { figure: "rssMebibytes", title: "RSS MiB", as: "figure", better: "less" },
];

async function studyScale(context: StudyContext): Promise<readonly StudyFindings[]> {
  const { stage, wishes, progress } = context;
  const most = wishes.appliances ?? Number.POSITIVE_INFINITY;
  const fleets = [...new Set(FLEETS.map((appliances) => Math.min(appliances, most)))];
  const connections = wishes.connections ?? CONNECTIONS;
  const generator = startLoadGenerator(stage);
  const runs: StudyRun[] = [];
  for (const appliances of fleets) {
    const run = await measureFleet(context, { appliances, connections, generator });
    runs.push(run);
    progress(
      `${run.system}  ${Number(run["cpuMicrosecondsPerManifest"]).toFixed(1)} µs a manifest`,
    );
  }
  return [{ unit: { connections }, columns: COLUMNS, runs, claims: claimsFor(runs) }];
}

type FleetCase = {
  readonly appliances: number;
  readonly connections: number;
  readonly generator: LoadGenerator;
};

async function measureFleet(
  { stage, wishes, now }: StudyContext,
  { appliances, connections, generator }: FleetCase,
): Promise<StudyRun> {
  const steered = await startSteeredFleet(stage, { appliances });
  const { server, paths, answerBytes, watch } = await manifestsOf(steered, appliances);
  const windowMs = wishes.seconds * 1000;
  const check = await watch();
  const idleBefore = await idleShareOf(server, windowMs, now);
  const wrk = stage.find("wrk");
  const job: LoadJob = {
    generator: wrk === undefined ? { name: "autocannon" } : { name: "wrk", program: wrk },
    url: server.url,
    paths,
    mark: "scale",
    connections,
    answerBytes,
    serverPid: server.pid,
    warmUpMs: Math.min(LONGEST_WARM_UP_MS, windowMs),
    windowMs,
  };
  const rounds: Awaited<ReturnType<typeof answerManifests>>[] = [];
  for (let round = 0; round < wishes.rounds; round += 1) {
    rounds.push(await answerManifests(generator, job));
  }
  const idleCpuShare = (idleBefore + (await idleShareOf(server, windowMs, now))) / 2;
  await check(0);
  await steered.stop();
  const middle = (read: (round: (typeof rounds)[number]) => number) => median(rounds.map(read));
  return {
    system: `${OURS}, ${appliances.toLocaleString("en-US")} appliances`,
    appliances,
    cpuMicrosecondsPerManifest: middle(
      ({ serverCpuSeconds, windowSeconds, requests }) =>
        ((serverCpuSeconds - idleCpuShare * windowSeconds) / requests) * 1e6,
    ),
    manifestsPerSecond: middle(({ requests, windowSeconds }) => requests / windowSeconds),
    idleCpuShare,
    rssMebibytes: middle(({ serverRssBytes }) => serverRssBytes / MEBIBYTE),
  };
}

async function answerManifests(generator: LoadGenerator, job: LoadJob) {
  const report = await generator.run(job);
  if (report.kind === "failed") throw new BenchError(`Manifests: ${report.reason}`);
  return report.measurement;
}

/** Of one core, while nobody asks for a manifest. */
async function idleShareOf(
  { pid }: ServerProcess,
  windowMs: number,
  now: () => number,
): Promise<number> {
  const family = findFamily(pid);
  const opened = { atMs: now(), cpuSeconds: readUsage(family).cpuSeconds };
  await delay(windowMs);
  const { cpuSeconds } = readUsage(family);
  return (cpuSeconds - opened.cpuSeconds) / ((now() - opened.atMs) / 1000);
}

function claimsFor(runs: readonly StudyRun[]): StudyResult["claims"] {
  const [smallest, largest] = [runs[0], runs.at(-1)];
  if (smallest === undefined || largest === undefined) return [];
  const cost = (run: StudyRun) => Number(run["cpuMicrosecondsPerManifest"]);
  const ratio = cost(largest) / cost(smallest);
  return [
    {
      claim: `with ${largest["appliances"]} appliances a manifest costs at most ${MOST_RATIO} × what it costs with ${smallest["appliances"]} (${ratio.toFixed(2)} ×)`,
      holds: ratio <= MOST_RATIO,
    },
  ];
}
