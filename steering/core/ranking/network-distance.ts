/**
 * How far one region is from another, from 0 (the same) to 1 (nothing is known).
 *
 * What an operator has written counts before what was measured, and a measurement counts once enough
 * samples agree: a single slow answer must not move a continent.
 */
import { type Smoothed, smooth } from "../../../kernel/smoothing.ts";

export type RegionDistances = {
  /** Every region that a distance is known from. */
  readonly names: ReadonlySet<string>;
  /** By `pairOf`. */
  readonly between: ReadonlyMap<string, number>;
};

export const NO_DISTANCES: RegionDistances = { names: new Set(), between: new Map() };

/** From `from`'s viewers to `to`'s nodes. */
export type RegionPair = { readonly from: string; readonly to: string };

export type RoundTrips = ReadonlyMap<string, { readonly pair: RegionPair; readonly ms: Smoothed }>;

export type DistancePolicy = {
  /** As far as can be told apart: such a round trip and every longer one is distance 1. */
  readonly farthestMs: number;
  readonly minSamples: number;
  /** New pairs are not measured beyond it. */
  readonly maxPairs: number;
};

export function distanceBetween(distances: RegionDistances, { from, to }: RegionPair): number {
  return from === to ? 0 : (distances.between.get(pairOf(from, to)) ?? 1);
}

/** The same distances but for one pair. */
export function withDistance(
  { names, between }: RegionDistances,
  { from, to, distance }: RegionPair & { readonly distance: number },
): RegionDistances {
  return {
    names: new Set(names).add(from),
    between: new Map(between).set(pairOf(from, to), shareOf(distance)),
  };
}

/** @param configured is read in both directions, unless both are given. */
export function regionDistances(
  configured: readonly (RegionPair & { readonly distance: number })[],
  measured: RoundTrips,
  policy: DistancePolicy,
): RegionDistances {
  const between = new Map<string, number>();
  for (const { pair, ms } of measured.values()) {
    if (ms.samples < policy.minSamples) continue;
    between.set(pairOf(pair.from, pair.to), shareOf(ms.mean / policy.farthestMs));
  }
  for (const { from, to, distance } of configured) between.set(pairOf(to, from), shareOf(distance));
  for (const { from, to, distance } of configured) between.set(pairOf(from, to), shareOf(distance));
  const names = new Set(Array.from(between.keys(), (pair) => pair.slice(0, pair.indexOf(" "))));
  return { names, between };
}

/** Adds one measured round trip; what is no time of a round trip changes nothing. */
export function noteRoundTrip(
  trips: RoundTrips,
  { pair, ms }: { readonly pair: RegionPair; readonly ms: number },
  policy: DistancePolicy,
): RoundTrips {
  if (!Number.isFinite(ms) || ms < 0) return trips;
  const key = pairOf(pair.from, pair.to);
  const known = trips.get(key);
  if (known === undefined && trips.size >= policy.maxPairs) return trips;
  return new Map(trips).set(key, { pair, ms: smooth(known?.ms, ms) });
}

/** Names of regions have no spaces. */
const pairOf = (from: string, to: string): string => `${from} ${to}`;

function shareOf(distance: number): number {
  return distance > 0 ? Math.min(1, distance) : 0;
}
