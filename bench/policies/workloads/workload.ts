/**
 * A workload: an audience written down as a recipe, and drawn from a seed.
 *
 * FROZEN in November 2026, before any policy was tuned: the recipes and parameters of this folder do
 * not change, and a test holds their digests. Policies were tuned on other seeds (`tuning-1`, …) than
 * the one reported, which is seed 1, and see of a workload what an appliance sees: time, key and size
 * of each request. Whoever needs another audience adds a workload.
 */
import { type Random, seededRandom } from "../../../kernel/seeded-random.ts";
import type { Trace } from "../trace.ts";

export type Workload = {
  readonly name: string;
  /** For a person, in one sentence. */
  readonly audience: string;
  /** The same titles are as popular at its end as at its beginning. */
  readonly isStationary: boolean;
  draw(random: Random): Trace;
};

export function drawWorkload({ name, draw }: Workload, seed: number): Trace {
  return draw(seededRandom(`${name} ${seed}`));
}
