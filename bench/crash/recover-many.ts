/**
 * Fills a disk tier with many small objects by asking for them, kills the appliance, and sees how long
 * the next one takes to find them again: as it is, and without the journal.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Agent, request } from "undici";
import type { StudyContext } from "../benches/bench.ts";
import { BenchError } from "../errors.ts";
import type { ServerProcess } from "../processes/server-process.ts";
import { type CrashObject, pathOf, readEach } from "./crash-load.ts";
import {
  type CrashingAppliance,
  readStatus,
  startCrashingAppliance,
  untilRecovered,
} from "./crashing-appliance.ts";

export type RecoveryFindings = {
  readonly objects: number;
  readonly withJournalMs: number;
  readonly withoutJournalMs: number;
  readonly wrong: readonly string[];
};

const OBJECT_BYTES = 2_000;
const CLIENTS = 24;
const DISK_MEBIBYTES = 1024;
const SAMPLES = 200;
const OBJECTS_AT_ONCE = 20_000;
const JOURNAL_NAME = "objects.journal";
/** By then the journal has been written, which happens once a second. */
const COMMIT_MS = 3_000;
/** Whoever has stored nothing for so long stores nothing more. */
const STALL_MS = 2_000;

export async function recoverMany(
  { stage, progress, signal }: StudyContext,
  origin: ServerProcess,
  count: number,
): Promise<RecoveryFindings> {
  const folder = join(stage.folder, "many");
  await mkdir(folder);
  const objects = Array.from({ length: count }, (_, index) => ({
    id: `many-${index}`,
    sizeBytes: OBJECT_BYTES,
  }));
  const start = () =>
    startCrashingAppliance(stage, {
      originUrl: origin.url,
      folder,
      ramMebibytes: 1,
      diskMebibytes: DISK_MEBIBYTES,
    });

  const first = await start();
  await fillWith(first, objects, { progress, signal });
  await first.kill();

  const second = await start();
  const { tookMs: withJournalMs } = await recoveredWith(second, count);
  const wrong = await readEach(second.url, sampleOf(objects));
  await second.kill();

  await rm(join(folder, JOURNAL_NAME));
  const third = await start();
  const { tookMs: withoutJournalMs } = await recoveredWith(third, count);
  await third.stop();
  return { objects: count, withJournalMs, withoutJournalMs, wrong };
}

async function fillWith(
  appliance: CrashingAppliance,
  objects: readonly CrashObject[],
  { progress, signal }: Pick<StudyContext, "progress" | "signal">,
): Promise<void> {
  const agent = new Agent();
  // What comes quicker than a disk can write it is not kept, so each part waits for the one before.
  for (let at = 0; at < objects.length; at += OBJECTS_AT_ONCE) {
    signal.throwIfAborted();
    const part = objects.slice(at, at + OBJECTS_AT_ONCE);
    await askForAll(agent, appliance.url, part);
    await untilStored(appliance, at + part.length);
    progress(`${at + part.length} of ${objects.length} objects stored`);
  }
  await agent.destroy();
  await delay(COMMIT_MS);
}

async function askForAll(
  agent: Agent,
  url: string,
  objects: readonly CrashObject[],
): Promise<void> {
  const left = objects.values();
  const ask = async () => {
    for (const object of left) {
      const { statusCode, body } = await request(url + pathOf(object), { dispatcher: agent });
      await body.dump();
      if (statusCode !== 200) throw new BenchError(`A fill was answered with ${statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, ask));
}

async function untilStored(appliance: CrashingAppliance, count: number): Promise<void> {
  let before = -1;
  for (;;) {
    const { objects } = (await readStatus(appliance)).report.disk;
    if (objects >= count) return;
    if (objects === before) throw new BenchError(`Only ${objects} of ${count} objects were stored`);
    before = objects;
    await delay(STALL_MS);
  }
}

async function recoveredWith(appliance: CrashingAppliance, count: number) {
  const recovered = await untilRecovered(appliance);
  if (recovered.objects < count) {
    throw new BenchError(`Only ${recovered.objects} of ${count} objects were found again`);
  }
  return recovered;
}

function sampleOf(objects: readonly CrashObject[]): CrashObject[] {
  const step = Math.max(1, Math.floor(objects.length / SAMPLES));
  return objects.filter((_, index) => index % step === 0);
}
