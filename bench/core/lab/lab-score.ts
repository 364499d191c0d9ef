/**
 * The score of players side by side: one card for each set of terms, a row for each fault, and for each
 * player the median of its runs and the sum of what it stood still.
 */
import type { LabLink, LabMode, LabRun, LabSteering } from "../../contract/lab-result.ts";
import { LAB_FAULTS } from "./lab-fault.ts";
import { LAB_PLAYERS } from "./lab-player.ts";

export type LabScore = {
  readonly stallSeconds: number;
  readonly dead: boolean;
  readonly backupSeconds: number | null;
  readonly failbackSeconds: number | null;
  readonly startupSeconds: number | null;
  readonly runs: readonly LabRun[];
};

export type LabRow = { readonly fault: string; readonly scores: readonly (LabScore | undefined)[] };

export type LabSum = { readonly stallSeconds: number; readonly deaths: number };

export type LabCard = {
  readonly mode: LabMode;
  readonly link: LabLink;
  readonly steering: LabSteering;
  /** Faults that are there when the page opens have a card of their own. */
  readonly atStart: boolean;
  readonly players: readonly string[];
  readonly rows: readonly LabRow[];
  /** Of each player, over its rows. */
  readonly sums: readonly LabSum[];
};

export function scoreLab(runs: readonly LabRun[]): LabCard[] {
  const groups = Map.groupBy(runs, ({ mode, link, steering, fault }) =>
    JSON.stringify([mode, link, steering, isAtStart(fault)]),
  );
  return [...groups.values()].map(cardOf);
}

function cardOf(runs: readonly LabRun[]): LabCard {
  const { mode, link, steering, fault } = runs[0] as LabRun;
  const players = inOrder(
    LAB_PLAYERS.map(({ name }) => name),
    runs.map(({ player }) => player),
  );
  const faults = inOrder(
    LAB_FAULTS.map(({ name }) => name),
    runs.map((run) => run.fault),
  );
  const rows = faults.map((name) => ({
    fault: name,
    scores: players.map((player) =>
      scoreOf(runs.filter((run) => run.fault === name && run.player === player)),
    ),
  }));
  const sums = players.map((_, index) => sumOf(rows.flatMap(({ scores }) => scores[index] ?? [])));
  return { mode, link, steering, atStart: isAtStart(fault), players, rows, sums };
}

function scoreOf(runs: readonly LabRun[]): LabScore | undefined {
  if (runs.length === 0) return undefined;
  return {
    stallSeconds: medianOf(runs.map(({ stallSeconds }) => stallSeconds)) ?? 0,
    dead: runs.some(({ dead }) => dead),
    backupSeconds: medianOf(runs.map(({ backupSeconds }) => backupSeconds)),
    failbackSeconds: medianOf(runs.map(({ failbackSeconds }) => failbackSeconds)),
    startupSeconds: medianOf(runs.map(({ startupSeconds }) => startupSeconds)),
    runs,
  };
}

function sumOf(scores: readonly LabScore[]): LabSum {
  return {
    stallSeconds: scores.reduce((sum, { stallSeconds }) => sum + stallSeconds, 0),
    deaths: scores.filter(({ dead }) => dead).length,
  };
}

/** Never counts as longer than any time. */
function medianOf(values: readonly (number | null)[]): number | null {
  const sorted = values.map((value) => value ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.POSITIVE_INFINITY;
  return Number.isFinite(middle) ? middle : null;
}

function isAtStart(fault: string): boolean {
  return fault.endsWith("@start");
}

function inOrder(known: readonly string[], names: readonly string[]): string[] {
  const present = new Set(names);
  return [...known.filter((name) => present.delete(name)), ...present];
}
