/**
 * Asks for the slice that a client wants of an object that nobody knows, to find out by it what the
 * object is.
 */
import type { StoredMetadata } from "../core/stored-metadata.ts";
import { FillBroken, type FillFailure } from "../fill/fill-failure.ts";
import type { Edge, Exchange } from "./edge.ts";
import { readFill } from "./read-fill.ts";
import { conditionsOf } from "./request-fields.ts";
import { sendSliced } from "./send-sliced.ts";

/** @returns false where that is not the way to it, or it is none that comes in slices */
export async function exploreSlice(
  edge: Edge,
  exchange: Exchange,
  stored: StoredMetadata | undefined,
): Promise<boolean> {
  const { key, request } = exchange;
  const { range, ifRange } = conditionsOf(request);
  // A variant is asked for in its client's words, and a condition by itself.
  if (stored !== undefined || ifRange !== undefined || exchange.isOtherVariant) return false;
  const index = edge.slices.sliceToExplore(key, range);
  if (index === undefined) return false;
  const { fill, head, isCollapsed } = edge.slices.explore(key, index);
  let isServed = true;
  await readFill(edge, exchange, fill, async (_, { status, plan }) => {
    if (plan.action === "share") throw new FillBroken(REFUSED);
    const found = head();
    isServed = found !== undefined;
    if (found === undefined) return;
    edge.meter.count(isCollapsed ? "collapsed" : "misses");
    await sendSliced(edge, exchange, found, {
      kind: "forwarded",
      forwarded: "uri-miss",
      forwardedStatus: status,
      isStored: true,
      isCollapsed,
    });
  });
  return isServed;
}

const REFUSED: FillFailure = {
  source: "origin",
  kind: "broken",
  reason: "an error in place of a slice",
};
