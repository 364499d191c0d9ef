/**
 * Runs benches for a person at a terminal: progress on stderr, tables on stdout, files at the end.
 * Whatever happens, Ctrl-C included, nothing that was started is left running.
 */
import { readFileSync } from "node:fs";
import type { Bench, Study } from "./benches/bench.ts";
import { findBenches } from "./benches/every-bench.ts";
import type { BenchConfig } from "./config.ts";
import type { BenchResults } from "./contract/bench-result.ts";
import type { Circumstances } from "./contract/circumstances.ts";
import type { StudyResult } from "./contract/study-result.ts";
import { studyTable } from "./core/study-table.ts";
import { writeFigure } from "./core/write-figure.ts";
import { BenchError } from "./errors.ts";
import { describeCircumstances } from "./measure/describe-circumstances.ts";
import { type BenchRun, measureBench, wishesOf } from "./measure/measure-bench.ts";
import type { Stage } from "./processes/stage.ts";
import { type Course, onStage, untilStopped } from "./processes/until-stopped.ts";
import { checkReportFiles, writeReportFiles } from "./report-files.ts";

export type BenchOptions = BenchConfig & {
  /** Folders in which programs are looked for, as in `PATH`. */
  readonly searchPath: string;
};

/** @returns the exit code. */
export function runBenches(options: BenchOptions): Promise<number> {
  return untilStopped(async (course) => {
    const benches = findBenches(options.benches);
    requireLinux();
    checkReportFiles(options);
    writeReportFiles(await measureAll(benches, options, course), options);
  });
}

async function measureAll(
  benches: readonly Bench[],
  options: BenchOptions,
  { terminal, stopped }: Course,
): Promise<BenchResults> {
  const circumstances = describeCircumstances({ ...options, startedAt: new Date().toISOString() });
  terminal.sayLine(opening(circumstances));
  const { pinning } = circumstances;
  const { searchPath } = options;
  const results: BenchResults = [];
  for (const bench of benches) {
    const found = await onStage({ pinning, searchPath, stopped }, async (stage) => {
      terminal.sayLine(`${bench.name}: starting ...`);
      const run = { options, circumstances, terminal };
      return bench.kind === "load"
        ? await measureBench(bench, stage, run)
        : await carryOut(bench, stage, { ...run, stopped });
    });
    results.push(...found);
  }
  stopped.throwIfAborted();
  return results;
}

async function carryOut(
  { name, question, notes, run }: Study,
  stage: Stage,
  { options, circumstances, terminal, stopped }: BenchRun & Pick<Course, "stopped">,
): Promise<StudyResult[]> {
  const findings = await run({
    stage,
    wishes: wishesOf(options),
    progress: (line) => terminal.sayLine(`  ${line}`),
    now: () => performance.now(),
    signal: stopped,
  });
  return findings.map((found) => {
    const result: StudyResult = {
      kind: "study",
      name,
      question,
      claims: [],
      ratios: {},
      missing: [],
      ...found,
      notes: [...notes, ...(found.notes ?? [])],
      circumstances,
    };
    process.stdout.write(`\n${studyTable(result)}\n`);
    return result;
  });
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
