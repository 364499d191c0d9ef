/**
 * The life of a request at the edge, from top to bottom: what RAM holds is sent at once; else the core
 * is asked whether what is stored may be given out, and where it may not, the origin is asked.
 */
import { decideServing } from "../core/decide-serving.ts";
import type { Edge, Exchange } from "./edge.ts";
import { sendFromMemory } from "./send-stored.ts";
import { serveFromOrigin } from "./serve-from-origin.ts";
import { hitOf, serveStored } from "./serve-stored.ts";

export function serveRequest(edge: Edge, exchange: Exchange): void {
  edge.meter.begin(exchange.response);
  const inRam = edge.tiers.readRam(exchange.key);
  // Most requests end here, without a promise on their way.
  if (inRam !== undefined) {
    const { action, reason } = decideServing(inRam.metadata, edge.wallNow());
    if (action === "serve") {
      edge.meter.count("hits");
      sendFromMemory(edge, exchange, inRam, hitOf(edge, inRam.metadata, reason));
      return;
    }
  }
  serveFurther(edge, exchange).catch((error: unknown) => {
    exchange.response.destroy();
    edge.onUnforeseen(error);
  });
}

async function serveFurther(edge: Edge, exchange: Exchange): Promise<void> {
  const stored = edge.tiers.peek(exchange.key);
  const { action, reason } = decideServing(stored, edge.wallNow());
  switch (action) {
    case "serve":
    case "serve-and-revalidate": {
      const object = await edge.tiers.read(exchange.key);
      // The disk could not give what it had; it is as if nothing were stored.
      if (object === undefined) return serveFromOrigin(edge, exchange, undefined);
      if (action === "serve-and-revalidate") {
        edge.fills.revalidateBehind(exchange.key, object.metadata);
      }
      return serveStored(edge, exchange, object, reason);
    }
    case "revalidate":
    case "fetch":
      return serveFromOrigin(edge, exchange, stored);
  }
}
