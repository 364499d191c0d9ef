/**
 * How far one region is from another, from 0 (the same) to 1 (nothing is known).
 *
 * What an operator has written counts before what was measured, and a measurement counts once there are
 * enough samples, as their median: a single slow answer, or a forged one, must not move a continent.
 */
import { noteSample, type RunningMedian } from "./running-median.ts";

export type RegionDistances = {
  /** Every region that a distance is known from. */
  readonly names: ReadonlySet<string>;
  /** By `pairOf`. */
  readonly between: ReadonlyMap<string, number>;
};

export const NO_DISTANCES: RegionDistances = { names: new Set(), between: new Map() };

/** From `from`'s viewers to `to`'s nodes. */
export type RegionPair = { readonly from: string; readonly to: string };

/** By `pairOf`, the one that has been silent longest first. */
export type RoundTrips = ReadonlyMap<string, RoundTrip>;
type RoundTrip = { readonly pair: RegionPair; readonly ms: RunningMedian };

export type DistancePolicy = {
  /** As far as can be told apart: such a round trip and every longer one is distance 1. */
  readonly farthestMs: number;
  readonly minSamples: number;
  /** Beyond it one is forgotten for each new pair. */
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
    between.set(pairOf(pair.from, pair.to), shareOf(ms.value / policy.farthestMs));
  }
  for (const { from, to, distance } of configured) between.set(pairOf(to, from), shareOf(distance));
  for (const { from, to, distance } of configured) between.set(pairOf(from, to), shareOf(distance));
  const names = new Set(Array.from(between.keys(), (pair) => pair.slice(0, pair.indexOf(" "))));
  return { names, between };
}

/**
 * Adds one measured round trip; what is no time of a round trip changes nothing.
 *
 * Any viewer may say that it is in any region. So a pair of a region that nobody but viewers names is
 * kept where there is room, and gives way first.
 *
 * @param isKnown whether a region is named by more than viewers
 */
export function noteRoundTrip(
  trips: RoundTrips,
  { pair, ms }: { readonly pair: RegionPair; readonly ms: number },
  policy: DistancePolicy,
  isKnown: (region: string) => boolean,
): RoundTrips {
  if (!Number.isFinite(ms) || ms < 0) return trips;
  const key = pairOf(pair.from, pair.to);
  const known = trips.get(key);
  const isBeyond = known === undefined && trips.size >= policy.maxPairs;
  // Its own entry otherwise, so that it stands last.
  const leaves = isBeyond ? whoGivesWay(trips, pair, isKnown) : pair;
  if (leaves === undefined) return trips;
  const { farthestMs } = policy;
  const steps = { widestStep: farthestMs, narrowestStep: farthestMs * NARROWEST_STEP };
  const next = new Map(trips);
  next.delete(pairOf(leaves.from, leaves.to));
  return next.set(key, { pair, ms: noteSample(known?.ms, Math.min(ms, farthestMs), steps) });
}

/** So much of the whole scale: ten samples move a viewer's points by one step (`distanceStep`). */
const NARROWEST_STEP = 1 / 200;

/** The pair that has been silent longest, of a made-up region if there is one; undefined for nobody. */
function whoGivesWay(
  trips: RoundTrips,
  comer: RegionPair,
  isKnown: (region: string) => boolean,
): RegionPair | undefined {
  let oldest: RegionPair | undefined;
  for (const { pair } of trips.values()) {
    if (!isKnown(pair.from)) return pair;
    oldest ??= pair;
  }
  return isKnown(comer.from) ? oldest : undefined;
}

/** Names of regions have no spaces. */
const pairOf = (from: string, to: string): string => `${from} ${to}`;

function shareOf(distance: number): number {
  return distance > 0 ? Math.min(1, distance) : 0;
}
