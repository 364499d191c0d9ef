/**
 * Ranks all nodes for one viewer: by band, then by score, equals in an order of the title's own, and
 * spread over failure domains.
 *
 * Nobody is dropped: what looks bad comes last, because a wrong judgement must not leave a viewer
 * without an address (fail open).
 */
import type { CompiledFleet } from "./compiled-fleet.ts";
import type { Viewer } from "./ranked-node.ts";
import { comparePlaces, RankedPlace, type Ranking } from "./ranked-place.ts";
import { spreadOverRegions } from "./spread-places.ts";
import { type Standpoint, standpointOf } from "./standpoint.ts";

export function rankWhole(fleet: CompiledFleet, viewer: Viewer): Ranking {
  return { failOpen: fleet.failOpen, places: placesFor(standpointOf(fleet, viewer)) };
}

export function placesFor(standpoint: Standpoint): readonly RankedPlace[] {
  const places: RankedPlace[] = [];
  const count = standpoint.fleet.nodes.length;
  for (let node = 0; node < count; node += 1) places.push(new RankedPlace(standpoint, node));
  return spreadOverRegions(places.sort(comparePlaces));
}

/** Who would be the first of them all. */
export function firstPlaceFor(standpoint: Standpoint): RankedPlace | undefined {
  let first: RankedPlace | undefined;
  const count = standpoint.fleet.nodes.length;
  for (let node = 0; node < count; node += 1) {
    const place = new RankedPlace(standpoint, node);
    if (first === undefined || comparePlaces(place, first) < 0) first = place;
  }
  return first;
}
