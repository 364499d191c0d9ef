/**
 * The hard constraints: bands come before scores, so no number of points puts a node that is down before
 * one that is up.
 */
import { FIT_GRADE } from "../health/grade-node.ts";
import { isUsable, type RankedNode } from "./ranked-node.ts";
import type { RankingPolicy } from "./ranking-policy.ts";

/** Best first; their places here are what is compared. */
export const BANDS = ["fit", "full", "trial", "sick", "draining", "down", "gone"] as const;

export const FIT = BANDS.indexOf("fit");
export const FULL = BANDS.indexOf("full");
export const TRIAL = BANDS.indexOf("trial");
export const SICK = BANDS.indexOf("sick");
export const DRAINING = BANDS.indexOf("draining");
export const DOWN = BANDS.indexOf("down");
export const GONE = BANDS.indexOf("gone");

/**
 * The band as far as it is the same for every viewer. Who has too many viewers, and whom a node on a ramp
 * admits, depends on the viewer (standpoint.ts) and can only make it worse.
 */
export function bandOf(node: RankedNode, policy: RankingPolicy): number {
  if (node.state === "gone") return GONE;
  if (node.state === "down" || node.override === "exclude") return DOWN;
  if (node.state === "draining" || node.override === "drain") return DRAINING;
  if (node.override === "trust") return isOverloaded(node, policy) ? FULL : FIT;
  if (node.state === "recovering") return TRIAL;
  return isSick(node) ? SICK : bandIfFit(node, policy);
}

/** Of one that is up, whatever its grade. */
export function bandIfFit(node: RankedNode, policy: RankingPolicy): number {
  if (!(node.admittedShare > 0)) return TRIAL;
  return isOverloaded(node, policy) ? FULL : FIT;
}

/** By its grade alone: an operator may trust it all the same, and it may be spared (spare-sick.ts). */
export function isSick({ grade }: Pick<RankedNode, "grade">): boolean {
  return !(grade >= FIT_GRADE);
}

/** Down and gone are what we believe; once we believe it of all, the belief is worth nothing. */
export function bandInFailOpen(band: number): number {
  return Math.min(band, DOWN);
}

/** True while nobody is fit to serve: then all are named all the same. */
export function isFailOpen(nodes: readonly RankedNode[]): boolean {
  return !nodes.some(isUsable);
}

export function isOverloaded(
  { isShedding, load }: Pick<RankedNode, "isShedding" | "load">,
  { fullFromLoad }: RankingPolicy,
): boolean {
  return isShedding || load >= fullFromLoad;
}
