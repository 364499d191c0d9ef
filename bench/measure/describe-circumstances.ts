/** What is written beside every figure of a run: when, where, and how it was measured. */
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
}: Pick<BenchConfig, "seconds" | "rounds"> & { readonly searchPath: string }): Circumstances {
  return {
    startedAt: new Date().toISOString(),
    commit: describeCommit(),
    machine: describeMachine(),
    node: process.version,
    loadGenerator: `autocannon ${versionOfPackage("autocannon")}`,
    pinning: choosePinning({
      hasTaskset: findProgram("taskset", searchPath) !== undefined,
      processors: allowedProcessors(),
    }),
    secondsPerRound: seconds,
    rounds,
  };
}
