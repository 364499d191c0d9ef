/**
 * Finds the changes that, each alone, would put the second place first.
 *
 * Each lever (flip-levers.ts) offers values ever farther from the present one. The linear term of its
 * component says which should be enough; ranking the changed fleet says whether it is, because a change
 * also moves bands, bounds and the owners of a title.
 */
import type { Flip } from "../../contract/explanation.ts";
import { compileFleet } from "./compile-fleet.ts";
import { type FlipLever, flipLevers, type Rival } from "./flip-levers.ts";
import { firstPlaceFor } from "./rank-whole.ts";
import type { RankedNode, Viewer } from "./ranked-node.ts";
import { compareSpots, type RankedPlace } from "./ranked-place.ts";
import { standpointOf } from "./standpoint.ts";

export function findFlips(
  viewer: Viewer,
  { first, second }: { readonly first: RankedPlace; readonly second: RankedPlace },
): Flip[] {
  const { standpoint } = first;
  const { fleet } = standpoint;
  // As the ranking has counted them, and not as they were when the fleet was compiled.
  const nodes = fleet.nodes.map((node, at) => withViewers(node, fleet.viewers[at] ?? 0));
  const isSecondBefore = compareSpots(standpoint, second.node, first.node) < 0;
  const gap = first.score - second.score + (isSecondBefore ? 0 : 1);

  function putsSecondFirst({ change }: FlipLever, value: number): boolean {
    const { node, distances = fleet.distances, current = viewer.current } = change(value);
    const index = node === undefined ? undefined : fleet.membership.indexOf.get(node.id);
    const changed = node === undefined || index === undefined ? nodes : nodes.with(index, node);
    const other = compileFleet(changed, fleet.policy, { distances, previous: fleet });
    return firstPlaceFor(standpointOf(other, { ...viewer, current }))?.id === second.id;
  }

  const rivalOf = (place: RankedPlace): Rival => {
    const node = nodes[place.node];
    if (node === undefined) throw new RangeError(`No node ${place.node}`);
    return { place, node };
  };

  return flipLevers(rivalOf(first), rivalOf(second)).flatMap((lever) => {
    const value = leastEnough(lever, gap, (candidate) => putsSecondFirst(lever, candidate));
    if (value === undefined) return [];
    const { node, component, from } = lever;
    return [{ change: lever.words(value), node, component, from, to: value }];
  });
}

/** The nearest value that is enough; undefined if none is. */
function leastEnough(
  { values, gain }: FlipLever,
  gap: number,
  isEnough: (value: number) => boolean,
): number | undefined {
  const isEnoughAt = (at: number) => {
    const value = values[at];
    return value !== undefined && isEnough(value);
  };
  const predicted = values.findIndex((value) => gain(value) >= gap);
  if (predicted !== -1 && isEnoughAt(predicted)) {
    return predicted > 0 && isEnoughAt(predicted - 1)
      ? nearest({ below: -1, enough: predicted - 1 })
      : values[predicted];
  }
  const farthest = values.length - 1;
  return isEnoughAt(farthest) ? nearest({ below: predicted, enough: farthest }) : undefined;

  function nearest(range: { below: number; enough: number }): number | undefined {
    let { below, enough } = range;
    while (enough - below > 1) {
      const middle = (below + enough) >> 1;
      if (isEnoughAt(middle)) enough = middle;
      else below = middle;
    }
    return values[enough];
  }
}

function withViewers(node: RankedNode, viewers: number): RankedNode {
  return node.viewers === viewers ? node : { ...node, viewers };
}
