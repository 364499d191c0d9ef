/**
 * Runs the lab for a person at a terminal: says beforehand how long it will take, keeps what is measured
 * after every batch so that it can be stopped and gone on with, and ends with table, JSON and page.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { Value } from "typebox/value";
import { type LabCourse, type LabRun, LabRuns } from "../contract/lab-result.ts";
import { FAULT_GROUPS, LAB_FAULTS } from "../core/lab/lab-fault.ts";
import { labPage } from "../core/lab/lab-page.ts";
import {
  type LabBatch,
  type LabCase,
  mergeRuns,
  planLab,
  secondsOf,
} from "../core/lab/lab-plan.ts";
import { LAB_PLAYERS, type LabPlayer } from "../core/lab/lab-player.ts";
import { scoreLab } from "../core/lab/lab-score.ts";
import { labTable } from "../core/lab/lab-table.ts";
import { writeLength, writeScore, writeTerms } from "../core/lab/write-lab-figures.ts";
import { BenchError } from "../errors.ts";
import { describeCommit, describeMachine } from "../measure/machine.ts";
import { OUR_VERSION, versionOfPackage } from "../measure/versions.ts";
import { openPlayerPages, whatIsBuilt } from "../player-pages/player-pages.ts";
import { type Course, untilStopped } from "../processes/until-stopped.ts";
import { checkReportFiles } from "../report-files.ts";
import type { Terminal } from "../terminal.ts";
import { type LabConfig, linksOf, modesOf, steeringsOf } from "./config.ts";
import { findChromium, openBrowser } from "./lab-browser.ts";
import { type LabTools, watchRun } from "./watch-run.ts";
import { openLabMedia } from "./world/lab-media.ts";

export type LabOptions = LabConfig & {
  readonly env: Readonly<Record<string, string | undefined>>;
};

const STOPPED = "Stopped. What was measured is kept where --json says; the same command goes on.";

/** @returns the exit code, which tells whether the lab ran and not how anybody fared. */
export function runLab(options: LabOptions): Promise<number> {
  return untilStopped(async (course) => {
    if (options.list) process.stdout.write(describeLab());
    else await measure(options, course);
  }, STOPPED);
}

async function measure(options: LabOptions, { terminal, stopped }: Course): Promise<void> {
  checkReportFiles(options);
  const course = courseOf(options);
  const earlier = options.fresh ? [] : readEarlier(options.resume ?? options.json);
  const wishes = {
    ...options,
    course,
    modes: modesOf(options),
    links: linksOf(options),
    steerings: steeringsOf(options),
  };
  // Before anything else: a wrong name is told of whatever else is amiss.
  const named = planLab(wishes, earlier);
  if (!named.ok) throw new BenchError(named.flaw);
  const players = leaveOutUnbuilt(options.players, terminal);
  const plan = planLab({ ...wishes, players }, earlier);
  if (!plan.ok) throw new BenchError(plan.flaw);
  for (const note of plan.notes) terminal.sayLine(note);
  const executablePath = await findChromium(options.env);
  const media = openLabMedia();
  const pages = await openPlayerPages();
  let runs = earlier;
  let unwatched = 0;
  try {
    const tools: LabTools = {
      pages,
      media,
      course,
      bufferSeconds: options.bufferSeconds,
      versionOf,
      // Comparable with what a page reads: both are monotonic from a moment of the wall clock.
      now: () => performance.timeOrigin + performance.now(),
      wallNow: Date.now,
      random: Math.random,
      stopped,
    };
    terminal.sayLine(openingOf(plan.batches, course, earlier.length));
    for (const [index, batch] of plan.batches.entries()) {
      const left = plan.batches.slice(index);
      terminal.sayLine(`[${index + 1}/${plan.batches.length}] ${batch.map(titleOf).join("; ")}`);
      const { measured, flaws } = await runBatch(batch, { tools, executablePath });
      runs = mergeRuns(runs, measured);
      keep(runs, options);
      unwatched += flaws.length;
      for (const run of measured) terminal.sayLine(`  ${briefOf(run)}`);
      for (const flaw of flaws) terminal.sayLine(`  ${flaw}`);
      if (left.length > 1) {
        terminal.sayLine(`  ${writeLength(secondsOf(left.slice(1), course))} left`);
      }
    }
  } finally {
    await pages.close();
  }
  process.stdout.write(`\n${labTable(runs)}\n`);
  if (unwatched > 0) {
    throw new BenchError(
      `${unwatched} runs could not be watched; the same command tries them again.`,
    );
  }
}

type BatchOutcome = { readonly measured: readonly LabRun[]; readonly flaws: readonly string[] };

async function runBatch(
  batch: LabBatch,
  { tools, executablePath }: { readonly tools: LabTools; readonly executablePath: string },
): Promise<BatchOutcome> {
  const browser = await openBrowser(executablePath);
  const closeBrowser = () => void browser.close();
  tools.stopped.addEventListener("abort", closeBrowser);
  try {
    tools.stopped.throwIfAborted();
    const outcomes = await Promise.allSettled(batch.map((each) => watchRun(browser, each, tools)));
    tools.stopped.throwIfAborted();
    return {
      measured: outcomes.flatMap((outcome) =>
        outcome.status === "fulfilled" ? outcome.value : [],
      ),
      flaws: outcomes.flatMap((outcome, index) =>
        outcome.status === "rejected" ? flawOf(batch[index] as LabCase, outcome.reason) : [],
      ),
    };
  } finally {
    tools.stopped.removeEventListener("abort", closeBrowser);
    await browser.close();
  }
}

/** A page that crashed says nothing of the others. A mistake of ours is one all the same. */
function flawOf({ player, fault }: LabCase, reason: unknown): string {
  if (reason instanceof TypeError || reason instanceof RangeError) throw reason;
  const [line] = (reason instanceof Error ? reason.message : String(reason)).split("\n");
  return `${player.name} ${fault.name} could not be watched: ${line}`;
}

/** Written aside and renamed, so that whoever stops the lab never finds half a file. */
function keep(runs: readonly LabRun[], { json, html }: LabOptions): void {
  const [flaw] = Value.Errors(LabRuns, runs);
  if (flaw !== undefined) {
    throw new TypeError(`A result breaks its contract at ${flaw.instancePath}: ${flaw.message}`);
  }
  const about = { commit: describeCommit(), machine: describeMachine() };
  if (json !== undefined) writeWhole(json, `${JSON.stringify(runs)}\n`);
  if (html !== undefined) writeWhole(html, labPage(runs, about));
}

function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}

/** @throws {BenchError} if what is there is something else. */
function readEarlier(file: string | undefined): readonly LabRun[] {
  if (file === undefined) return [];
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new BenchError(`${file} cannot be read: ${(error as Error).message}.`);
  }
  try {
    return Value.Parse(LabRuns, JSON.parse(text));
  } catch {
    throw new BenchError(`${file} has no results of the lab. Name another file, or say --fresh.`);
  }
}

/** @throws {BenchError} if nobody is left, or ours is asked for and not there. */
function leaveOutUnbuilt(names: readonly string[], terminal: Terminal): readonly string[] {
  const built = whatIsBuilt();
  const asked = LAB_PLAYERS.filter(({ name }) => names.includes(name));
  if (!built.player && asked.some(({ page, worker }) => page === "understudy" || worker)) {
    throw new BenchError("Our player is not built: npm run build:player.");
  }
  const unbuilt = asked.filter(({ worker }) => worker && !built.worker).map(({ name }) => name);
  const left = names.filter((name) => !unbuilt.includes(name));
  if (unbuilt.length === 0) return left;
  const lack = `${unbuilt.join(", ")}: not built, for dist/player/understudy-worker.js is missing`;
  if (left.length === 0) throw new BenchError(`${lack}: npm run build:player.`);
  terminal.sayLine(`${lack}; left out.`);
  return left;
}

function courseOf({ faultAtSeconds, faultSeconds, afterSeconds }: LabConfig): LabCourse {
  return { faultAtSeconds, faultSeconds, afterSeconds };
}

function versionOf({ page }: LabPlayer): string {
  const packages = {
    hls: "hls.js",
    shaka: "shaka-player",
    vhs: "video.js",
    dash: "dashjs",
  } as const;
  return page === "understudy" ? OUR_VERSION : versionOfPackage(packages[page]);
}

function openingOf(batches: readonly LabBatch[], course: LabCourse, kept: number): string {
  const runs = batches.flat().length;
  const before = kept === 0 ? "" : `, beside ${kept} that are there already`;
  if (runs === 0)
    return `Nothing is left to run: all of it is there already (--fresh runs it anew).`;
  return `${runs} runs in ${batches.length} turns${before}: ${writeLength(secondsOf(batches, course))}.`;
}

function titleOf({ player, fault, run, ...terms }: LabCase): string {
  return `${player.name} through ${fault.name}, ${writeTerms(terms)}${run === 1 ? "" : `, run ${run}`}`;
}

function briefOf(run: LabRun): string {
  const [card] = scoreLab([run]);
  const score = writeScore(card?.rows[0]?.scores[0], card?.atStart === true);
  return `${run.player} ${run.fault}: ${score}`;
}

function describeLab(): string {
  const rows = (each: readonly { readonly name: string; readonly about: string }[]) =>
    each.map(({ name, about }) => `  ${name.padEnd(26)} ${about}`).join("\n");
  const midplay = LAB_FAULTS.filter(({ atStart }) => !atStart);
  const startup = LAB_FAULTS.filter(({ atStart }) => atStart).map(({ name }) => name);
  return [
    `Players:\n${rows(LAB_PLAYERS)}`,
    `Faults:\n${rows(midplay)}`,
    `There when the page opens:\n  ${startup.join(" ")}`,
    `Groups:\n  ${Object.keys(FAULT_GROUPS).join(" ")}\n`,
  ].join("\n\n");
}
