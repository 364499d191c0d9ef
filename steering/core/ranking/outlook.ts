/**
 * The fleet as seen from one region: how far each other region is, who shares viewers with whom, and in
 * which order the regions come. It is the same for all viewers there, so it is worked out once.
 */
import type { CompiledFleet, Outlook } from "./compiled-fleet.ts";
import { ringOver } from "./membership.ts";
import { distanceBetween } from "./network-distance.ts";
import { distancePoints } from "./score.ts";
import { buildShelves, type Shelves } from "./shelves.ts";
import { type Pool, poolOf } from "./viewer-pool.ts";

export function outlookFrom(fleet: CompiledFleet, region: string | undefined): Outlook {
  // Whoever is nowhere that we know is as near to one region as to another.
  const place = isKnown(fleet, region) ? region : undefined;
  const known = fleet.outlooks.get(place);
  if (known !== undefined) return known;
  const outlook = lookFrom(fleet, place);
  fleet.outlooks.set(place, outlook);
  return outlook;
}

/** All regions, by the best node of each. */
export function regionsIn(fleet: CompiledFleet, outlook: Outlook): Shelves {
  outlook.regions ??= orderOfRegions(fleet, outlook);
  return outlook.regions;
}

/** The nodes of one region, best first, as every viewer sees them. */
export function orderOf(fleet: CompiledFleet, region: number): Shelves {
  const known = fleet.orders[region];
  if (known !== undefined) return known;
  const { bands, scores, membership } = fleet;
  const order = buildShelves(
    membership.membersOf[region] ?? [],
    membership.spots,
    (a, b) => (bands[a] ?? 0) - (bands[b] ?? 0) || (scores[b] ?? 0) - (scores[a] ?? 0),
  );
  fleet.orders[region] = order;
  return order;
}

function isKnown({ membership, distances }: CompiledFleet, region: string | undefined): boolean {
  return (
    region !== undefined && (membership.regionIndexOf.has(region) || distances.names.has(region))
  );
}

function lookFrom(fleet: CompiledFleet, region: string | undefined): Outlook {
  const { membership, policy } = fleet;
  const distances = Float64Array.from(membership.regions, (to) =>
    region === undefined ? 0 : distanceBetween(fleet.distances, { from: region, to }),
  );
  const points = Int32Array.from(distances, (distance) => distancePoints(distance, policy));
  const pools = poolsAround(fleet, points);
  const nearest =
    pools.find(({ open }) => open > 0) ?? pools.find(({ partlyOpen }) => partlyOpen > 0);
  return {
    region,
    distances,
    points,
    pools: byRegion(pools),
    ring: nearest && ringOver(membership, nearest.regions),
    regions: undefined,
  };
}

/** Regions that are equally far share their viewers; the nearest come first. */
function poolsAround(fleet: CompiledFleet, points: Int32Array): Pool[] {
  const circles = Map.groupBy(points.keys(), (region) => points[region] ?? 0);
  return [...circles]
    .toSorted(([a], [b]) => b - a)
    .map(([, regions]) => sharedPool(fleet, regions));
}

function sharedPool({ pools, poolsOf, totals }: CompiledFleet, regions: readonly number[]): Pool {
  const key = regions.join(" ");
  const known = pools.get(key);
  if (known !== undefined) return known;
  const pool = poolOf(regions, totals);
  pools.set(key, pool);
  for (const region of regions) poolsOf[region]?.push(pool);
  return pool;
}

function byRegion(pools: readonly Pool[]): Pool[] {
  const poolOfRegion: Pool[] = [];
  for (const pool of pools) {
    for (const region of pool.regions) poolOfRegion[region] = pool;
  }
  return poolOfRegion;
}

/** By the first node of each, as it stands before a viewer is known. */
function orderOfRegions(fleet: CompiledFleet, { points }: Outlook): Shelves {
  const { membership, bands, scores } = fleet;
  const firsts = Uint32Array.from(membership.regions, (_, region) => {
    return orderOf(fleet, region).items[0] ?? 0;
  });
  const bandAt = (region: number) => bands[firsts[region] ?? 0] ?? 0;
  const scoreAt = (region: number) => (scores[firsts[region] ?? 0] ?? 0) + (points[region] ?? 0);
  return buildShelves(
    Array.from(firsts.keys()),
    membership.regionSpots,
    (a, b) => bandAt(a) - bandAt(b) || scoreAt(b) - scoreAt(a),
  );
}
