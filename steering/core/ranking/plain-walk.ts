/**
 * Walks over nodes, best first, without looking at all of them: the regions come in the order of their
 * best nodes, and each is opened only when its turn has come.
 *
 * The order is that of bands and scores before the viewer was known. To a viewer who has nothing to do
 * with it a node can only be worse than that, so whoever has met enough nodes that are as good as they
 * seemed has met the best.
 */
import { orderOf, regionsIn } from "./outlook.ts";
import { compareSpots } from "./ranked-place.ts";
import { advance, nextItem, readShelves, type ShelfReader } from "./shelves.ts";
import { plainScoreFor, type Standpoint } from "./standpoint.ts";

export type PlainWalk = {
  readonly standpoint: Standpoint;
  /** A region that is left out, -1 for none. */
  readonly except: number;
  readonly regions: ShelfReader;
  readonly open: ShelfReader[];
};

export function walkPlain(standpoint: Standpoint, except: number): PlainWalk {
  const { fleet, outlook, titleSpot } = standpoint;
  const regions = readShelves(regionsIn(fleet, outlook), fleet.membership.regionSpots, titleSpot);
  return { standpoint, except, regions, open: [] };
}

/** The next node; undefined behind the last. */
export function nextNode(walk: PlainWalk): number | undefined {
  let best = bestReader(walk);
  for (;;) {
    const opened = openNextRegion(walk, best);
    if (opened === undefined) break;
    best = opened;
  }
  if (best === undefined) return undefined;
  const node = nextItem(best);
  advance(best);
  return node;
}

function bestReader({ standpoint, open }: PlainWalk): ShelfReader | undefined {
  let best: ShelfReader | undefined;
  let bestNode: number | undefined;
  for (const reader of open) {
    const node = nextItem(reader);
    if (node === undefined) continue;
    if (bestNode !== undefined && !isBefore(standpoint, node, bestNode)) continue;
    best = reader;
    bestNode = node;
  }
  return best;
}

/** Opens the next region if its best node comes before the best one that is open. */
function openNextRegion(walk: PlainWalk, best: ShelfReader | undefined): ShelfReader | undefined {
  const { standpoint, regions, open, except } = walk;
  const { fleet, titleSpot } = standpoint;
  if (nextItem(regions) === except) advance(regions);
  const region = nextItem(regions);
  if (region === undefined) return undefined;
  const order = orderOf(fleet, region);
  const bestNode = best && nextItem(best);
  if (bestNode !== undefined && !isBefore(standpoint, order.items[0] ?? 0, bestNode)) {
    return undefined;
  }
  advance(regions);
  const reader = readShelves(order, fleet.membership.spots, titleSpot);
  open.push(reader);
  return reader;
}

function isBefore(standpoint: Standpoint, a: number, b: number): boolean {
  const { bands } = standpoint.fleet;
  const order =
    (bands[a] ?? 0) - (bands[b] ?? 0) ||
    plainScoreFor(standpoint, b) - plainScoreFor(standpoint, a) ||
    compareSpots(standpoint, a, b);
  return order < 0;
}
