/**
 * A workload: an audience written down as a recipe, and drawn from a seed.
 *
 * FROZEN in November 2026, before any policy was tuned: recipes, parameters and seeds of this folder
 * do not change. Policies are tuned on other seeds (`tuning-1`, `tuning-2`, …) than the one reported,
 * and see of a workload what an appliance sees: time, key and size of each request. Whoever needs
 * another audience adds a workload.
 */
import type { Random } from "../../../kernel/seeded-random.ts";
import type { Trace } from "../trace.ts";

export type Workload = {
  readonly name: string;
  /** For a person, in one sentence. */
  readonly audience: string;
  /** The same titles are as popular at its end as at its beginning. */
  readonly isStationary: boolean;
  draw(random: Random): Trace;
};

export const REPORTED_SEED = "the first night";
