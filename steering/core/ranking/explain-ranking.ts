/**
 * Says why a viewer is sent where it is: the order with every component of every score, and what would
 * have to change for the first two to change places.
 */
import type { ExplainedPlace, Explanation } from "../../contract/explanation.ts";
import { BANDS } from "./band.ts";
import type { CompiledFleet } from "./compiled-fleet.ts";
import { findFlips } from "./find-flips.ts";
import { placesFor } from "./rank-whole.ts";
import type { Viewer } from "./ranked-node.ts";
import type { RankedPlace } from "./ranked-place.ts";
import { scoreComponents } from "./score-components.ts";
import { standpointOf } from "./standpoint.ts";

export type RankingExplanation = Pick<Explanation, "failOpen" | "places" | "flips">;

export function explainRanking(fleet: CompiledFleet, viewer: Viewer): RankingExplanation {
  const places = placesFor(standpointOf(fleet, viewer)).slice(0, fleet.policy.maxExplained);
  const [first, second] = places;
  return {
    failOpen: fleet.failOpen,
    places: places.map(explainPlace),
    flips: first === undefined || second === undefined ? [] : findFlips(viewer, { first, second }),
  };
}

function explainPlace(place: RankedPlace, index: number): ExplainedPlace {
  const { standpoint, node, band, score, id, reason } = place;
  const judged = standpoint.fleet.nodes[node];
  if (judged === undefined) throw new RangeError(`No node ${node}`);
  return {
    place: index + 1,
    id,
    region: judged.region,
    state: judged.state,
    band: BANDS[band] ?? "gone",
    score,
    components: scoreComponents(standpoint, node),
    reason,
  };
}
