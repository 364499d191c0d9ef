/** Measures a load bench: one result for each load that it puts on its systems. */
import type { BenchWishes, Entry, LoadBench } from "../benches/bench.ts";
import {
  type BenchConfig,
  FIXED_RATE_SHARE,
  LONGEST_FIRST_LOOK_MS,
  warmUpMsOf,
} from "../config.ts";
import type { BenchResult } from "../contract/bench-result.ts";
import type { Circumstances } from "../contract/circumstances.ts";
import {
  chooseGenerator,
  GENERATOR_REASONS,
  type GeneratorChoice,
} from "../core/choose-generator.ts";
import { resultTable } from "../core/result-table.ts";
import { ratiosOf } from "../core/summarise-rounds.ts";
import { writeUnit } from "../core/write-figure.ts";
import { BenchError } from "../errors.ts";
import { startJobWorker } from "../load/job-worker.ts";
import { type LoadGenerator, startLoadGenerator } from "../load/load-generator.ts";
import type { LoadJob } from "../load/load-job.ts";
import type { ProbeJob, ProbeReport } from "../load/probe.ts";
import type { Stage } from "../processes/stage.ts";
import type { Terminal } from "../terminal.ts";
import { lookAtEntry, type MeasurePlan, measureEntry } from "./measure-entry.ts";

export type BenchRun = {
  readonly options: BenchConfig;
  readonly circumstances: Circumstances;
  readonly terminal: Terminal;
};

export async function measureBench(
  bench: LoadBench,
  stage: Stage,
  { options, circumstances, terminal }: BenchRun,
): Promise<BenchResult[]> {
  const { entries, missing } = await bench.open(stage, wishesOf(options));
  const generator = startLoadGenerator(stage);
  const prober = startJobWorker<ProbeJob, ProbeReport>(stage, {
    name: "the prober",
    program: "bench/run-probe.ts",
  });
  const windowMs = options.seconds * 1000;
  const plan: Omit<MeasurePlan, "generator"> = {
    rounds: options.rounds,
    windowMs,
    warmUpMs: warmUpMsOf(windowMs),
    onRoundBegun: (round, system) =>
      terminal.say(`  round ${round} of ${options.rounds}  ${system.padEnd(11)} `),
    onRoundOver: (figures) => terminal.say(`${figures}\n`),
  };

  const results: BenchResult[] = [];
  for (const entry of entries) {
    terminal.sayLine(`${bench.name}: ${writeUnit(entry.unit)}`);
    const { choice, job } = await findGenerator(entry, stage, { generator, plan, options });
    const runs = await measureEntry(entry, { generator, prober }, { ...plan, generator: job });
    const result: BenchResult = {
      kind: "load",
      name: bench.name,
      question: bench.question,
      unit: entry.unit,
      generator: choice.generator,
      runs,
      ratios: ratiosOf(runs),
      ...(entry.claimsOf === undefined ? {} : { claims: [...entry.claimsOf(runs)] }),
      missing: [...missing],
      notes: [...bench.notes, noteOf(choice, entry), ...NOTES, noteOfRate(entry)],
      circumstances,
    };
    process.stdout.write(`\n${resultTable(result)}\n`);
    results.push(result);
  }
  return results;
}

export function wishesOf(options: BenchConfig): BenchWishes {
  const { connections, seconds, rounds, runs, seed, appliances, trace, writeTrace } = options;
  return { connections, seconds, rounds, runs, seed, appliances, trace, writeTrace };
}

/** @throws {BenchError} for wrk where it is asked for and not installed. */
async function findGenerator(
  entry: Entry,
  stage: Stage,
  wishes: {
    readonly generator: LoadGenerator;
    readonly plan: Omit<MeasurePlan, "generator">;
    readonly options: BenchConfig;
  },
): Promise<{ readonly choice: GeneratorChoice; readonly job: LoadJob["generator"] }> {
  const { plan, options } = wishes;
  const autocannon = { name: "autocannon" } as const;
  const program = stage.find("wrk");
  if (options.generator === "wrk") {
    if (program === undefined) throw new BenchError("--generator: wrk is not installed here.");
    return { choice: { generator: "wrk", reason: "asked-for" }, job: { name: "wrk", program } };
  }
  if (options.generator === "autocannon" || program === undefined) {
    const reason = program === undefined ? "wrk-not-installed" : "asked-for";
    return { choice: { generator: "autocannon", reason }, job: autocannon };
  }
  const windowMs = Math.min(plan.windowMs, LONGEST_FIRST_LOOK_MS);
  const looks = await lookAtEntry(entry, wishes.generator, {
    ...plan,
    generator: autocannon,
    windowMs,
    warmUpMs: warmUpMsOf(windowMs),
  });
  const choice = chooseGenerator(looks);
  return { choice, job: choice.generator === "wrk" ? { name: "wrk", program } : autocannon };
}

function noteOf({ generator, reason }: GeneratorChoice, { unit }: Entry): string {
  return `With ${writeUnit(unit)} the load is put on by ${generator}, ${GENERATOR_REASONS[reason]}.`;
}

function noteOfRate({ rateShare = FIXED_RATE_SHARE }: Entry): string {
  return `Latency is what the clients saw with all connections busy; it is not that of a quiet server. Latency at a rate is asked at ${Math.round(rateShare * 100)} % of what the slowest of these systems can answer, the same for all, and counted from the moment at which each request was due (so that a server that stumbles is not asked less often meanwhile).`;
}

const NOTES = [
  "The load generator runs on the same machine, as a process of its own. A system that is 'limited by the load' could answer more than the generator can ask: compare its CPU per request. Where a system is 'not saturated', neither side used its processor fully: something else did, or there are too few connections.",
  "CPU is user and system time of the server's processes as the kernel counts it, over the same window as the requests. On loopback a part of sending is done in the time of the receiver, more of it the more a server hands to the kernel at once: that is in the CPU of the load generator.",
];
