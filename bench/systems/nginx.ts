/** The peer nginx: one worker with `proxy_cache`. */
import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { nginxConfiguration } from "../core/nginx-configuration.ts";
import { findFreePort } from "../processes/server-process.ts";
import type { Stage } from "../processes/stage.ts";
import type { Peer } from "./peer.ts";

/** @returns undefined where nginx is not installed. */
export async function startNginx(stage: Stage, originUrl: string): Promise<Peer | undefined> {
  const program = stage.find("nginx");
  if (program === undefined) return undefined;

  const prefix = join(stage.folder, "nginx");
  const port = await findFreePort();
  const isRoot = process.getuid?.() === 0;
  await mkdir(prefix);
  await writeFile(join(prefix, "nginx.conf"), nginxConfiguration({ port, originUrl, isRoot }));
  const server = await stage.startForeign({
    name: "nginx",
    command: [program, "-p", prefix, "-c", join(prefix, "nginx.conf"), "-e", "stderr"],
    port,
    part: "measured",
  });
  return {
    name: "nginx",
    about: "one worker with proxy_cache; sendfile from files that the kernel holds in memory",
    version: versionOf(program),
    server,
    isHit: (answer) => answer.header("x-cache") === "HIT",
  };
}

function versionOf(program: string): string {
  const { stderr } = spawnSync(program, ["-v"], { encoding: "utf8" });
  return /nginx\/(\S+)/.exec(stderr)?.[1] ?? "unknown";
}
