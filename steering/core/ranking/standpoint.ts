/**
 * One viewer before one fleet: what its words mean there, and how each node looks from where it stands.
 *
 * Two of the bands are the viewer's own. A node that has its fill of viewers is full for whoever is new,
 * and for those that are on it only as many must go as are too many; a node on a ramp admits some
 * sessions and not yet others. Which ones, a hash of session and node says: the same ones each time.
 */
import { mixSpots, ownersOnRing, shareOfSpot, spotOf } from "../../../kernel/hash-ring.ts";
import { FIT_GRADE } from "../health/grade-node.ts";
import { FIT, FULL, isOverloaded, SICK, TRIAL } from "./band.ts";
import type { CompiledFleet, Outlook } from "./compiled-fleet.ts";
import { outlookFrom } from "./outlook.ts";
import { asThere, type Viewer } from "./ranked-node.ts";
import { affinityPoints, healthPoints, keptPoints, loadPoints } from "./score.ts";
import { boundIn } from "./viewer-pool.ts";

export type Standpoint = {
  readonly fleet: CompiledFleet;
  readonly outlook: Outlook;
  readonly sessionSpot: number;
  readonly titleSpot: number;
  /** The node that the viewer is on, -1 if it is on none of ours. */
  readonly current: number;
  /** By the viewer's own order, -1 for those that are unknown. */
  readonly kept: readonly number[];
  /** Who keeps the title warm, best first. */
  readonly owners: readonly number[];
};

export function standpointOf(fleet: CompiledFleet, viewer: Viewer): Standpoint {
  const { indexOf } = fleet.membership;
  const { owners: count, maxRingSteps: maxSteps } = fleet.policy;
  const outlook = outlookFrom(fleet, viewer.region);
  const standpoint = {
    fleet,
    outlook,
    sessionSpot: spotOf(viewer.sessionId),
    titleSpot: spotOf(viewer.title),
    current: viewer.current === undefined ? -1 : (indexOf.get(viewer.current) ?? -1),
    kept: keptNodes(fleet, viewer.kept),
    owners: NOBODY,
  };
  if (outlook.ring === undefined) return standpoint;
  const walk = { spot: standpoint.titleSpot, count, maxSteps };
  standpoint.owners = ownersOnRing(outlook.ring, walk, (node) => bandFor(standpoint, node) === FIT);
  return standpoint;
}

const NOBODY: readonly number[] = [];

export function bandFor(standpoint: Standpoint, node: number): number {
  const { fleet, current } = standpoint;
  const band = fleet.bands[node] ?? 0;
  const isCurrent = node === current;
  if (band > FULL) {
    // A grade that wavers about the line drags nobody away: for those who are there it is a step lower.
    return isCurrent && band === SICK && isBarelySick(fleet, node) ? FIT : band;
  }
  if (!isAdmitted(standpoint, node)) return TRIAL;
  if (isCurrent) return mustLeave(standpoint, node) ? FULL : FIT;
  return band === FULL || hasItsFill(standpoint, node) ? FULL : FIT;
}

export function scoreFor(standpoint: Standpoint, node: number): number {
  const { fleet, current, kept, owners } = standpoint;
  const isCurrent = node === current;
  return (
    plainScoreFor(standpoint, node) +
    (isCurrent ? scoreThere(fleet, node) : 0) +
    affinityPoints(owners.indexOf(node), fleet.policy) +
    keptPoints({ isCurrent, place: kept.indexOf(node) }, fleet.policy)
  );
}

/**
 * What a node's load and its players' complaints cost it with newcomers, given back for those who are
 * there: they leave only if it is full, or if more than players speaks against it.
 */
function scoreThere({ nodes, policy }: CompiledFleet, node: number): number {
  const judged = nodes[node];
  if (judged === undefined) return 0;
  const health = healthPoints(asThere(judged), policy) - healthPoints(judged, policy);
  return health - loadPoints(judged, policy);
}

/** The score of a node that the viewer has nothing to do with. */
export function plainScoreFor({ fleet, outlook }: Standpoint, node: number): number {
  return (fleet.scores[node] ?? 0) + (outlook.points[fleet.membership.regionOf[node] ?? 0] ?? 0);
}

/** How many viewers a node may hold if it keeps those that it has. */
export function keepBound(standpoint: Standpoint, node: number): number {
  return boundFor(standpoint, { node, isJoining: false });
}

/** How many it may hold to take one more. */
export function joinBound(standpoint: Standpoint, node: number): number {
  return boundFor(standpoint, { node, isJoining: true });
}

/** From 0 up to but not including 1: where a session stands among those of a node. */
export function admissionTurn({ fleet, sessionSpot }: Standpoint, node: number): number {
  return shareOfSpot(mixSpots(sessionSpot, fleet.membership.spots[node] ?? 0));
}

export function isAdmitted(standpoint: Standpoint, node: number): boolean {
  const share = standpoint.fleet.admittedShares[node] ?? 0;
  return share === 1 || admissionTurn(standpoint, node) < share;
}

/**
 * The share of a node's sessions that are too many for it. As many leave as let it take new ones again:
 * at the very bound, one in a hundred would have to leave, and chance might choose none.
 */
export function leavingShare(standpoint: Standpoint, node: number): number {
  const { fleet } = standpoint;
  const { fullFromLoad, sheddingShare } = fleet.policy;
  const viewers = fleet.viewers[node] ?? 0;
  const isOverBound = viewers > keepBound(standpoint, node);
  const overBound = isOverBound ? 1 - joinBound(standpoint, node) / viewers : 0;
  const judged = fleet.nodes[node];
  if (judged === undefined || !isOverloaded(judged, fleet.policy)) return overBound;
  const overLoad = judged.load > fullFromLoad ? 1 - fullFromLoad / judged.load : 0;
  return Math.max(overBound, overLoad, judged.isShedding ? sheddingShare : 0);
}

/** Whether one viewer more would be too many. */
function hasItsFill(standpoint: Standpoint, node: number): boolean {
  return (standpoint.fleet.viewers[node] ?? 0) + 1 > joinBound(standpoint, node);
}

function boundFor(
  { fleet, outlook }: Standpoint,
  { node, isJoining }: { readonly node: number; readonly isJoining: boolean },
): number {
  const pool = outlook.pools[fleet.membership.regionOf[node] ?? 0];
  if (pool === undefined) throw new RangeError(`No pool for node ${node}`);
  return boundIn(pool, { weight: fleet.weights[node] ?? 0, isJoining }, fleet.policy);
}

function mustLeave(standpoint: Standpoint, node: number): boolean {
  const share = leavingShare(standpoint, node);
  if (share === 0) return false;
  const { sessionSpot, fleet } = standpoint;
  // Once some have left it is the turn of others: else those that were spared once would be for ever.
  const turn = mixSpots(sessionSpot, Math.round(fleet.viewers[node] ?? 0) + 1);
  return shareOfSpot(mixSpots(turn, fleet.membership.spots[node] ?? 0)) < share;
}

function isBarelySick({ nodes, policy }: CompiledFleet, node: number): boolean {
  return (nodes[node]?.grade ?? 0) > FIT_GRADE - policy.gradeStep;
}

function keptNodes({ membership, policy }: CompiledFleet, kept: readonly string[]): number[] {
  const count = Math.min(kept.length, policy.maxKept);
  const nodes = new Array<number>(count);
  for (let place = 0; place < count; place += 1) {
    nodes[place] = membership.indexOf.get(kept[place] ?? "") ?? -1;
  }
  return nodes;
}
