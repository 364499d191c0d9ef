/**
 * Who is in the fleet and where, as numbers: what stays the same while nodes come to be well or ill, so
 * that it is worked out only when somebody joins, leaves, moves or changes its size.
 *
 * Nodes are numbered by their ids, hence the order in which they are known makes no difference.
 */
import { buildHashRing, type HashRing, spotOf } from "../../../kernel/hash-ring.ts";
import type { RankedNode } from "./ranked-node.ts";
import type { RankingPolicy } from "./ranking-policy.ts";

export type Membership = {
  readonly ids: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
  readonly spots: Uint32Array;
  readonly ringPoints: Uint32Array;
  readonly regions: readonly string[];
  readonly regionIndexOf: ReadonlyMap<string, number>;
  readonly regionSpots: Uint32Array;
  /** The region of each node. */
  readonly regionOf: Uint32Array;
  /** The nodes of each region. */
  readonly membersOf: readonly (readonly number[])[];
  /** Built when first asked for, by the regions that they span. */
  readonly rings: Map<string, HashRing>;
};

type PlacedNode = Pick<RankedNode, "id" | "region" | "weight">;

/** Rings for as many points as the fleet has four times over; the oldest go first. */
const MAX_RING_ROUNDS = 4;

export function membershipOf(
  nodes: readonly PlacedNode[],
  policy: RankingPolicy,
  previous?: Membership,
): Membership {
  if (previous !== undefined && isUnchanged(nodes, policy, previous)) return previous;
  const sorted = nodes.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const ids = sorted.map(({ id }) => id);
  const indexOf = new Map(ids.map((id, index) => [id, index]));
  if (indexOf.size !== ids.length) throw new RangeError("Two nodes have one id");
  const regions = [...new Set(sorted.map(({ region }) => region))].sort();
  const regionIndexOf = new Map(regions.map((region, index) => [region, index]));
  const regionOf = Uint32Array.from(sorted, ({ region }) => regionIndexOf.get(region) ?? 0);
  const membersOf: number[][] = regions.map(() => []);
  for (const [index, region] of regionOf.entries()) membersOf[region]?.push(index);
  return {
    ids,
    indexOf,
    spots: Uint32Array.from(ids, spotOf),
    ringPoints: Uint32Array.from(sorted, ({ weight }) => ringPointsOf(weight, policy)),
    regions,
    regionIndexOf,
    regionSpots: Uint32Array.from(regions, spotOf),
    regionOf,
    membersOf,
    rings: new Map(),
  };
}

/** The ring of all nodes of these regions, whatever state they are in. Its owners are node numbers. */
export function ringOver(membership: Membership, regions: readonly number[]): HashRing {
  const { rings, membersOf, spots, ringPoints } = membership;
  const key = regions.join(" ");
  const known = rings.get(key);
  if (known !== undefined) return known;
  const members = regions.flatMap((region) => membersOf[region] ?? []);
  const { points, owners } = buildHashRing(
    members.map((index) => ({ spot: spots[index] ?? 0, points: ringPoints[index] ?? 0 })),
  );
  const ring = { points, owners: owners.map((member) => members[member] ?? 0) };
  rings.set(key, ring);
  forgetOldRings(membership);
  return ring;
}

function isUnchanged(
  nodes: readonly PlacedNode[],
  policy: RankingPolicy,
  { ids, indexOf, regions, regionOf, ringPoints }: Membership,
): boolean {
  const seen = new Uint8Array(ids.length);
  return (
    nodes.length === ids.length &&
    nodes.every(({ id, region, weight }) => {
      const index = indexOf.get(id);
      if (index === undefined || seen[index] === 1) return false;
      seen[index] = 1;
      return (
        regions[regionOf[index] ?? 0] === region &&
        ringPoints[index] === ringPointsOf(weight, policy)
      );
    })
  );
}

/** In relation to 1, and not to the mean: else one large node that joins would move everybody's points. */
function ringPointsOf(weight: number, { ringPointsPerWeight, maxRingPoints }: RankingPolicy) {
  const points = Math.round(weight * ringPointsPerWeight);
  return points > 1 ? Math.min(points, maxRingPoints) : 1;
}

function forgetOldRings({ rings, ringPoints }: Membership): void {
  const allowed = MAX_RING_ROUNDS * ringPoints.reduce((sum, points) => sum + points, 0);
  let held = Array.from(rings.values()).reduce((sum, { points }) => sum + points.length, 0);
  for (const [key, { points }] of rings) {
    if (held <= allowed || rings.size === 1) return;
    rings.delete(key);
    held -= points.length;
  }
}
