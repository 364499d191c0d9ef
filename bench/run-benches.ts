/**
 * Runs benches for a person at a terminal: progress on stderr, tables on stdout, files at the end.
 * Whatever happens, Ctrl-C included, nothing that was started is left running.
 */
import { readFileSync } from "node:fs";
import type { Bench } from "./benches/bench.ts";
import { findBenches } from "./benches/every-bench.ts";
import { type BenchConfig, warmUpMsOf } from "./config.ts";
import type { BenchResult, Circumstances } from "./contract/bench-result.ts";
import { choosePinning } from "./core/choose-pinning.ts";
import { resultTable } from "./core/result-table.ts";
import { ratiosOf } from "./core/summarise-rounds.ts";
import { writeFigure, writeUnit } from "./core/write-figure.ts";
import { BenchError } from "./errors.ts";
import { startLoadGenerator } from "./load/load-generator.ts";
import { allowedProcessors, describeCommit, describeMachine } from "./measure/machine.ts";
import { measureEntry } from "./measure/measure-entry.ts";
import { versionOfPackage } from "./measure/versions.ts";
import { findProgram } from "./processes/find-program.ts";
import { Stage } from "./processes/stage.ts";
import { checkReportFiles, writeReportFiles } from "./report-files.ts";
import { newTerminal, type Terminal } from "./terminal.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const EXIT_STOPPED = 130;

export type BenchOptions = BenchConfig & {
  /** Folders in which programs are looked for, as in `PATH`. */
  readonly searchPath: string;
};

/** @returns the exit code. */
export async function runBenches(options: BenchOptions): Promise<number> {
  // A terminal that is gone must not be what ends us: the processes have to be stopped first.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  const terminal = newTerminal(process.stderr);
  const stopping = new AbortController();
  for (const signal of SIGNALS) process.on(signal, () => stopping.abort());

  try {
    const benches = findBenches(options.benches);
    requireLinux();
    checkReportFiles(options);
    const results = await measureAll(benches, options, { terminal, stopped: stopping.signal });
    writeReportFiles(results, options);
    return 0;
  } catch (error) {
    if (stopping.signal.aborted) {
      terminal.sayLine("Stopped. Nothing was written, and nothing is left running.");
      return EXIT_STOPPED;
    }
    if (!(error instanceof BenchError)) throw error;
    terminal.sayLine(error.message);
    return 1;
  }
}

async function measureAll(
  benches: readonly Bench[],
  options: BenchOptions,
  { terminal, stopped }: { readonly terminal: Terminal; readonly stopped: AbortSignal },
): Promise<BenchResult[]> {
  const circumstances = describeCircumstances(options);
  terminal.sayLine(opening(circumstances));
  const results: BenchResult[] = [];
  for (const bench of benches) {
    const stage = await Stage.open({
      pinning: circumstances.pinning,
      searchPath: options.searchPath,
    });
    const closeStage = () => void stage.close();
    stopped.addEventListener("abort", closeStage);
    try {
      stopped.throwIfAborted();
      results.push(...(await measureBench(bench, stage, { options, circumstances, terminal })));
    } finally {
      await stage.close();
      stopped.removeEventListener("abort", closeStage);
    }
  }
  stopped.throwIfAborted();
  return results;
}

type BenchRun = {
  readonly options: BenchOptions;
  readonly circumstances: Circumstances;
  readonly terminal: Terminal;
};

async function measureBench(
  bench: Bench,
  stage: Stage,
  { options, circumstances, terminal }: BenchRun,
): Promise<BenchResult[]> {
  terminal.sayLine(`${bench.name}: starting ...`);
  const { entries, missing } = await bench.open(stage, { connections: options.connections });
  const generator = startLoadGenerator(stage);
  const windowMs = options.seconds * 1000;

  const results: BenchResult[] = [];
  for (const entry of entries) {
    terminal.sayLine(`${bench.name}: ${writeUnit(entry.unit)}`);
    const runs = await measureEntry(entry, generator, {
      rounds: options.rounds,
      windowMs,
      warmUpMs: warmUpMsOf(windowMs),
      onRoundBegun: (round, system) =>
        terminal.say(`  round ${round} of ${options.rounds}  ${system.padEnd(11)} `),
      onRoundOver: ({ requestsPerSecond }) =>
        terminal.say(`${writeFigure(requestsPerSecond).padStart(8)} requests/s\n`),
    });
    const result: BenchResult = {
      name: bench.name,
      question: bench.question,
      unit: entry.unit,
      runs,
      ratios: ratiosOf(runs),
      missing: [...missing],
      notes: [...bench.notes, ...NOTES],
      circumstances,
    };
    process.stdout.write(`\n${resultTable(result)}\n`);
    results.push(result);
  }
  return results;
}

const NOTES = [
  "The load generator runs on the same machine, as a process of its own. A system that is 'limited by the load' could answer more than the generator can ask: compare its CPU per request. Where a system is 'not saturated', neither side used its processor fully: something else did, or there are too few connections.",
  "CPU is user and system time of the server's processes as the kernel counts it, over the same window as the requests. On loopback a part of sending is done in the time of the receiver, more of it the more a server hands to the kernel at once: that is in the CPU of the load generator.",
  "Latency is what the clients saw with all connections busy; it is not that of a quiet server.",
];

function describeCircumstances({ seconds, rounds, searchPath }: BenchOptions): Circumstances {
  return {
    startedAt: new Date().toISOString(),
    commit: describeCommit(),
    machine: describeMachine(),
    node: process.version,
    loadGenerator: `autocannon ${versionOfPackage("autocannon")}`,
    pinning: choosePinning({
      hasTaskset: findProgram("taskset", searchPath) !== undefined,
      processors: allowedProcessors(),
    }),
    secondsPerRound: seconds,
    rounds,
  };
}

function opening({ pinning, secondsPerRound, rounds }: Circumstances): string {
  const each = `${rounds} rounds of ${writeFigure(secondsPerRound)} s for each system, in turn.`;
  if (pinning.kind === "pinned") {
    return `${each} Server on processor ${pinning.server}, load on ${pinning.load}.`;
  }
  return `${each} Server and load share processors (${pinning.reason}): expect wide ranges.`;
}

function requireLinux(): void {
  try {
    readFileSync("/proc/self/stat");
  } catch {
    throw new BenchError("The benches read CPU time from /proc, so they run on Linux only.");
  }
}
