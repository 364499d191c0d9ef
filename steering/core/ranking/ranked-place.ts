/**
 * One place of a ranking, and which of two comes first.
 *
 * Its reason is put into words only when somebody reads it: a manifest names the nodes alone, and some
 * ten thousand are written each second.
 */
import { reasonFor } from "./place-reason.ts";
import { wayRound } from "./shelves.ts";
import { bandFor, type Standpoint, scoreFor } from "./standpoint.ts";

export type Ranking = {
  /** True while no node is fit to serve: all are named all the same. */
  readonly failOpen: boolean;
  readonly places: readonly Place[];
};

export type Place = { readonly id: string; readonly reason: string };

export class RankedPlace implements Place {
  readonly standpoint: Standpoint;
  readonly node: number;
  readonly band: number;
  readonly score: number;
  /** It stands before better ones, for the sake of another region. */
  isSpread = false;

  constructor(standpoint: Standpoint, node: number) {
    this.standpoint = standpoint;
    this.node = node;
    this.band = bandFor(standpoint, node);
    this.score = scoreFor(standpoint, node);
  }

  get id(): string {
    return this.standpoint.fleet.membership.ids[this.node] ?? "";
  }

  get reason(): string {
    return reasonFor(this);
  }
}

/** Puts a place where it belongs among sorted ones; for a dozen that costs less than to sort them. */
export function insertPlace(places: RankedPlace[], place: RankedPlace): void {
  let at = places.length;
  for (; at > 0; at -= 1) {
    const before = places[at - 1];
    if (before === undefined || comparePlaces(before, place) < 0) break;
    places[at] = before;
  }
  places[at] = place;
}

/** Negative if `a` comes first. */
export function comparePlaces(a: RankedPlace, b: RankedPlace): number {
  return a.band - b.band || b.score - a.score || compareSpots(a.standpoint, a.node, b.node);
}

/** Equals come in an order that each title has for itself: region by region, and round within each. */
export function compareSpots(
  { fleet: { membership }, titleSpot }: Standpoint,
  a: number,
  b: number,
): number {
  const { regionOf, regionSpots, spots } = membership;
  const regionOfA = regionOf[a] ?? 0;
  const regionOfB = regionOf[b] ?? 0;
  if (regionOfA !== regionOfB) {
    const way = wayRound(titleSpot, regionSpots[regionOfA] ?? 0);
    return way - wayRound(titleSpot, regionSpots[regionOfB] ?? 0) || regionOfA - regionOfB;
  }
  return wayRound(titleSpot, spots[a] ?? 0) - wayRound(titleSpot, spots[b] ?? 0) || a - b;
}
