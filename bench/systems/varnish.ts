/** The peer Varnish: one pool of threads, objects in memory. */
import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { varnishFlags, varnishProgram } from "../core/varnish-configuration.ts";
import { findFreePort } from "../processes/server-process.ts";
import type { Stage } from "../processes/stage.ts";
import type { Peer } from "./peer.ts";

const STORE_MEBIBYTES = 1_024;

/** @returns undefined where Varnish is not installed. */
export async function startVarnish(stage: Stage, originUrl: string): Promise<Peer | undefined> {
  const program = stage.find("varnishd");
  if (program === undefined) return undefined;

  const wishes = {
    folder: join(stage.folder, "varnish"),
    port: await findFreePort(),
    originUrl,
    storeMebibytes: STORE_MEBIBYTES,
  };
  await mkdir(wishes.folder);
  await writeFile(join(wishes.folder, "cache.vcl"), varnishProgram(wishes));
  const server = await stage.startForeign({
    name: "varnish",
    command: [program, ...varnishFlags(wishes)],
    port: wishes.port,
    part: "measured",
  });
  return {
    name: "varnish",
    about: "one pool of threads; objects in its malloc store",
    version: versionOf(program),
    server,
    isHit: (answer) => answer.header("x-cache") === "HIT",
  };
}

function versionOf(program: string): string {
  const { stderr } = spawnSync(program, ["-V"], { encoding: "utf8" });
  return /varnish-(\S+)/.exec(stderr)?.[1] ?? "unknown";
}
