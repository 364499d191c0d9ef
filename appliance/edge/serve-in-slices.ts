/** The whole of a large object has begun to arrive: from here on it is cut, and read in slices. */
import type { ForwardedHandling } from "../core/cache-status.ts";
import { isSliced } from "../core/slicing.ts";
import type { FillHead } from "../fill/fill-head.ts";
import type { FillReader } from "../fill/fill-reader.ts";
import type { SharedFill } from "../fill/fills.ts";
import type { Edge, Exchange } from "./edge.ts";
import { sendSliced } from "./send-sliced.ts";

export type WholeAnswer = SharedFill & {
  readonly reader: FillReader;
  readonly head: FillHead;
  readonly handling: ForwardedHandling;
};

export async function serveInSlices(edge: Edge, exchange: Exchange, whole: WholeAnswer) {
  const { fill, isCollapsed, reader, head, handling } = whole;
  const { metadata } = head;
  if (!isSliced(metadata)) throw new TypeError("An object is to be sliced and has no slicing");
  edge.slices.cut(metadata, fill);
  // Its place in what is held of the whole would hold the slices up.
  reader.leave();
  edge.meter.count(isCollapsed ? "collapsed" : "misses");
  await sendSliced(edge, exchange, metadata, { ...handling, isStored: true });
}
