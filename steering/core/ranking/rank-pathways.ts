/**
 * Ranks the appliances for one viewer: health first, then the viewer's region, then load, then the
 * order that the viewer has already, then a rendezvous hash of the title, so that a title stays on few
 * appliances and each of them keeps its part of the library warm.
 *
 * Failure domains: a box is one within its region, a region is the larger one. The first two places
 * are two boxes, and the third is in another region than they are where one is just as well; the
 * viewer loses nothing by it, for two of the near ones have to fail before it is asked.
 *
 * Nobody is dropped: what looks bad comes last, because a wrong judgement must not leave a viewer
 * without an address (fail open).
 */
import { hashText } from "../../../kernel/seeded-random.ts";
import type { HealthState } from "../../contract/fleet-view.ts";

export type RankedNode = {
  readonly id: string;
  readonly region: string;
  readonly state: HealthState;
  readonly isBusy: boolean;
};

export type Viewer = {
  /** Unknown regions prefer none. */
  readonly region: string | undefined;
  /** What is watched: those who watch the same are sent to the same few appliances. */
  readonly title: string;
  /**
   * The order that the viewer has already, best first: among appliances that are equally good it
   * stands, because moving a running session to a warmer cache gains it nothing.
   */
  readonly kept: readonly string[];
};

export type Ranking = {
  /** True while no appliance is fit to serve: all are named all the same. */
  readonly failOpen: boolean;
  readonly places: readonly Place[];
};

export type Place = { readonly id: string; readonly reason: string };

type RankedPlace = {
  readonly node: RankedNode;
  readonly band: number;
  /** Compared from the left, smaller first. */
  readonly order: readonly number[];
  readonly reason: string;
};

export function rankPathways(nodes: readonly RankedNode[], viewer: Viewer): Ranking {
  const failOpen = !nodes.some(isUsable);
  const places = nodes
    .map((node) => placeOf(node, viewer, failOpen))
    .toSorted((a, b) => compareOrders(a.order, b.order) || (a.node.id < b.node.id ? -1 : 1));
  return {
    failOpen,
    places: spreadOverRegions(places).map(({ node, reason }) => ({ id: node.id, reason })),
  };
}

/** Fit to take viewers: up, or on trial. */
export function isUsable({ state }: Pick<RankedNode, "state">): boolean {
  return state === "up" || state === "recovering";
}

const BAND: Readonly<Record<HealthState, number>> = {
  up: 0,
  recovering: 1,
  draining: 2,
  down: 3,
  gone: 4,
};

function placeOf(node: RankedNode, viewer: Viewer, failOpen: boolean): RankedPlace {
  const isNear = viewer.region !== undefined && node.region === viewer.region;
  // Down or gone is what we believe; once we believe it of all, the belief is worth nothing.
  const band = failOpen ? Math.min(BAND[node.state], BAND.down) : BAND[node.state];
  const keptPlace = viewer.kept.indexOf(node.id);
  const isKept = keptPlace !== -1;
  const load = node.isBusy ? "busy" : "load ok";
  const region =
    viewer.region === undefined ? "region any" : isNear ? "own region" : "other region";
  return {
    node,
    band,
    order: [
      band,
      isNear ? 0 : 1,
      node.isBusy ? 1 : 0,
      isKept ? keptPlace : viewer.kept.length,
      -hashText(`${viewer.title} ${node.id}`),
    ],
    reason: [
      failOpen ? "fail open" : undefined,
      node.state,
      region,
      load,
      isKept ? "kept" : undefined,
    ]
      .filter((part) => part !== undefined)
      .join(", "),
  };
}

/** By the first number that differs. */
function compareOrders(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return (a[at] ?? 0) - (b[at] ?? 0);
}

/** Moves the best place of another region up to the third, past none of better health. */
function spreadOverRegions(places: readonly RankedPlace[]): readonly RankedPlace[] {
  const [first, second, third, ...rest] = places;
  if (first === undefined || second === undefined || third === undefined) return places;
  const regions = [first.node.region, second.node.region];
  const isElsewhere = ({ node }: RankedPlace) => !regions.includes(node.region);
  if (regions[0] !== regions[1] || isElsewhere(third)) return places;
  const moved = rest.find((place) => isElsewhere(place) && place.band === third.band);
  if (moved === undefined) return places;
  const spread = { ...moved, reason: `${moved.reason}, third for another region` };
  return [first, second, spread, third, ...rest.filter((place) => place !== moved)];
}
