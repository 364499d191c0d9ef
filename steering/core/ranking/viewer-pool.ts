/**
 * Nodes that share viewers among them: those of the regions that are equally far from a viewer. None of
 * them may hold more than its bound, a little over its fair share (kernel/hash-ring.ts).
 *
 * Weights count as far as viewers are admitted: a node that nobody may use yet lowers nobody's bound.
 */
import { loadBound } from "../../../kernel/hash-ring.ts";
import type { RankingPolicy } from "./ranking-policy.ts";

export type Pool = RegionTotals & {
  /** As numbers of the membership, ascending. */
  readonly regions: readonly number[];
};

/** What a region brings into each pool that it belongs to: summed up once, but for the viewers. */
export type RegionTotals = {
  weight: number;
  /** How many nodes can take any session, and how many can take some. */
  open: number;
  partlyOpen: number;
  /** They come and go between two compilations as well. */
  viewers: number;
};

export function poolOf(regions: readonly number[], totals: readonly RegionTotals[]): Pool {
  const pool = { regions, weight: 0, open: 0, partlyOpen: 0, viewers: 0 };
  for (const region of regions) {
    const part = totals[region];
    if (part === undefined) throw new RangeError(`No region ${region}`);
    pool.weight += part.weight;
    pool.open += part.open;
    pool.partlyOpen += part.partlyOpen;
    pool.viewers += part.viewers;
  }
  return pool;
}

/** How many viewers a node of this weight may hold; less if it is about whether one more may come. */
export function boundIn(
  pool: Pool,
  { weight, isJoining }: { readonly weight: number; readonly isJoining: boolean },
  policy: RankingPolicy,
): number {
  const { viewers, weight: totalWeight } = pool;
  if (totalWeight <= 0) return Number.POSITIVE_INFINITY;
  const factor = isJoining ? policy.joinBoundFactor : policy.boundFactor;
  const keys = isJoining ? viewers + 1 : viewers;
  return Math.max(policy.smallestBound, loadBound(factor, { keys, weight, totalWeight }));
}
