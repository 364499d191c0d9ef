/**
 * Puts into words why a node stands where it does: its band first, then how far it is, then what it is to
 * the viewer.
 */
import { DOWN, DRAINING, FIT, FULL, GONE, isSick, SICK, TRIAL } from "./band.ts";
import { joinBound, keepBound, type Standpoint } from "./standpoint.ts";

export type PlaceFacts = {
  readonly standpoint: Standpoint;
  readonly node: number;
  readonly band: number;
  /** It stands before better ones, for the sake of another region. */
  readonly isSpread: boolean;
};

export function reasonFor({ standpoint, node, band, isSpread }: PlaceFacts): string {
  const parts = [
    standpoint.fleet.failOpen ? "fail open" : undefined,
    bandReason(standpoint, node, band),
    distanceReason(standpoint, node),
    isPreferred(standpoint, node) ? "preferred by override" : undefined,
    affinityReason(standpoint, node),
    keptReason(standpoint, node),
    isSpread ? "third for another region" : undefined,
  ];
  return parts.filter((part) => part !== undefined).join(", ");
}

export function bandReason(standpoint: Standpoint, node: number, band: number): string {
  const { fleet } = standpoint;
  const judged = fleet.nodes[node];
  if (judged === undefined) throw new RangeError(`No node ${node}`);
  const { state, override, gradeReason, isShedding, load } = judged;
  switch (band) {
    case FIT:
      if (override === "trust") return "trusted by override";
      return isSpared(standpoint, node) ? `sick as too many are: ${gradeReason}` : "up";
    case FULL: {
      if (isShedding) return "full: it sheds load";
      if (load >= fleet.policy.fullFromLoad) return `full: load ${rounded(load)}`;
      const bound = (node === standpoint.current ? keepBound : joinBound)(standpoint, node);
      return `full: ${rounded(fleet.viewers[node] ?? 0)} viewers of at most ${bound}`;
    }
    case TRIAL:
      if (state === "recovering" && override !== "trust") return "on trial";
      return `on its ramp: ${Math.round(100 * (fleet.admittedShares[node] ?? 0))} % admitted`;
    case SICK:
      return `sick: ${gradeReason}`;
    case DRAINING:
      return state === "draining" ? "draining" : "drained by override";
    case DOWN:
      return override === "exclude" ? "excluded by override" : state;
    case GONE:
      return "gone";
    default:
      throw new RangeError(`No band ${band}`);
  }
}

export function distanceReason({ fleet, outlook }: Standpoint, node: number): string {
  const region = fleet.membership.regionOf[node] ?? 0;
  if (outlook.region === undefined) return "region any";
  if (fleet.membership.regions[region] === outlook.region) return "own region";
  const distance = outlook.distances[region] ?? 1;
  return distance < 1 ? `region at distance ${rounded(distance)}` : "other region";
}

export function affinityReason({ owners }: Standpoint, node: number): string | undefined {
  const place = owners.indexOf(node);
  return place === -1 ? undefined : `owner ${place + 1} of the title`;
}

export function keptReason({ current, kept }: Standpoint, node: number): string | undefined {
  if (node === current) return "where it is";
  const place = kept.indexOf(node);
  if (place === -1) return undefined;
  return place === 0 ? "where it began" : "kept";
}

/** It is sick, and fit nevertheless (spare-sick.ts). */
const isSpared = ({ fleet }: Standpoint, node: number) => {
  const judged = fleet.nodes[node];
  return judged !== undefined && isSick(judged) && fleet.bands[node] !== SICK;
};

const isPreferred = ({ fleet }: Standpoint, node: number) =>
  fleet.nodes[node]?.override === "prefer";

const rounded = (value: number) => Math.round(100 * value) / 100;
