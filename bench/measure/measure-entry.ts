/**
 * Measures the systems of one entry, round by round and interleaved, so that a slow minute of the
 * machine falls on all of them: first as fast as each can, then all at one rate that each can bear.
 */
import { randomBytes } from "node:crypto";
import type { Entry } from "../benches/bench.ts";
import { FIXED_RATE_SHARE } from "../config.ts";
import type { Round, Run } from "../contract/bench-result.ts";
import { atRateOf, roundOf, runOf } from "../core/summarise-rounds.ts";
import { BenchError } from "../errors.ts";
import type { JobWorker } from "../load/job-worker.ts";
import type { LoadGenerator } from "../load/load-generator.ts";
import type { LoadJob } from "../load/load-job.ts";
import type { ProbeJob, ProbeReport } from "../load/probe.ts";
import type { MeasuredSystem } from "../systems/measured-system.ts";

export type MeasurePlan = {
  readonly generator: LoadJob["generator"];
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
  readonly onRoundBegun: (round: number, system: string) => void;
  readonly onRoundOver: (figures: string) => void;
};

export type Prober = JobWorker<ProbeJob, ProbeReport>;

export async function measureEntry(
  entry: Entry,
  { generator, prober }: { readonly generator: LoadGenerator; readonly prober: Prober },
  plan: MeasurePlan,
): Promise<Run[]> {
  const rounds = await interleave(entry, plan, async (system) => {
    const figures = await measureRound(system, entry.connections, generator, plan);
    return { figures, text: `${Math.round(figures.requestsPerSecond)} requests/s` };
  });
  const runs = new Map(Array.from(rounds, ([system, each]) => [system, runOf(system, each)]));
  const slowest = Math.min(...Array.from(runs.values(), (run) => run.requestsPerSecond));
  const share = entry.rateShare ?? FIXED_RATE_SHARE;
  const most = entry.mostPerSecond ?? Number.POSITIVE_INFINITY;
  const requestsPerSecond = Math.max(1, Math.floor(Math.min(slowest * share, most)));
  const latencies = await interleave(entry, plan, async (system) => {
    const figures = await probeRound(system, { ...entry, requestsPerSecond }, prober, plan);
    return { figures, text: `p99 ${figures.p99.toFixed(2)} ms at ${requestsPerSecond} requests/s` };
  });
  return Array.from(runs, ([system, run]) => ({
    ...run,
    atRate: atRateOf(requestsPerSecond, latencies.get(system) ?? []),
  }));
}

/** One short round of each system, to see who is busy. */
export async function lookAtEntry(
  entry: Entry,
  generator: LoadGenerator,
  plan: MeasurePlan,
): Promise<readonly Round[]> {
  const looks: Round[] = [];
  for (const system of entry.systems) {
    looks.push(await measureRound(system, entry.connections, generator, plan));
  }
  return looks;
}

async function interleave<Figures>(
  { systems }: Entry,
  { rounds, onRoundBegun, onRoundOver }: MeasurePlan,
  measure: (system: MeasuredSystem) => Promise<{ figures: Figures; text: string }>,
): Promise<ReadonlyMap<MeasuredSystem, readonly Figures[]>> {
  const measured = new Map<MeasuredSystem, Figures[]>(systems.map((system) => [system, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [system, all] of startingWith([...measured], round)) {
      onRoundBegun(round + 1, system.name);
      const { figures, text } = await measure(system);
      all.push(figures);
      onRoundOver(text);
    }
  }
  return measured;
}

async function measureRound(
  system: MeasuredSystem,
  connections: number,
  loadGenerator: LoadGenerator,
  { generator, warmUpMs, windowMs }: Pick<MeasurePlan, "generator" | "warmUpMs" | "windowMs">,
): Promise<Round> {
  const { name, server, paths, answerBytes } = system;
  const check = await system.watch();
  const report = await whileItRuns(
    system,
    loadGenerator.run({
      generator,
      url: server.url,
      paths,
      mark: newMark(),
      connections,
      answerBytes,
      serverPid: server.pid,
      warmUpMs,
      windowMs,
    }),
  );
  if (report.kind === "failed") {
    throw new BenchError(`${name} with ${connections} connections: ${report.reason}`);
  }
  await check(report.answersInAll);
  return roundOf(report.measurement);
}

async function probeRound(
  system: MeasuredSystem,
  { connections, requestsPerSecond }: Pick<ProbeJob, "connections" | "requestsPerSecond">,
  prober: Prober,
  { warmUpMs, windowMs }: MeasurePlan,
): Promise<ProbeReport["latencyMs"]> {
  const { name, server, paths } = system;
  const check = await system.watch();
  const { answers, failures, firstFailure, latencyMs } = await whileItRuns(
    system,
    prober.run({
      ...{ url: server.url, paths, mark: newMark() },
      ...{ connections, requestsPerSecond, warmUpMs, windowMs },
    }),
  );
  if (failures > 0) {
    throw new BenchError(`${name} at ${requestsPerSecond} requests/s: ${firstFailure}`);
  }
  await check(answers);
  return latencyMs;
}

function whileItRuns<T>({ server }: MeasuredSystem, work: Promise<T>): Promise<T> {
  return Promise.race([
    work,
    server.ended.then((how): never => {
      throw new BenchError(how);
    }),
  ]);
}

function newMark(): string {
  return randomBytes(6).toString("hex");
}

/** Another one goes first each time: whoever follows finds the machine warm. */
function startingWith<T>(items: readonly T[], round: number): readonly T[] {
  const first = round % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}
