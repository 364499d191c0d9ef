/** The peer: one nginx worker with `proxy_cache` before the same origin, warm. */
import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { nginxConfiguration } from "../core/nginx-configuration.ts";
import { findFreePort, type ServerProcess } from "../processes/server-process.ts";
import type { Stage } from "../processes/stage.ts";
import { type MeasuredSystem, NOTHING_TO_WATCH } from "./measured-system.ts";
import type { BenchObject } from "./origin.ts";
import { answerBytesOf, warmCache } from "./warm-cache.ts";

/** @returns undefined where nginx is not installed. */
export async function startNginx(
  stage: Stage,
  origin: ServerProcess,
  objects: readonly BenchObject[],
): Promise<MeasuredSystem | undefined> {
  const program = stage.find("nginx");
  if (program === undefined) return undefined;

  const prefix = join(stage.folder, "nginx");
  const port = await findFreePort();
  const isRoot = process.getuid?.() === 0;
  await mkdir(prefix);
  await writeFile(
    join(prefix, "nginx.conf"),
    nginxConfiguration({ port, originUrl: origin.url, isRoot }),
  );
  const server = await stage.startForeign({
    name: "nginx",
    command: [program, "-p", prefix, "-c", join(prefix, "nginx.conf"), "-e", "stderr"],
    port,
    part: "measured",
  });
  await warmCache(server, objects, (answer) => answer.header("x-cache") === "HIT");
  return {
    name: "nginx",
    about: "one worker with proxy_cache; sendfile from files that the kernel holds in memory",
    version: versionOf(program),
    server,
    paths: objects.map(({ path }) => path),
    answerBytes: answerBytesOf(objects),
    watch: NOTHING_TO_WATCH,
  };
}

function versionOf(program: string): string {
  const { stderr } = spawnSync(program, ["-v"], { encoding: "utf8" });
  return /nginx\/(\S+)/.exec(stderr)?.[1] ?? "unknown";
}
