/**
 * A fleet made ready for ranking (compile-fleet.ts): a snapshot, but for its viewers.
 *
 * Viewers are counted as they are sent, because a crowd that comes between two compilations must not all
 * go to one node. What only some viewers need is worked out when the first of them comes and kept here.
 */
import type { HashRing } from "../../../kernel/hash-ring.ts";
import type { Membership } from "./membership.ts";
import type { RegionDistances } from "./network-distance.ts";
import type { RankedNode } from "./ranked-node.ts";
import type { RankingPolicy } from "./ranking-policy.ts";
import type { Shelves } from "./shelves.ts";
import type { Pool, RegionTotals } from "./viewer-pool.ts";

export type CompiledFleet = {
  readonly policy: RankingPolicy;
  readonly distances: RegionDistances;
  readonly membership: Membership;
  readonly failOpen: boolean;
  /** The highest cost. */
  readonly dearest: number;

  /** By their numbers in the membership, as is all that follows. */
  readonly nodes: readonly RankedNode[];
  readonly bands: Uint8Array;
  /** Without distance, affinity and what a session is used to. */
  readonly scores: Int32Array;
  /** 0…1 */
  readonly admittedShares: Float64Array;
  /** In the pools; 0 for who takes no part. */
  readonly weights: Float64Array;
  readonly viewers: Float64Array;

  /** By region. */
  readonly totals: readonly RegionTotals[];
  readonly orders: (Shelves | undefined)[];
  readonly poolsOf: readonly Pool[][];
  /** By the regions that they span. */
  readonly pools: Map<string, Pool>;
  readonly outlooks: Map<string | undefined, Outlook>;
};

/** The fleet as seen from one region. */
export type Outlook = {
  readonly region: string | undefined;
  /** By region, as are the next two. */
  readonly distances: Float64Array;
  readonly points: Int32Array;
  readonly pools: readonly Pool[];
  /** Of the nearest nodes that are fit: the owners of a title are among them. */
  readonly ring: HashRing | undefined;
  /** The regions, by the best node of each; worked out when first asked for (`regionsIn`). */
  regions: Shelves | undefined;
};

export type Arrival = { readonly from: string | undefined; readonly to: string };

/** A viewer is sent to a node, from another or from nowhere. The next compilation counts afresh. */
export function noteArrival(fleet: CompiledFleet, { from, to }: Arrival): void {
  if (from === to) return;
  countOn(fleet, to, 1);
  if (from !== undefined) countOn(fleet, from, -1);
}

function countOn(fleet: CompiledFleet, id: string, change: 1 | -1): void {
  const { membership, viewers, weights, totals, poolsOf } = fleet;
  const index = membership.indexOf.get(id);
  if (index === undefined) return;
  const before = viewers[index] ?? 0;
  const after = Math.max(0, before + change);
  viewers[index] = after;
  if (weights[index] === 0) return;
  const region = membership.regionOf[index] ?? 0;
  const total = totals[region];
  if (total !== undefined) total.viewers += after - before;
  for (const pool of poolsOf[region] ?? []) pool.viewers += after - before;
}
