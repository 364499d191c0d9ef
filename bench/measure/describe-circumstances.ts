/** What is written beside every figure of a run: when, where, and how it was measured. */
import { spawnSync } from "node:child_process";
import type { BenchConfig } from "../config.ts";
import type { Circumstances } from "../contract/circumstances.ts";
import { choosePinning } from "../core/choose-pinning.ts";
import { findProgram } from "../processes/find-program.ts";
import { allowedProcessors, describeCommit, describeMachine } from "./machine.ts";
import { versionOfPackage } from "./versions.ts";

export function describeCircumstances({
  seconds,
  rounds,
  searchPath,
  startedAt,
}: Pick<BenchConfig, "seconds" | "rounds"> & {
  readonly searchPath: string;
  /** ISO 8601. */
  readonly startedAt: string;
}): Circumstances {
  const wrk = findProgram("wrk", searchPath);
  return {
    startedAt,
    commit: describeCommit(),
    machine: describeMachine(),
    node: process.version,
    loadGenerator: [`autocannon ${versionOfPackage("autocannon")}`, ...versionOfWrk(wrk)].join(
      ", ",
    ),
    pinning: choosePinning({
      hasTaskset: findProgram("taskset", searchPath) !== undefined,
      processors: allowedProcessors(),
    }),
    secondsPerRound: seconds,
    rounds,
  };
}

function versionOfWrk(program: string | undefined): string[] {
  if (program === undefined) return [];
  const { stdout } = spawnSync(program, ["-v"], { encoding: "utf8" });
  return [`wrk ${/^wrk (?:debian\/)?(\S+)/.exec(stdout)?.[1] ?? ""}`.trim()];
}
