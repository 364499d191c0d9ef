/** What must be known of the machine and of the checkout to make something of a figure. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import type { Circumstances } from "../contract/circumstances.ts";
import { readAllowedProcessors } from "../core/read-proc.ts";

const MEBIBYTE = 1024 * 1024;

export function describeMachine(): Circumstances["machine"] {
  return {
    system: `${type()} ${release()}`,
    processor: cpus()[0]?.model ?? "unknown",
    processors: cpus().length,
    memoryMebibytes: Math.round(totalmem() / MEBIBYTE),
  };
}

export function allowedProcessors(): readonly number[] {
  return readAllowedProcessors(readFileSync("/proc/self/status", "utf8"));
}

/** With `-dirty` where the checkout has changes that no commit holds; null outside a checkout. */
export function describeCommit(): string | null {
  const { status, stdout } = spawnSync("git", ["describe", "--always", "--abbrev=40", "--dirty"], {
    cwd: import.meta.dirname,
    encoding: "utf8",
  });
  return status === 0 ? stdout.trim() : null;
}
