/** Ranks the nodes for a viewer, and gives of each what a session needs to know. */
import type { Viewer } from "../core/ranking/ranked-node.ts";
import type { PathwayNode } from "../core/session/joined-pathways.ts";
import { pathwayOf } from "./fleet-node.ts";
import type { Fleet } from "./keep-fleet.ts";
import type { ViewerPlacing } from "./place-viewers.ts";

export type RankingFleet = {
  readonly fleet: Pick<Fleet, "node">;
  readonly placing: Pick<ViewerPlacing, "rank">;
};

/** @returns best first, without those that have been forgotten since they were ranked. */
export function rankNodes(
  viewer: Viewer,
  { fleet, placing }: RankingFleet,
): readonly PathwayNode[] {
  const ranked: PathwayNode[] = [];
  for (const { id } of placing.rank(viewer).places) {
    const node = fleet.node(id);
    if (node !== undefined) ranked.push(pathwayOf(node));
  }
  return ranked;
}
