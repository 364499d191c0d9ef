/**
 * The life of a request at the edge, from top to bottom: what RAM holds is sent at once; else the core
 * is asked whether what is stored may be given out, and where it may not, the origin is asked.
 */
import { decideServing } from "../core/decide-serving.ts";
import type { RequestDirectives } from "../core/request-directives.ts";
import { isWholeAnswer, type StoredMetadata } from "../core/stored-metadata.ts";
import { isPart } from "../core/stored-part.ts";
import { chooseVariant } from "../core/variant.ts";
import { FillBroken } from "../fill/fill-failure.ts";
import type { Edge, Exchange } from "./edge.ts";
import { serveAfterFailure } from "./read-fill.ts";
import { clientFieldsOf, directivesOf } from "./request-fields.ts";
import { refuseUncached } from "./send-problem.ts";
import { sendFromMemory } from "./send-stored.ts";
import { serveFromOrigin } from "./serve-from-origin.ts";
import { servePart } from "./serve-part.ts";
import { hitOf, serveStored, wholeAnswer } from "./serve-stored.ts";

export function serveRequest(edge: Edge, asked: Exchange): void {
  edge.meter.begin(asked.response);
  const directives = directivesOf(asked.request, edge.policy.clientDirectives);
  let exchange = asked;
  let inRam = edge.tiers.readRam(exchange.key);
  if (inRam?.metadata.variants !== undefined) {
    exchange = withVariant(asked, inRam.metadata);
    inRam = edge.tiers.readRam(exchange.key);
  }
  // Most requests end here, without a promise on their way.
  if (inRam !== undefined && isSentAtOnce(inRam.metadata)) {
    const { action, reason } = decideServing(inRam.metadata, edge.wallNow(), directives);
    if (action === "serve") {
      edge.meter.count("hits");
      sendFromMemory(edge, exchange, inRam, hitOf(edge, inRam.metadata, { reason, tier: "ram" }));
      edge.prefetcher.onServed(asked.key);
      return;
    }
  }
  serveFurther(edge, exchange, directives)
    // Not before: what is fetched ahead must not stand before what is waited for.
    .then(() => edge.prefetcher.onServed(asked.key))
    .catch((error: unknown) => serveAfterBreak(edge, exchange, directives, error))
    .catch((error: unknown) => {
      exchange.response.destroy();
      edge.onUnforeseen(error);
    });
}

/** Slices of what is stored could not be had: where they have changed, the object is asked for anew. */
async function serveAfterBreak(
  edge: Edge,
  exchange: Exchange,
  directives: RequestDirectives,
  error: unknown,
): Promise<void> {
  if (!(error instanceof FillBroken) || exchange.response.headersSent) throw error;
  const { failure } = error;
  if (failure.kind !== "wrong-slice") return serveAfterFailure(edge, exchange, failure);
  return serveFromOrigin(edge, exchange, { stored: undefined, directives });
}

async function serveFurther(
  edge: Edge,
  asked: Exchange,
  directives: RequestDirectives,
): Promise<void> {
  const known = edge.tiers.peek(asked.key);
  const exchange = withVariant(asked, known);
  const stored = exchange === asked ? known : edge.tiers.peek(exchange.key);
  const { action, reason } = decideServing(stored, edge.wallNow(), directives);
  const isServed = action === "serve" || action === "serve-and-revalidate";
  if (isServed && stored !== undefined && isPart(stored)) {
    if (await servePart(edge, exchange, stored, { directives, reason })) return;
  } else if (isServed) {
    const tier = edge.tiers.tierOf(exchange.key);
    const object = wholeAnswer(await edge.tiers.lend(exchange.key));
    if (object !== undefined) {
      if (action === "serve-and-revalidate") {
        const asker = { fields: clientFieldsOf(exchange.request) };
        edge.fills.revalidateBehind(exchange.key, object.metadata, asker);
      }
      return serveStored(edge, exchange, object, { reason, tier });
    }
    // The disk could not give what it had; it is as if nothing were stored.
    return serveFromOrigin(edge, exchange, { stored: undefined, directives });
  }
  if (directives.onlyIfCached) return refuseUncached(edge, exchange);
  return serveFromOrigin(edge, exchange, { stored, directives, isUnwanted: reason === "request" });
}

/** The exchange for the variant that this request selects, where there are variants. */
function withVariant(exchange: Exchange, stored: StoredMetadata | undefined): Exchange {
  if (stored?.variants === undefined) return exchange;
  const choice = chooseVariant(exchange.key, stored.variants, clientFieldsOf(exchange.request));
  return { ...exchange, key: choice.key, isOtherVariant: !choice.isListed };
}

function isSentAtOnce(metadata: StoredMetadata): boolean {
  return isWholeAnswer(metadata) && metadata.slicing === undefined;
}
