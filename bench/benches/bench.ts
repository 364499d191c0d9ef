/**
 * A bench as a description. There are two kinds: a load bench says which systems are measured under
 * which loads, and is measured by the runner; a study measures something else, by itself.
 */
import type { BenchResult, Run } from "../contract/bench-result.ts";
import type { StudyClaim, StudyResult } from "../contract/study-result.ts";
import type { Stage } from "../processes/stage.ts";
import type { MeasuredSystem } from "../systems/measured-system.ts";

export type Bench = LoadBench | Study;

type Described = {
  readonly name: string;
  /** For a person, in a sentence or two. */
  readonly question: string;
  /** What a reader of the figures must know. */
  readonly notes: readonly string[];
};

export type LoadBench = Described & {
  readonly kind: "load";
  open(stage: Stage, wishes: BenchWishes): Promise<OpenBench>;
};

export type Study = Described & {
  readonly kind: "study";
  run(context: StudyContext): Promise<readonly StudyFindings[]>;
};

export type StudyContext = {
  readonly stage: Stage;
  readonly wishes: BenchWishes;
  /** Tells a person how far it is: a line of its own. */
  readonly progress: (line: string) => void;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Aborted when it shall stop. What runs on the stage is stopped without it. */
  readonly signal: AbortSignal;
};

/** A result without what the runner knows of it. */
export type StudyFindings = Pick<StudyResult, "unit" | "columns" | "runs"> &
  Partial<Pick<StudyResult, "claims" | "ratios" | "missing" | "notes">>;

/** What the command line says; each bench takes from it what it has a use for. */
export type BenchWishes = {
  /** Instead of the bench's own. */
  readonly connections: number | undefined;
  readonly seconds: number;
  readonly rounds: number;
  /** How often something is tried, instead of the bench's own. */
  readonly runs: number | undefined;
  readonly seed: number;
  /** No fleet of made-up appliances is larger than this. */
  readonly appliances: number | undefined;
  /** A file with a trace of requests, to be replayed instead of what the bench makes up. */
  readonly trace: string | undefined;
  /** A file to write the trace to that the bench makes up. */
  readonly writeTrace: string | undefined;
};

export type OpenBench = {
  readonly entries: readonly Entry[];
  /** Peers that are not installed here. */
  readonly missing: readonly string[];
};

/** Becomes one result: these systems, side by side, under one load. */
export type Entry = {
  readonly unit: BenchResult["unit"];
  readonly connections: number;
  /** Ours first. */
  readonly systems: readonly MeasuredSystem[];
  /** How much of the requests a second of the slowest is asked of all, instead of the usual share. */
  readonly rateShare?: number;
  /** And no more than this. */
  readonly mostPerSecond?: number;
  /** What the figures were to show, and whether they do. */
  readonly claimsOf?: (runs: readonly Run[]) => readonly StudyClaim[];
};
