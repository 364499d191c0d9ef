/**
 * Opens the file of the history, whatever state it is in: steering must serve without a past too.
 *
 * A damaged file is put aside for whoever wants to look at it, and a new one is begun in its place. A
 * file that another process holds, that is not ours or that cannot be written is left alone, and the
 * history is kept in memory.
 */
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { basename, dirname } from "node:path";
import {
  DamagedHistory,
  ForeignHistory,
  type HistoryLimits,
  type HistoryStore,
  openHistoryStore,
} from "./history-store.ts";

export type HistoryTrouble = {
  /** Its name without the folder, which is nobody's business. */
  readonly file: string;
  readonly reason: string;
  readonly outcome:
    | { readonly goesOn: "in-memory" }
    | { readonly goesOn: "in-a-new-file"; readonly keptAs: string };
};

export type OpenedHistory = {
  readonly store: HistoryStore;
  readonly isPersistent: boolean;
  readonly trouble: HistoryTrouble | undefined;
};

export type Location = {
  readonly file: string;
  readonly limits: HistoryLimits;
  readonly wallMs: number;
};

const IN_MEMORY = ":memory:";
const SUFFIXES = ["", "-wal", "-shm"] as const;
const ASIDE = ".damaged";
/** Result codes of SQLite; the lower byte is the primary one. */
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

export function openHistoryFile(
  file: string | undefined,
  limits: HistoryLimits,
  wallMs: number,
): OpenedHistory {
  if (file === undefined) {
    return { store: openInMemory(limits, wallMs), isPersistent: false, trouble: undefined };
  }
  const location: Location = { file, limits, wallMs };
  try {
    mkdirSync(dirname(file), { recursive: true });
    const store = openHistoryStore({ location: file, limits, wallMs, isChecked: true });
    return { store, isPersistent: true, trouble: undefined };
  } catch (error) {
    return isDamage(error) ? beginAgain(location, error) : inMemory(location, error);
  }
}

export function openInMemory(limits: HistoryLimits, wallMs: number): HistoryStore {
  return openHistoryStore({ location: IN_MEMORY, limits, wallMs, isChecked: false });
}

/**
 * Once more, after it had failed: quick, for steering is at work meanwhile.
 * @param damage why it failed, if that was damage: then it is put aside like one that is found so at a start.
 * @returns undefined if it cannot be used yet.
 */
export function reopenHistoryFile(location: Location, damage: unknown): HistoryStore | undefined {
  const { file, limits, wallMs } = location;
  if (damage !== undefined) {
    const { store, isPersistent } = beginAgain(location, damage);
    if (isPersistent) return store;
    store.close();
    return undefined;
  }
  try {
    mkdirSync(dirname(file), { recursive: true });
    return openHistoryStore({ location: file, limits, wallMs, isChecked: false });
  } catch {
    // Why has been told when it failed first.
    return undefined;
  }
}

/** What an operator is told of an error of SQLite or of the file system. */
export function reasonOf(error: unknown): string {
  // The message of the file system names whole paths.
  if (error instanceof Error && "syscall" in error && "code" in error) {
    return `${error.code} on ${error.syscall}`;
  }
  return error instanceof Error ? error.message : String(error);
}

function beginAgain(location: Location, damage: unknown): OpenedHistory {
  const { file, limits, wallMs } = location;
  try {
    // Only the last one is kept: a disk that damages every file must not be filled with them.
    for (const suffix of SUFFIXES) {
      if (existsSync(file + suffix)) renameSync(file + suffix, file + ASIDE + suffix);
    }
    const store = openHistoryStore({ location: file, limits, wallMs, isChecked: true });
    const keptAs = basename(file + ASIDE);
    const outcome = { goesOn: "in-a-new-file", keptAs } as const;
    return {
      store,
      isPersistent: true,
      trouble: { file: basename(file), reason: reasonOf(damage), outcome },
    };
  } catch (error) {
    return inMemory(location, error);
  }
}

function inMemory({ file, limits, wallMs }: Location, error: unknown): OpenedHistory {
  const trouble: HistoryTrouble = {
    file: basename(file),
    reason: reasonOf(error),
    outcome: { goesOn: "in-memory" },
  };
  return { store: openInMemory(limits, wallMs), isPersistent: false, trouble };
}

/** Of a file whose bytes are not what SQLite wrote. */
export function isDamage(error: unknown): boolean {
  if (error instanceof DamagedHistory) return true;
  if (error instanceof ForeignHistory || !(error instanceof Error)) return false;
  const code = "errcode" in error ? Number(error.errcode) & 0xff : undefined;
  return code === CORRUPT || code === NOT_A_DATABASE;
}
