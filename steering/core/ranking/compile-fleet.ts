/**
 * Works out all of a ranking that is the same for every viewer, so that one viewer costs little, however
 * many nodes there are.
 */
import { bandIfFit, bandInFailOpen, bandOf, FIT, FULL, isFailOpen } from "./band.ts";
import type { CompiledFleet } from "./compiled-fleet.ts";
import { membershipOf } from "./membership.ts";
import { NO_DISTANCES, type RegionDistances } from "./network-distance.ts";
import type { RankedNode } from "./ranked-node.ts";
import type { RankingPolicy } from "./ranking-policy.ts";
import { costPoints, healthPoints, loadPoints, overridePoints } from "./score.ts";
import { spareSick } from "./spare-sick.ts";
import type { RegionTotals } from "./viewer-pool.ts";

/** @param known with the previous fleet, who has not moved is not placed anew. */
export function compileFleet(
  nodes: readonly RankedNode[],
  policy: RankingPolicy,
  known: { readonly distances?: RegionDistances; readonly previous?: CompiledFleet } = {},
): CompiledFleet {
  const membership = membershipOf(nodes, policy, known.previous?.membership);
  const { ids, regions } = membership;
  const fleet: CompiledFleet = {
    policy,
    distances: known.distances ?? NO_DISTANCES,
    membership,
    failOpen: isFailOpen(nodes),
    dearest: nodes.reduce((most, { cost }) => Math.max(cost, most), 0),
    nodes: inOrder(nodes, membership.indexOf),
    bands: new Uint8Array(ids.length),
    scores: new Int32Array(ids.length),
    admittedShares: new Float64Array(ids.length),
    weights: new Float64Array(ids.length),
    viewers: new Float64Array(ids.length),
    totals: regions.map(() => ({ ...NOTHING })),
    orders: regions.map(() => undefined),
    poolsOf: regions.map(() => []),
    pools: new Map(),
    outlooks: new Map(),
  };
  const spared = spareSick(nodes, policy);
  for (let index = 0; index < ids.length; index += 1) judgeNode(fleet, index, spared);
  return fleet;
}

const NOTHING: RegionTotals = { weight: 0, open: 0, partlyOpen: 0, viewers: 0 };

function inOrder(
  nodes: readonly RankedNode[],
  indexOf: ReadonlyMap<string, number>,
): readonly RankedNode[] {
  const ordered = nodes.slice();
  for (const node of nodes) ordered[indexOf.get(node.id) ?? 0] = node;
  return ordered;
}

function judgeNode(fleet: CompiledFleet, index: number, spared: ReadonlySet<string>): void {
  const { policy, membership, failOpen, dearest, nodes } = fleet;
  const node = nodes[index];
  if (node === undefined) throw new RangeError(`No node ${index}`);
  const itsBand = spared.has(node.id) ? bandIfFit(node, policy) : bandOf(node, policy);
  const band = failOpen ? bandInFailOpen(itsBand) : itsBand;
  const admittedShare = admittedShareOf(node);
  const viewers = Math.max(0, node.viewers);
  fleet.bands[index] = band;
  fleet.scores[index] =
    healthPoints(node, policy) +
    loadPoints(node, policy) +
    costPoints(node, dearest, policy) +
    overridePoints(node, policy);
  fleet.admittedShares[index] = admittedShare;
  fleet.viewers[index] = viewers;

  const total = fleet.totals[membership.regionOf[index] ?? 0];
  if (total === undefined || band > FULL) return;
  const weight = Math.max(node.weight, Number.MIN_VALUE) * admittedShare;
  fleet.weights[index] = weight;
  total.weight += weight;
  total.viewers += viewers;
  if (band !== FIT) return;
  if (admittedShare === 1) total.open += 1;
  else total.partlyOpen += 1;
}

function admittedShareOf({ override, admittedShare }: RankedNode): number {
  if (override === "trust" || admittedShare >= 1) return 1;
  return admittedShare > 0 ? admittedShare : 0;
}
