/**
 * Kills an appliance under load at random moments, damages its files while it is down, starts it again
 * in the same folder, and counts what must never happen.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Random, seededRandom } from "../../kernel/seeded-random.ts";
import type { StudyContext } from "../benches/bench.ts";
import type { ServerProcess } from "../processes/server-process.ts";
import { damageFolder, lookAtFolder } from "./cache-folder.ts";
import { CrashLoad, type CrashObject, readEach } from "./crash-load.ts";
import { readStatus, startCrashingAppliance, untilRecovered } from "./crashing-appliance.ts";

export type CrashFindings = {
  readonly kills: number;
  readonly answers: number;
  /** Of them, those that no fetch was made for. */
  readonly fromStore: number;
  readonly damagedFiles: number;
  readonly damagedJournals: number;
  readonly wrong: readonly string[];
  readonly refused: readonly string[];
  readonly mostBytes: number;
  readonly limitBytes: number;
  readonly recoveryMs: readonly number[];
};

type Counts = { -readonly [Name in keyof CrashFindings]: CrashFindings[Name] } & {
  wrong: string[];
  refused: string[];
  recoveryMs: number[];
};

const MEBIBYTE = 1024 * 1024;
const DISK_MEBIBYTES = 32;
const CLIENTS = 6;
const OBJECTS = 120;
const LARGEST_BYTES = 1_500_000;
/** A kill comes after so many answers at most; every second start finds damaged files. */
const MOST_ANSWERS = 250;
const DAMAGED_RUNS = 0.5;
const DAMAGED_FILES = 0.2;
/** Into the folder, after so many answers. */
const LOOK_EVERY = 10;

export async function killAgainAndAgain(
  { stage, wishes, progress, signal }: StudyContext,
  origin: ServerProcess,
  kills: number,
): Promise<CrashFindings> {
  const random = seededRandom(`crash ${wishes.seed}`);
  const folder = join(stage.folder, "killed");
  await mkdir(folder);
  const objects = drawObjects(random);
  const counts = newCounts(kills);
  const start = () =>
    startCrashingAppliance(stage, {
      originUrl: origin.url,
      folder,
      ramMebibytes: 1,
      diskMebibytes: DISK_MEBIBYTES,
    });

  for (let run = 1; run <= kills; run += 1) {
    signal.throwIfAborted();
    await runOnce(await start(), { folder, objects, random, counts });
    let state = "";
    if (random() < DAMAGED_RUNS) state = await damage(folder, random, counts);
    progress(
      `kill ${run} of ${kills}: ${counts.answers} answers, ${counts.fromStore} of them from what was stored, ${counts.wrong.length} wrong${state}`,
    );
  }
  const last = await start();
  counts.recoveryMs.push((await untilRecovered(last)).tookMs);
  // Twice: what was found, and what came in its place.
  for (let time = 0; time < 2; time += 1) counts.wrong.push(...(await readEach(last.url, objects)));
  await last.stop();
  return counts;
}

type Scene = {
  readonly folder: string;
  readonly objects: readonly CrashObject[];
  readonly random: Random;
  readonly counts: Counts;
};

async function runOnce(
  appliance: Awaited<ReturnType<typeof startCrashingAppliance>>,
  { folder, objects, random, counts }: Scene,
): Promise<void> {
  const wanted = 1 + Math.floor(random() * MOST_ANSWERS);
  const looks = new Set<Promise<void>>();
  const look = async () => {
    counts.mostBytes = Math.max(counts.mostBytes, (await lookAtFolder(folder)).bytes);
  };
  let onWanted = () => {};
  const reached = new Promise<void>((resolve) => {
    onWanted = resolve;
  });
  const load = new CrashLoad({
    url: appliance.url,
    objects,
    clients: CLIENTS,
    random,
    onAnswer: (answers) => {
      if (answers % LOOK_EVERY === 0) looks.add(look());
      if (answers >= wanted) onWanted();
    },
  });
  await Promise.race([reached, load.over()]);
  const { fills, diskWork } = await readStatus(appliance);
  counts.fromStore += Math.max(0, load.answers - fills.started);
  if (diskWork?.recoveredInMs !== undefined) counts.recoveryMs.push(diskWork.recoveredInMs);
  await appliance.kill();
  await load.over();
  await Promise.all(looks);
  await look();
  counts.answers += load.answers;
  counts.wrong.push(...load.wrong);
  counts.refused.push(...load.refused);
}

async function damage(folder: string, random: Random, counts: Counts): Promise<string> {
  const { torn, zeroed, flipped, isJournalHit } = await damageFolder(folder, DAMAGED_FILES, random);
  counts.damagedFiles += torn + zeroed + flipped;
  counts.damagedJournals += isJournalHit ? 1 : 0;
  const journal = isJournalHit ? ", the journal among them" : "";
  return `; then ${torn} files torn, ${zeroed} zeroed, ${flipped} flipped${journal}`;
}

/** Most are small, some are large, and all together are more than the disk tier holds. */
function drawObjects(random: Random): CrashObject[] {
  return Array.from({ length: OBJECTS }, (_, index) => ({
    id: `crash-${index}`,
    sizeBytes: 1 + Math.floor(random() ** 3 * LARGEST_BYTES),
  }));
}

function newCounts(kills: number): Counts {
  return {
    kills,
    answers: 0,
    fromStore: 0,
    damagedFiles: 0,
    damagedJournals: 0,
    wrong: [],
    refused: [],
    mostBytes: 0,
    limitBytes: DISK_MEBIBYTES * MEBIBYTE,
    recoveryMs: [],
  };
}
