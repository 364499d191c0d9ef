/** An appliance with a small disk tier in a folder of its own, to be killed and started again. */
import { setTimeout as delay } from "node:timers/promises";
import { Value } from "typebox/value";
import { ApplianceStatus, STATUS_PATH } from "../../appliance/contract/appliance-status.ts";
import { BenchError } from "../errors.ts";
import type { ServerProcess } from "../processes/server-process.ts";
import type { Stage } from "../processes/stage.ts";
import { askForSuccess } from "../systems/ask.ts";

export type CrashingAppliance = ServerProcess & {
  /** With no chance to tidy up; resolves when it is gone. */
  kill(): Promise<void>;
};

const RECOVERY_LIMIT_MS = 120_000;
const LOOK_EVERY_MS = 20;

export async function startCrashingAppliance(
  stage: Stage,
  options: {
    readonly originUrl: string;
    readonly folder: string;
    readonly ramMebibytes: number;
    readonly diskMebibytes: number;
  },
): Promise<CrashingAppliance> {
  const flags = {
    "--id": "bench",
    "--region": "bench",
    "--origin": options.originUrl,
    "--cache-folder": options.folder,
    "--ram-mebibytes": String(options.ramMebibytes),
    "--disk-mebibytes": String(options.diskMebibytes),
  };
  const server = await stage.startService({
    name: "appliance",
    program: "appliance/main.ts",
    flags: Object.entries(flags).flat(),
    part: "measured",
  });
  return {
    ...server,
    kill: async () => {
      process.kill(server.pid, "SIGKILL");
      await server.ended;
    },
  };
}

export async function readStatus({ url }: ServerProcess): Promise<ApplianceStatus> {
  const { body } = await askForSuccess(`${url}${STATUS_PATH}`);
  return Value.Parse(ApplianceStatus, JSON.parse(body.toString()));
}

/** How long it took, by its own account, to find what was there, and how much that was. */
export async function untilRecovered(
  server: ServerProcess,
): Promise<{ readonly tookMs: number; readonly objects: number }> {
  for (let looks = 0; looks * LOOK_EVERY_MS < RECOVERY_LIMIT_MS; looks += 1) {
    const { diskWork, report } = await readStatus(server);
    const tookMs = diskWork?.recoveredInMs;
    if (tookMs !== undefined) return { tookMs, objects: report.disk.objects };
    await delay(LOOK_EVERY_MS);
  }
  throw new BenchError(`The appliance did not recover within ${RECOVERY_LIMIT_MS / 1000} s`);
}
