/** Asks the kernel what a process and its children have used so far. Linux only. */
import { readdirSync, readFileSync } from "node:fs";
import { familyOf, readProcessStat, readResidentBytes } from "../core/read-proc.ts";

export type Usage = { readonly cpuSeconds: number; readonly residentBytes: number };

/** The kernel tells CPU time in these, on every architecture that we meet (`getconf CLK_TCK`). */
export const TICKS_PER_SECOND = 100;

/** The process with its children as they are now: finding them takes longer than reading them. */
export function findFamily(pid: number): readonly number[] {
  return familyOf(pid, parentsOfAll());
}

/** At once and not bit by bit: the figures of both sides of a load belong to one moment. */
export function readUsage(members: readonly number[]): Usage {
  return {
    cpuSeconds: sum(members, (member) => readStat(member).cpuTicks) / TICKS_PER_SECOND,
    residentBytes: sum(members, (member) =>
      readResidentBytes(readFileSync(`/proc/${member}/status`, "utf8")),
    ),
  };
}

function parentsOfAll(): Map<number, number> {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      parents.set(Number(name), readStat(Number(name)).parentPid);
    } catch {
      // It ended while we looked.
    }
  }
  return parents;
}

function readStat(pid: number) {
  return readProcessStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
}

function sum(members: readonly number[], read: (member: number) => number): number {
  return members.reduce((total, member) => total + read(member), 0);
}
