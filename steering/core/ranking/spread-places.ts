/**
 * Distinct failure domains first: the first two places are two nodes, and the third is in another region
 * than they are, where one there is in the same band. The viewer loses nothing by it, for two near ones
 * have to fail before it is asked.
 */
import type { RankedPlace } from "./ranked-place.ts";

/** The region that the first three places are all in; undefined if they are not. */
export function crowdedRegion(places: readonly RankedPlace[]): number | undefined {
  const [first, second, third] = places;
  if (first === undefined || second === undefined || third === undefined) return undefined;
  const region = regionOf(first);
  return regionOf(second) === region && regionOf(third) === region ? region : undefined;
}

/** Moves the best place of another region up to the third, past none of a better band. */
export function spreadOverRegions(places: readonly RankedPlace[]): readonly RankedPlace[] {
  const region = crowdedRegion(places);
  if (region === undefined) return places;
  const band = places[2]?.band;
  const at = places.findIndex((place) => place.band === band && regionOf(place) !== region);
  const moved = places[at];
  if (moved === undefined) return places;
  moved.isSpread = true;
  const spread = places.toSpliced(at, 1);
  spread.splice(2, 0, moved);
  return spread;
}

export function regionOf({ standpoint, node }: RankedPlace): number {
  return standpoint.fleet.membership.regionOf[node] ?? 0;
}
