/** What a large fleet costs steering that nobody asks anything: its heartbeats, and the probes of it. */
import { setTimeout as delay } from "node:timers/promises";
import { OURS } from "../contract/bench-result.ts";
import type { StudyResult, StudyRun } from "../contract/study-result.ts";
import { isLimitedByGenerator } from "../core/summarise-rounds.ts";
import type { FleetTally } from "../fake-fleet/fleet-tally.ts";
import { findFamily, readUsage } from "../measure/process-usage.ts";
import type { ServerProcess } from "../processes/server-process.ts";
import { readNodeStates, startSteeredFleet } from "../systems/steering.ts";
import type { Study, StudyContext, StudyFindings } from "./bench.ts";

const APPLIANCES = 10_000;
const HEARTBEAT_SECONDS = 1;
/** As long as so many of the usual rounds: 22.5 s, unless the command line says otherwise. */
const ROUNDS_LONG = 2.5;
const LONGEST_SETTLE_MS = 10_000;
const LOOK_EVERY_MS = 250;
const MOST_CPU_SHARE = 0.5;
const MOST_MEBIBYTES = 300;
/** Of the heartbeats that fall due, so many must be answered within the window. */
const LEAST_ANSWERED_SHARE = 0.99;
const MEBIBYTE = 1024 * 1024;

export const STEERING_HEARTBEATS: Study = {
  kind: "study",
  name: "steering-heartbeats",
  question: "What do ten thousand appliances cost that send a heartbeat each second?",
  notes: [
    "CPU and memory are those of the steering process as the kernel counts them, some seconds after the last appliance registered. Steering probes the fleet meanwhile, as fast as its budget allows, and finds one appliance after the other well: that is in the figures too. The RSS is the highest of a look each quarter of a second.",
    "The heartbeats come spread evenly over time, on 64 kept-alive connections that all appliances share, from one process on the processor of the load. A heartbeat's latency runs from when it was due to its answer.",
  ],
  run: studyHeartbeats,
};

const COLUMNS: StudyResult["columns"] = [
  { figure: "heartbeatsPerSecond", title: "heartbeats/s", as: "figure" },
  { figure: "cpuShare", title: "CPU of one core", as: "share", better: "less" },
  { figure: "cpuMicrosecondsPerHeartbeat", title: "CPU µs/heartbeat", as: "figure" },
  { figure: "rssMebibytes", title: "RSS MiB", as: "figure", better: "less" },
  { figure: "refused", title: "refused", as: "count", better: "less" },
  { figure: "latencyP99Ms", title: "p99 ms", as: "figure" },
  { figure: "lateP99Ms", title: "sender late p99, ms", as: "figure" },
  { figure: "senderCpuShare", title: "sender's CPU", as: "share" },
  { figure: "limitedBy", title: "limited by", as: "figure" },
];

async function studyHeartbeats(context: StudyContext): Promise<readonly StudyFindings[]> {
  const { stage, wishes, progress, signal } = context;
  const appliances = Math.min(APPLIANCES, wishes.appliances ?? APPLIANCES);
  progress(`${appliances} appliances register ...`);
  const { steering, fleet } = await startSteeredFleet(stage, {
    appliances,
    heartbeatSeconds: HEARTBEAT_SECONDS,
  });
  await delay(Math.min(LONGEST_SETTLE_MS, wishes.seconds * wishes.rounds * 1000), undefined, {
    signal,
  });
  const before = await fleet.readTally();
  const windowMs = wishes.seconds * wishes.rounds * ROUNDS_LONG * 1000;
  const seen = await watchBoth({ steering, sender: fleet.server }, windowMs, context);
  const after = await fleet.readTally();
  const lost = (await readNodeStates(steering.url)).filter(({ state }) => state === "gone").length;
  const run = figuresOf(seen, { before, after });
  return [
    {
      unit: { appliances, heartbeats: `a heartbeat each ${HEARTBEAT_SECONDS} s` },
      columns: COLUMNS,
      runs: [run],
      claims: claimsFor(run, { lost, duePerSecond: appliances / HEARTBEAT_SECONDS }),
    },
  ];
}

type Seen = {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly senderCpuSeconds: number;
  readonly mostBytes: number;
};

async function watchBoth(
  { steering, sender }: { readonly steering: ServerProcess; readonly sender: ServerProcess },
  windowMs: number,
  { now }: StudyContext,
): Promise<Seen> {
  const ours = findFamily(steering.pid);
  const theirs = findFamily(sender.pid);
  const opened = { atMs: now(), ours: readUsage(ours), theirs: readUsage(theirs) };
  let mostBytes = opened.ours.residentBytes;
  while (now() - opened.atMs < windowMs) {
    await delay(Math.min(LOOK_EVERY_MS, windowMs));
    mostBytes = Math.max(mostBytes, readUsage(ours).residentBytes);
  }
  const closed = { atMs: now(), ours: readUsage(ours), theirs: readUsage(theirs) };
  return {
    seconds: (closed.atMs - opened.atMs) / 1000,
    cpuSeconds: closed.ours.cpuSeconds - opened.ours.cpuSeconds,
    senderCpuSeconds: closed.theirs.cpuSeconds - opened.theirs.cpuSeconds,
    mostBytes,
  };
}

function figuresOf(
  { seconds, cpuSeconds, senderCpuSeconds, mostBytes }: Seen,
  { before, after }: { readonly before: FleetTally; readonly after: FleetTally },
): StudyRun {
  const answered = after.answered - before.answered;
  const cpuShare = cpuSeconds / seconds;
  const senderCpuShare = senderCpuSeconds / seconds;
  const isLimited = isLimitedByGenerator({
    serverCpuShare: cpuShare,
    generatorCpuShare: senderCpuShare,
  });
  return {
    system: OURS,
    heartbeatsPerSecond: answered / seconds,
    cpuShare,
    cpuMicrosecondsPerHeartbeat: answered === 0 ? 0 : (cpuSeconds / answered) * 1e6,
    rssMebibytes: mostBytes / MEBIBYTE,
    refused: after.failed,
    ...(after.firstFailure === null ? {} : { firstRefusal: after.firstFailure }),
    latencyP99Ms: after.latencyP99Ms,
    lateP99Ms: after.lateP99Ms,
    senderCpuShare,
    limitedBy: isLimited ? "sender" : "neither",
  };
}

function claimsFor(
  run: StudyRun,
  { lost, duePerSecond }: { readonly lost: number; readonly duePerSecond: number },
): StudyResult["claims"] {
  const figure = (name: string) => Number(run[name]);
  return [
    {
      claim: `they cost at most ${MOST_CPU_SHARE} of a core (${figure("cpuShare").toFixed(2)})`,
      holds: figure("cpuShare") <= MOST_CPU_SHARE,
    },
    {
      claim: `the memory is at most ${MOST_MEBIBYTES} MiB (${Math.round(figure("rssMebibytes"))})`,
      holds: figure("rssMebibytes") <= MOST_MEBIBYTES,
    },
    {
      claim: `no heartbeat was refused, and no lease lost (${figure("refused")}, ${lost})`,
      holds: figure("refused") === 0 && lost === 0,
    },
    {
      claim: `the heartbeats that fell due were answered (${Math.round(figure("heartbeatsPerSecond"))} of ${duePerSecond} a second)`,
      holds: figure("heartbeatsPerSecond") >= duePerSecond * LEAST_ANSWERED_SHARE,
    },
  ];
}
