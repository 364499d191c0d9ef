/** Ours: one appliance process, asked directly. */

import { readFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Value } from "typebox/value";
import { ApplianceStatus, STATUS_PATH } from "../../appliance/contract/appliance-status.ts";
import { OURS } from "../contract/bench-result.ts";
import { readBytesRead } from "../core/read-proc.ts";
import { BenchError } from "../errors.ts";
import { OUR_VERSION } from "../measure/versions.ts";
import type { ServerProcess } from "../processes/server-process.ts";
import type { Stage } from "../processes/stage.ts";
import { type Answer, askForSuccess } from "./ask.ts";
import type { MeasuredSystem } from "./measured-system.ts";
import type { BenchObject } from "./origin.ts";
import { answerBytesOf, warmCache } from "./warm-cache.ts";

/** With a folder it has a disk tier; without, a hit can only come from RAM. */
export type ApplianceTiers = {
  readonly ramMebibytes?: number;
  readonly hasDisk: boolean;
};

const WRITTEN_LIMIT_MS = 30_000;
const LOOK_EVERY_MS = 100;
/** Some of what is asked for may be in the RAM tier, however small. */
const LEAST_SHARE_FROM_DISK = 0.8;

export async function startAppliance(
  stage: Stage,
  originUrl: string,
  { ramMebibytes, hasDisk }: ApplianceTiers,
): Promise<ServerProcess> {
  const cacheFolder = await mkdtemp(join(stage.folder, "appliance-"));
  return stage.startService({
    name: "appliance",
    program: "appliance/main.ts",
    flags: [
      ["--id", "bench"],
      ["--region", "bench"],
      ["--origin", originUrl],
      hasDisk ? ["--cache-folder", cacheFolder] : [],
      ramMebibytes === undefined ? [] : ["--ram-mebibytes", String(ramMebibytes)],
    ].flat(),
    part: "measured",
  });
}

export function isApplianceHit(answer: Answer): boolean {
  return /^bench; hit; .*detail=fresh$/.test(answer.header("cache-status") ?? "");
}

/** With these objects in its RAM tier. */
export async function startWarmAppliance(
  stage: Stage,
  origin: ServerProcess,
  objects: readonly BenchObject[],
): Promise<MeasuredSystem> {
  const server = await startAppliance(stage, origin.url, { hasDisk: false });
  await warmCache(server, objects, isApplianceHit);
  return {
    ...describeAppliance(server, objects),
    about: "one appliance process; objects in its RAM tier",
    watch: () => watchHits(server),
  };
}

/** With these objects on its disk, and a RAM tier that holds hardly any of them. */
export async function startApplianceOnDisk(
  stage: Stage,
  origin: ServerProcess,
  { objects, ramMebibytes }: { readonly objects: readonly BenchObject[]; ramMebibytes: number },
): Promise<MeasuredSystem> {
  const server = await startAppliance(stage, origin.url, { hasDisk: true, ramMebibytes });
  await warmCache(server, objects, isApplianceHit);
  await untilWritten(server, objects.length);
  return {
    ...describeAppliance(server, objects),
    about: `one appliance process; objects on its disk, in the kernel's memory; ${ramMebibytes} MiB of RAM tier`,
    watch: () => watchDiskHits(server, objects),
  };
}

function describeAppliance(server: ServerProcess, objects: readonly BenchObject[]) {
  return {
    name: OURS,
    version: OUR_VERSION,
    server,
    paths: objects.map(({ path }) => path),
    answerBytes: answerBytesOf(objects),
  };
}

async function watchHits(server: ServerProcess): ReturnType<MeasuredSystem["watch"]> {
  const before = await readCounts(server);
  return async (answers) => {
    const after = await readCounts(server);
    const hits = after.hits - before.hits;
    if (hits < answers || after.others !== before.others || after.fills !== before.fills) {
      throw new BenchError(
        `The appliance gave ${answers} answers but counts ${hits} hits, ${after.others - before.others} others and ${after.fills - before.fills} fills`,
      );
    }
  };
}

/** What it reads, it reads from its files: requests are small, and the origin is gone. */
async function watchDiskHits(
  server: ServerProcess,
  objects: readonly BenchObject[],
): ReturnType<MeasuredSystem["watch"]> {
  const [first] = objects;
  const checkHits = await watchHits(server);
  const before = bytesReadBy(server);
  return async (answers) => {
    await checkHits(answers);
    const share = (bytesReadBy(server) - before) / (answers * (first?.sizeBytes ?? 0));
    if (share < LEAST_SHARE_FROM_DISK) {
      throw new BenchError(
        `The appliance read only ${Math.round(share * 100)} % of what it sent from its disk`,
      );
    }
  };
}

/** Nothing tells when the disk has everything; the appliance's status is asked for. */
async function untilWritten(server: ServerProcess, objects: number): Promise<void> {
  for (let looks = 0; looks * LOOK_EVERY_MS < WRITTEN_LIMIT_MS; looks += 1) {
    if ((await readStatus(server)).report.disk.objects >= objects) return;
    await delay(LOOK_EVERY_MS);
  }
  throw new BenchError(`The appliance did not write ${objects} objects to its disk`);
}

export async function readStatus({ url }: ServerProcess): Promise<ApplianceStatus> {
  const { body } = await askForSuccess(`${url}${STATUS_PATH}`);
  return Value.Parse(ApplianceStatus, JSON.parse(body.toString()));
}

async function readCounts(server: ServerProcess) {
  const { requests, fills } = await readStatus(server);
  const { hits, misses, collapsed, passed, errors } = requests;
  return { hits, others: misses + collapsed + passed + errors, fills: fills.started };
}

function bytesReadBy({ pid }: ServerProcess): number {
  return readBytesRead(readFileSync(`/proc/${pid}/io`, "utf8"));
}
