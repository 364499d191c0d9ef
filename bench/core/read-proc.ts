/**
 * Reads what Linux tells of a process in `/proc`: CPU time, memory, whose child it is, and on which
 * processors it may run.
 */

export type ProcessStat = { readonly parentPid: number; readonly cpuTicks: number };

/** @param text of `/proc/<pid>/stat`, see proc_pid_stat(5). */
export function readProcessStat(text: string): ProcessStat {
  // The name may hold spaces and brackets itself; nothing after the last bracket does.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const parentPid = numberAt(fields, PARENT);
  return { parentPid, cpuTicks: numberAt(fields, USER_TIME) + numberAt(fields, SYSTEM_TIME) };
}

/** @param text of `/proc/<pid>/stat`. The time of the children that have ended and were waited for. */
export function readChildrenCpuTicks(text: string): number {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return numberAt(fields, CHILDREN_USER_TIME) + numberAt(fields, CHILDREN_SYSTEM_TIME);
}

/** @param text of `/proc/<pid>/status`. A process that has ended and waits has no memory. */
export function readResidentBytes(text: string): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1];
  return kibibytes === undefined ? 0 : Number(kibibytes) * 1024;
}

/** @param text of `/proc/<pid>/io`, see proc_pid_io(5). What it read, from files above all. */
export function readBytesRead(text: string): number {
  const bytes = /^rchar: (\d+)$/m.exec(text)?.[1];
  if (bytes === undefined) throw new TypeError("Nothing is said of the bytes that were read");
  return Number(bytes);
}

/** @param text of `/proc/self/status`. The processors that it may run on, such as 0, 1 and 4. */
export function readAllowedProcessors(text: string): number[] {
  const list = /^Cpus_allowed_list:\s+([\d,-]+)$/m.exec(text)?.[1] ?? "";
  return list
    .split(",")
    .filter((part) => part !== "")
    .flatMap((part) => {
      const [first = 0, last = first] = part.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
    });
}

/** The process and all that descend from it, itself first. */
export function familyOf(
  pid: number,
  parents: ReadonlyMap<number, number>,
): readonly [number, ...number[]] {
  const children = Array.from(parents).filter(([, parent]) => parent === pid);
  return [pid, ...children.flatMap(([child]) => familyOf(child, parents))];
}

// Counted from the field after the name, which is the third of the manual page.
const PARENT = 1;
const USER_TIME = 11;
const SYSTEM_TIME = 12;
const CHILDREN_USER_TIME = 13;
const CHILDREN_SYSTEM_TIME = 14;

function numberAt(fields: readonly string[], index: number): number {
  const value = Number(fields[index]);
  if (!Number.isInteger(value)) throw new TypeError(`No number in field ${index} of a stat line`);
  return value;
}
