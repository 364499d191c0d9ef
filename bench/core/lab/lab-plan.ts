/**
 * Decides what the lab runs and in which order: the control first, the players of one fault side by side,
 * as many at a time as the machine bears, and nothing that an earlier run has measured already.
 */
import type {
  LabCourse,
  LabLink,
  LabMode,
  LabRun,
  LabSteering,
} from "../../contract/lab-result.ts";
import {
  CONTROL,
  FAULT_GROUPS,
  findLabFault,
  LAB_FAULTS,
  type LabFault,
  runSecondsOf,
} from "./lab-fault.ts";
import { findLabPlayer, LAB_PLAYERS, type LabPlayer } from "./lab-player.ts";

export type LabTerms = {
  readonly fault: LabFault;
  readonly mode: LabMode;
  readonly link: LabLink;
  readonly steering: LabSteering;
  /** From 1. */
  readonly run: number;
};

/** One player under some terms. */
export type LabCase = LabTerms & { readonly player: LabPlayer };

/** They run at the same time. */
export type LabBatch = readonly LabCase[];

export type LabWishes = {
  readonly players: readonly string[];
  readonly faults: readonly string[];
  readonly modes: readonly LabMode[];
  readonly links: readonly LabLink[];
  readonly steerings: readonly LabSteering[];
  readonly runs: number;
  readonly parallel: number;
  readonly course: LabCourse;
};

export type LabPlan =
  | { readonly ok: true; readonly batches: readonly LabBatch[]; readonly notes: readonly string[] }
  | { readonly ok: false; readonly flaw: string };

/** A browser starts, and the last samples are read. */
const OVERHEAD_SECONDS = 4;
/** From the beginning of one player of a batch to that of the next. */
export const STAGGER_SECONDS = 1;

export function planLab(wishes: LabWishes, done: readonly LabRun[]): LabPlan {
  const players = wishes.players.map(findLabPlayer);
  const stranger = wishes.players.find((name) => findLabPlayer(name) === undefined);
  if (stranger !== undefined) {
    return flaw(
      "player",
      stranger,
      LAB_PLAYERS.map(({ name }) => name),
    );
  }
  const unknown = wishes.faults.find(
    (name) => findLabFault(name) === undefined && FAULT_GROUPS[name] === undefined,
  );
  if (unknown !== undefined) {
    return flaw("fault", unknown, [
      ...Object.keys(FAULT_GROUPS),
      ...LAB_FAULTS.map(({ name }) => name),
    ]);
  }
  const known = new Set(done.map((run) => keyOf(run)));
  const cases = termsOf(wishes).flatMap((terms) =>
    players
      .filter((player) => player?.modes.includes(terms.mode) === true)
      .map((player) => ({ ...terms, player: player as LabPlayer }))
      .filter((each) => !known.has(keyOfCase(each, wishes.course))),
  );
  const batches = chunksOf(cases, wishes.parallel);
  return { ok: true, batches, notes: notesOf(wishes) };
}

export function secondsOf(batches: readonly LabBatch[], course: LabCourse): number {
  return batches.reduce(
    (sum, batch) =>
      sum +
      OVERHEAD_SECONDS +
      Math.max(
        ...batch.map(({ fault }, index) => index * STAGGER_SECONDS + runSecondsOf(fault, course)),
      ),
    0,
  );
}

/** What makes two runs repetitions of each other, their number included. */
export function keyOf(run: Omit<LabRun, "timeline">): string {
  const { player, fault, mode, link, steering, course } = run;
  return JSON.stringify([player, fault, mode, link, steering, run.run, ...courseOf(course)]);
}

/** Runs of both, one of each key: the later one counts. */
export function mergeRuns(earlier: readonly LabRun[], later: readonly LabRun[]): LabRun[] {
  return [...new Map([...earlier, ...later].map((run) => [keyOf(run), run])).values()];
}

function keyOfCase(
  { player, fault, mode, link, steering, run }: LabCase,
  course: LabCourse,
): string {
  return JSON.stringify([player.name, fault.name, mode, link, steering, run, ...courseOf(course)]);
}

function courseOf({ faultAtSeconds, faultSeconds, afterSeconds }: LabCourse): number[] {
  return [faultAtSeconds, faultSeconds, afterSeconds];
}

function termsOf({ modes, links, steerings, runs, faults }: LabWishes): LabTerms[] {
  const wanted = chooseFaults(faults);
  return modes.flatMap((mode) =>
    links.flatMap((link) =>
      steerings.flatMap((steering) =>
        wanted
          .filter((fault) => fault.mode === undefined || fault.mode === mode)
          // Its faults have steering as they want it, whatever else is asked for.
          .filter(({ blow }) => blow.by !== "steering" || steering === steerings[0])
          .flatMap((fault) =>
            Array.from({ length: runs }, (_, index) => ({
              fault,
              mode,
              link,
              steering,
              run: index + 1,
            })),
          ),
      ),
    ),
  );
}

/** The control is always there: without it a stall could be the machine's. */
function chooseFaults(names: readonly string[]): LabFault[] {
  return LAB_FAULTS.filter(
    (fault) =>
      fault.name === CONTROL ||
      names.some((name) => fault.name === name || FAULT_GROUPS[name]?.(fault) === true),
  );
}

function notesOf({ players, faults, modes }: LabWishes): string[] {
  const idle = players
    .map(findLabPlayer)
    .filter((player) => player?.modes.every((mode) => !modes.includes(mode)) === true)
    .map((player) => `${player?.name} plays on demand only: it is left out.`);
  const meaningless = faults
    .map(findLabFault)
    .filter((fault) => fault?.mode !== undefined && !modes.includes(fault.mode))
    .map((fault) => `${fault?.name} means something in ${fault?.mode} only: it is left out.`);
  return [...idle, ...meaningless];
}

function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

function flaw(what: string, name: string, existing: readonly string[]): LabPlan {
  return { ok: false, flaw: `No ${what} is called ${name}. There are: ${existing.join(", ")}.` };
}
