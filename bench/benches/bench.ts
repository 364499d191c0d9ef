/** A bench as a description: what it asks, how its systems are set up, and under which loads. */
import type { BenchResult } from "../contract/bench-result.ts";
import type { Stage } from "../processes/stage.ts";
import type { MeasuredSystem } from "../systems/measured-system.ts";

export type Bench = {
  readonly name: string;
  /** For a person, in a sentence or two. */
  readonly question: string;
  /** What a reader of the figures must know. */
  readonly notes: readonly string[];
  open(stage: Stage, wishes: BenchWishes): Promise<OpenBench>;
};

export type BenchWishes = {
  /** Instead of the bench's own. */
  readonly connections: number | undefined;
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
};
