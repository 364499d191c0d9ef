/**
 * What could be different about the first two places of a ranking, one thing at a time: whatever would
 * make the second better or the first worse.
 */
import { FIT, FULL, isOverloaded, TRIAL } from "./band.ts";
import { type RegionDistances, withDistance } from "./network-distance.ts";
import { asThere, type RankedNode } from "./ranked-node.ts";
import type { RankedPlace } from "./ranked-place.ts";
import { costPoints, distancePoints, healthPoints, loadPoints } from "./score.ts";
import { admissionTurn, scoreFor } from "./standpoint.ts";

export type FlipLever = {
  readonly node: string;
  readonly component: string;
  readonly from: number;
  /** Ever farther from it. */
  readonly values: readonly number[];
  /** How many points the second gains on the first; 0 where it is not a matter of points. */
  readonly gain: (value: number) => number;
  readonly change: (value: number) => Change;
  readonly words: (value: number) => string;
};

export type Change = {
  readonly node?: RankedNode;
  readonly distances?: RegionDistances;
  readonly current?: string;
};

/** A place and its node, with the viewers that it has now. */
export type Rival = { readonly place: RankedPlace; readonly node: RankedNode };

/** 1 for who is to become better, -1 for who is to become worse. */
type Direction = 1 | -1;

/** More viewers than that are no small change. */
const MAX_VIEWER_STEPS = 4_096;
const COST_STEPS = 10;

export function flipLevers(first: Rival, second: Rival): FlipLever[] {
  return [
    ...sharedLevers(second, 1),
    ...stateLevers(second),
    ...keptLevers(first, second),
    ...sharedLevers(first, -1),
    ...distanceLevers(first, second),
  ];
}

function sharedLevers(rival: Rival, direction: Direction): FlipLever[] {
  return [
    ...gradeLevers(rival, direction),
    ...loadLevers(rival, direction),
    ...sheddingLevers(rival, direction),
    ...costLevers(rival, direction),
    ...viewerLevers(rival, direction),
    ...overrideLevers(rival, direction),
  ];
}

function gradeLevers({ place, node }: Rival, direction: Direction): FlipLever[] {
  if (node.override === "trust") return [];
  const { policy } = place.standpoint.fleet;
  const isThere = place.node === place.standpoint.current;
  const points = (grade: number) => healthPoints({ ...node, grade }, policy);
  const { grade: from } = isThere ? asThere(node) : node;
  return numberLever({
    node: node.id,
    component: "health",
    name: "grade",
    from,
    values: steps({ from, to: direction === 1 ? 1 : 0, step: policy.gradeStep }),
    gain: (grade) => direction * (points(grade) - points(from)),
    change: (grade) => ({ node: { ...node, grade, complaint: 0 } }),
  });
}

function loadLevers({ place, node }: Rival, direction: Direction): FlipLever[] {
  const { policy } = place.standpoint.fleet;
  const isThere = place.node === place.standpoint.current;
  const points = (load: number) => (isThere ? 0 : loadPoints({ load }, policy));
  const { load: from } = node;
  return numberLever({
    node: node.id,
    component: "load",
    name: "load",
    from,
    values: steps({ from, to: direction === 1 ? 0 : 1, step: policy.loadStep / 2 }),
    gain: (load) => direction * (points(load) - points(from)),
    change: (load) => ({ node: { ...node, load } }),
  });
}

function sheddingLevers({ node }: Rival, direction: Direction): FlipLever[] {
  if (node.isShedding !== (direction === 1)) return [];
  return switchLever({
    node: node.id,
    component: "shedding",
    from: node.isShedding ? 1 : 0,
    words: node.isShedding ? `${node.id}: no load shed` : `${node.id}: sheds load`,
    change: { node: { ...node, isShedding: !node.isShedding } },
  });
}

function costLevers({ place, node }: Rival, direction: Direction): FlipLever[] {
  const { dearest, policy } = place.standpoint.fleet;
  if (dearest <= 0) return [];
  const points = (cost: number) => costPoints({ cost }, dearest, policy);
  const { cost: from } = node;
  const step = dearest / COST_STEPS;
  return numberLever({
    node: node.id,
    component: "cost",
    name: "cost",
    from,
    values: steps({ from, to: direction === 1 ? 0 : dearest, step }),
    gain: (cost) => direction * (points(cost) - points(from)),
    change: (cost) => ({ node: { ...node, cost } }),
  });
}

/** Where one has its fill of viewers, or could have it. */
function viewerLevers({ place, node }: Rival, direction: Direction): FlipLever[] {
  const { band, standpoint } = place;
  const isFilled = band === FULL && !isOverloaded(node, standpoint.fleet.policy);
  if (direction === 1 ? !isFilled : band !== FIT) return [];
  const { viewers: from } = node;
  const count = direction === 1 ? Math.ceil(from) : MAX_VIEWER_STEPS;
  const nearest = direction === 1 ? Math.ceil(from) - 1 : Math.floor(from) + 1;
  const values = Array.from({ length: Math.min(count, MAX_VIEWER_STEPS) }, (_, at) => {
    return nearest - direction * at;
  });
  return numberLever({
    node: node.id,
    component: "viewers",
    name: "viewers",
    from,
    values,
    gain: () => 0,
    change: (viewers) => ({ node: { ...node, viewers } }),
  });
}

function overrideLevers({ place, node }: Rival, direction: Direction): FlipLever[] {
  const { id, override } = node;
  const lifted = { node: { ...node, override: undefined } };
  const isAgainst = override === "drain" || override === "exclude";
  if (override !== undefined) {
    if (isAgainst !== (direction === 1)) return [];
    const words = `${id}: its override (${override}) lifted`;
    return switchLever({ node: id, component: "override", from: 1, words, change: lifted });
  }
  const action = direction === 1 ? "prefer" : "drain";
  return switchLever({
    node: id,
    component: "override",
    from: 0,
    words: `${id}: an override (${action})`,
    gain: direction === 1 ? place.standpoint.fleet.policy.preferPoints : 0,
    change: { node: { ...node, override: action } },
  });
}

/** What holds the second back whatever its points are. */
function stateLevers({ place, node }: Rival): FlipLever[] {
  const { id, state, override } = node;
  if (state !== "up") {
    const words = `${id}: up instead of ${state}`;
    const change: Change = { node: { ...node, state: "up" } };
    return switchLever({ node: id, component: "state", from: 0, words, change });
  }
  if (place.band !== TRIAL || override !== undefined) return [];
  // The share that lets this session in, rounded up.
  const share = Math.floor(100 * admissionTurn(place.standpoint, place.node) + 1) / 100;
  return numberLever({
    node: id,
    component: "admission",
    name: "admitted share",
    from: node.admittedShare,
    values: [share],
    gain: () => 0,
    change: (admittedShare) => ({ node: { ...node, admittedShare } }),
  });
}

function keptLevers({ place: first }: Rival, { place: second, node }: Rival): FlipLever[] {
  const { standpoint } = second;
  if (standpoint.current === second.node) return [];
  const moved = { ...standpoint, current: second.node };
  const gain =
    scoreFor(moved, second.node) - second.score - (scoreFor(moved, first.node) - first.score);
  return switchLever({
    node: node.id,
    component: "kept",
    from: 0,
    words: `the viewer on ${node.id}`,
    gain,
    change: { current: node.id },
  });
}

/** Only what lies between the two: a viewer's own region is at no distance. */
function distanceLevers(first: Rival, second: Rival): FlipLever[] {
  if (first.node.region === second.node.region) return [];
  return [...distanceLever(second, 1), ...distanceLever(first, -1)];
}

function distanceLever({ place, node }: Rival, direction: Direction): FlipLever[] {
  const { fleet, outlook } = place.standpoint;
  const { region: viewerRegion } = outlook;
  const { id, region } = node;
  if (viewerRegion === undefined || viewerRegion === region) return [];
  const from = outlook.distances[fleet.membership.regionOf[place.node] ?? 0] ?? 1;
  const points = (distance: number) => distancePoints(distance, fleet.policy);
  const step = fleet.policy.distanceStep;
  return numberLever({
    node: id,
    component: "distance",
    name: `distance from ${viewerRegion}`,
    from,
    values: steps({ from, to: direction === 1 ? 0 : 1, step }),
    gain: (distance) => direction * (points(distance) - points(from)),
    change: (distance) => ({
      distances: withDistance(fleet.distances, { from: viewerRegion, to: region, distance }),
    }),
  });
}

function numberLever(lever: Omit<FlipLever, "words"> & { readonly name: string }): FlipLever[] {
  const { name, ...rest } = lever;
  if (rest.values.length === 0) return [];
  const words = (value: number) =>
    `${rest.node}: ${name} from ${rounded(rest.from)} to ${value > rest.from ? "at least" : "at most"} ${rounded(value)}`;
  return [{ ...rest, words }];
}

/** Something that is so or is not: 1 or 0. */
function switchLever(facts: {
  readonly node: string;
  readonly component: string;
  readonly from: 0 | 1;
  readonly words: string;
  readonly gain?: number;
  readonly change: Change;
}): FlipLever[] {
  const { node, component, from, words, gain = 0, change } = facts;
  return [
    {
      node,
      component,
      from,
      values: [1 - from],
      gain: () => gain,
      change: () => change,
      words: () => words,
    },
  ];
}

/** Multiples of a step between two values, nearest first, and the farther end. */
function steps({
  from,
  to,
  step,
}: {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}): number[] {
  const values: number[] = [];
  if (to > from) {
    for (let at = Math.floor(from / step) + 1; at * step < to; at += 1) values.push(at * step);
  } else if (to < from) {
    for (let at = Math.ceil(from / step) - 1; at * step > to; at -= 1) values.push(at * step);
  }
  return to === from ? [] : [...values.map(exact), to];
}

/** 0.15, and not 0.15000000000000002. */
const exact = (value: number) => Math.round(value * 1e6) / 1e6;
const rounded = (value: number) => Math.round(value * 100) / 100;
