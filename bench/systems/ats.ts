/** The peer Apache Traffic Server: one thread for connections, objects in its RAM cache. */
import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { atsConfiguration } from "../core/ats-configuration.ts";
import { findFreePort } from "../processes/server-process.ts";
import type { Stage } from "../processes/stage.ts";
import type { Peer } from "./peer.ts";

const RAM_MEBIBYTES = 1_024;
const DISK_MEBIBYTES = 2_048;
/** What it writes into `Via` when it has found a fresh answer, in RAM or on disk. */
const HIT_IN_VIA = /\[[^\]]*c[HR]/;

/** @returns undefined where Traffic Server is not installed. */
export async function startAts(stage: Stage, originUrl: string): Promise<Peer | undefined> {
  const program = stage.find("traffic_server");
  if (program === undefined) return undefined;

  const folder = join(stage.folder, "ats");
  const port = await findFreePort();
  for (const name of ["etc", "var", "run", "log", "cache"]) {
    await mkdir(join(folder, name), { recursive: true });
  }
  const files = atsConfiguration({
    port,
    originUrl,
    folder,
    ramMebibytes: RAM_MEBIBYTES,
    diskMebibytes: DISK_MEBIBYTES,
  });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const server = await stage.startForeign({
    name: "ats",
    command: [program, `--run-root=${join(folder, "runroot.yaml")}`],
    port,
    part: "measured",
  });
  return {
    name: "ats",
    about: "one thread for connections; objects in its RAM cache over a store on disk",
    version: versionOf(program),
    server,
    isHit: (answer) => HIT_IN_VIA.test(answer.header("via") ?? ""),
  };
}

function versionOf(program: string): string {
  const { stdout, stderr } = spawnSync(program, ["--version"], { encoding: "utf8" });
  return /traffic_server - (\d[\d.]*)/.exec(stdout + stderr)?.[1] ?? "unknown";
}
