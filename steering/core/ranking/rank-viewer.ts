/**
 * Ranks the nodes that matter for one viewer, at a cost that hardly grows with the fleet: where it is,
 * what its playlist names, who keeps its title warm, the best of the others, and the best elsewhere.
 *
 * They stand in the order in which `rankWhole` would name them; those that are left out would come later,
 * but for nodes of the session's own that are worse than they.
 */
import type { CompiledFleet } from "./compiled-fleet.ts";
import { nextNode, walkPlain } from "./plain-walk.ts";
import { placesFor } from "./rank-whole.ts";
import type { Viewer } from "./ranked-node.ts";
import { comparePlaces, insertPlace, RankedPlace, type Ranking } from "./ranked-place.ts";
import { crowdedRegion, spreadOverRegions } from "./spread-places.ts";
import { type Standpoint, standpointOf } from "./standpoint.ts";

export function rankViewer(fleet: CompiledFleet, viewer: Viewer): Ranking {
  const { failOpen, nodes, policy } = fleet;
  const standpoint = standpointOf(fleet, viewer);
  const places =
    nodes.length <= policy.wholeUpTo ? placesFor(standpoint) : placesThatMatter(standpoint);
  return { failOpen, places };
}

function placesThatMatter(standpoint: Standpoint): readonly RankedPlace[] {
  const own = nodesOfItsOwn(standpoint);
  const places: RankedPlace[] = [];
  for (const node of own) insertPlace(places, new RankedPlace(standpoint, node));
  addPlainPlaces(places, standpoint, own);
  const region = crowdedRegion(places);
  const third = places[2];
  if (region === undefined || third === undefined) return places;
  const elsewhere = bestElsewhere(standpoint, { region, band: third.band, own });
  if (elsewhere !== undefined && !places.some(({ node }) => node === elsewhere.node)) {
    insertPlace(places, elsewhere);
  }
  return spreadOverRegions(places);
}

function nodesOfItsOwn({ current, kept, owners }: Standpoint): readonly number[] {
  const own = owners.slice();
  if (current !== -1 && !own.includes(current)) own.push(current);
  for (const node of kept) if (node !== -1 && !own.includes(node)) own.push(node);
  return own;
}

/** Until enough have been met that are as good as they seemed; who was not may still come before them. */
function addPlainPlaces(
  places: RankedPlace[],
  standpoint: Standpoint,
  own: readonly number[],
): void {
  const { bands, policy } = standpoint.fleet;
  const wanted = Math.max(policy.plainPlaces, policy.fewestPlaces - own.length);
  const walk = walkPlain(standpoint, -1);
  let found = 0;
  for (let step = 0; step < policy.maxWalkSteps && found < wanted; step += 1) {
    const node = nextNode(walk);
    if (node === undefined) return;
    if (own.includes(node)) continue;
    const place = new RankedPlace(standpoint, node);
    insertPlace(places, place);
    if (place.band === bands[node]) found += 1;
  }
}

/** The best of a band outside a region, among those that the viewer has nothing to do with. */
function bestElsewhere(
  standpoint: Standpoint,
  sought: { readonly region: number; readonly band: number; readonly own: readonly number[] },
): RankedPlace | undefined {
  const { bands, policy } = standpoint.fleet;
  const walk = walkPlain(standpoint, sought.region);
  let best: RankedPlace | undefined;
  for (let step = 0; step < policy.maxWalkSteps; step += 1) {
    const node = nextNode(walk);
    if (node === undefined || (bands[node] ?? 0) > sought.band) return best;
    if (sought.own.includes(node)) continue;
    const place = new RankedPlace(standpoint, node);
    if (place.band !== sought.band) continue;
    if (best === undefined || comparePlaces(place, best) < 0) best = place;
    if (place.band === bands[node]) return best;
  }
  return best;
}
