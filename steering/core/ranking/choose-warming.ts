/**
 * Chooses what a node should have in its cache before viewers come back to it: the titles most asked for
 * of late, as far as it will be one of those who keep them.
 */
import { ownersOnRing, spotOf } from "../../../kernel/hash-ring.ts";
import { FULL } from "./band.ts";
import type { CompiledFleet } from "./compiled-fleet.ts";
import { ringOver } from "./membership.ts";

export type WarmingPolicy = {
  readonly maxTitles: number;
  /** How many of the most wanted titles are looked at. */
  readonly maxConsidered: number;
};

export type WantedTitle = { readonly title: string; readonly asks: number };

/** @returns titles, the most wanted first. */
export function chooseWarming(
  fleet: CompiledFleet,
  wanted: readonly WantedTitle[],
  { node: id, policy }: { readonly node: string; readonly policy: WarmingPolicy },
): string[] {
  const { membership, bands } = fleet;
  const node = membership.indexOf.get(id);
  if (node === undefined) return [];
  const ring = ringOver(membership, [membership.regionOf[node] ?? 0]);
  const { owners: count, maxRingSteps: maxSteps } = fleet.policy;
  // As the ring will be once it is back, beside those that are well now.
  const mayOwn = (owner: number) => owner === node || (bands[owner] ?? 0) <= FULL;
  return wanted
    .toSorted((a, b) => b.asks - a.asks || (a.title < b.title ? -1 : 1))
    .slice(0, policy.maxConsidered)
    .filter(({ title }) =>
      ownersOnRing(ring, { spot: spotOf(title), count, maxSteps }, mayOwn).includes(node),
    )
    .slice(0, policy.maxTitles)
    .map(({ title }) => title);
}
