/**
 * The points of a node inside its band, as whole numbers: each of these functions is one component, and
 * the score is their sum. Those that concern one viewer alone are given what that viewer knows.
 *
 * Points against a node are `0 - x`, for `-x` would make a negative zero of nothing.
 */
import type { RankedNode } from "./ranked-node.ts";
import type { RankingPolicy } from "./ranking-policy.ts";

export function healthPoints(
  { grade, override }: Pick<RankedNode, "grade" | "override">,
  { healthPoints: most, gradeStep }: RankingPolicy,
): number {
  return pointsFor(override === "trust" ? 1 : grade, { most, step: gradeStep });
}

export function loadPoints(
  { load }: Pick<RankedNode, "load">,
  { loadPoints: most, loadFrom, loadStep }: RankingPolicy,
): number {
  const over = Math.max(0, load - loadFrom) / (1 - loadFrom);
  return 0 - pointsFor(over, { most, step: loadStep / (1 - loadFrom) });
}

/** @param dearest the highest cost in the fleet. */
export function costPoints(
  { cost }: Pick<RankedNode, "cost">,
  dearest: number,
  { costPoints: most }: RankingPolicy,
): number {
  return dearest > 0 ? 0 - pointsFor(cost / dearest, { most, step: 0.1 }) : 0;
}

export function overridePoints(
  { override }: Pick<RankedNode, "override">,
  { preferPoints }: RankingPolicy,
): number {
  return override === "prefer" ? preferPoints : 0;
}

export function distancePoints(
  distance: number,
  { distancePoints: most, distanceStep }: RankingPolicy,
): number {
  return 0 - pointsFor(distance, { most, step: distanceStep });
}

/** @param place among the owners of the title, -1 if it is none of them. */
export function affinityPoints(
  place: number,
  { affinityPoints: most, owners }: RankingPolicy,
): number {
  return place === -1 ? 0 : Math.round((most * (owners - place)) / owners);
}

/**
 * Where a session is it stays, and when it was driven away it returns to where it began, though another
 * may keep its title warmer by now.
 */
export function keptPoints(
  { isCurrent, place }: { readonly isCurrent: boolean; readonly place: number },
  policy: RankingPolicy,
): number {
  const stay = place === 0 ? policy.homePoints : isCurrent ? policy.keptPoints : 0;
  return stay + (place === -1 ? 0 : Math.max(0, policy.keptOrderPoints - place));
}

/** Of a share from 0 to 1, in steps. What is no number counts as 0. */
function pointsFor(
  share: number,
  { most, step }: { readonly most: number; readonly step: number },
): number {
  const bounded = share > 0 ? Math.min(1, share) : 0;
  return Math.round(most * Math.min(1, Math.round(bounded / step) * step));
}
