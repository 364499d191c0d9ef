/**
 * Runs the lab for a person at a terminal: says beforehand how long it will take, keeps what is measured
 * after every batch so that it can be stopped and gone on with, and ends with table, JSON and page.
 */
import type { LabCourse } from "../contract/lab-result.ts";
import { mergeRuns, planLab, secondsOf } from "../core/lab/lab-plan.ts";
import { LAB_PLAYERS, type LabPlayer } from "../core/lab/lab-player.ts";
import { labTable } from "../core/lab/lab-table.ts";
import { writeLength } from "../core/lab/write-lab-figures.ts";
import { BenchError } from "../errors.ts";
import { OUR_VERSION, versionOfPackage } from "../measure/versions.ts";
import { openPlayerPages, whatIsBuilt } from "../player-pages/player-pages.ts";
import { type Course, untilStopped } from "../processes/until-stopped.ts";
import { checkReportFiles } from "../report-files.ts";
import type { Terminal } from "../terminal.ts";
import { type LabConfig, linksOf, modesOf, steeringsOf } from "./config.ts";
import { briefOf, describeLab, openingOf, titleOf } from "./describe-lab.ts";
import { keepResults, readEarlier } from "./kept-results.ts";
import { findChromium } from "./lab-browser.ts";
import { runBatch } from "./run-batch.ts";
import type { LabTools } from "./watch-run.ts";
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
      keepResults(runs, options);
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
  // Also where all was there already: a page may be asked for by itself.
  keepResults(runs, options);
  process.stdout.write(`\n${labTable(runs)}\n`);
  if (unwatched > 0) {
    throw new BenchError(
      `${unwatched} runs could not be watched; the same command tries them again.`,
    );
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
