/**
 * Serves what the origin must be asked for: from a fetch that all who want it share, or from one of
 * the request's own; and where the origin fails, from what is stale, as far as that may be.
 */
import type { ForwardedHandling } from "../core/cache-status.ts";
import { decideForwarding } from "../core/decide-forwarding.ts";
import { decidePassing } from "../core/decide-passing.ts";
import { selectAnswer, spanOf } from "../core/select-answer.ts";
import type { StoredMetadata } from "../core/stored-metadata.ts";
import type { Fill } from "../fill/fill.ts";
import { FillBroken, type FillFailure } from "../fill/fill-failure.ts";
import type { FillHead } from "../fill/fill-head.ts";
import type { FillReader } from "../fill/fill-reader.ts";
import type { Edge, Exchange } from "./edge.ts";
import { conditionsOf, forwardedFieldsOf } from "./request-fields.ts";
import { sendFill, sendForwarded } from "./send-fill.ts";
import { sendFailure } from "./send-problem.ts";
import { sendStored } from "./send-stored.ts";
import { serveStale } from "./serve-stored.ts";

type Alone = { readonly reason: string; readonly forwarded: "bypass" | "uri-miss" };

/** @param stored what is stored, and may not be given out before the origin was asked. */
export async function serveFromOrigin(
  edge: Edge,
  exchange: Exchange,
  stored: StoredMetadata | undefined,
): Promise<void> {
  const { key, request } = exchange;
  const decision = decideForwarding({
    method: request.method ?? "",
    hasAuthorization: request.headers.authorization !== undefined,
    isBeingFetched: edge.fills.isFetching(key),
    recentRefusal: edge.fills.recentRefusal(key),
  });
  if (decision.action === "alone") return serveAlone(edge, exchange, decision);
  return serveShared(edge, exchange, stored);
}

/** Answers from a fetch that everybody who asks for the object shares. */
async function serveShared(
  edge: Edge,
  exchange: Exchange,
  stored: StoredMetadata | undefined,
): Promise<void> {
  const { fill, isCollapsed } = edge.fills.share(exchange.key, stored);
  await withReader(edge, exchange, fill, async (reader, head) => {
    const { status, plan } = head;
    const handling: ForwardedHandling = {
      kind: "forwarded",
      forwarded: stored === undefined ? "uri-miss" : "stale",
      forwardedStatus: status,
      isStored: plan.action === "store" && fill.isWhole,
      isCollapsed,
    };
    switch (plan.action) {
      case "unchanged":
        return serveUnchanged(edge, exchange, { ...handling, detail: "revalidated" });
      case "store": {
        const outcome = isCollapsed ? "collapsed" : "misses";
        return sendFill(edge, exchange, { reader, head, handling, outcome });
      }
      case "share": {
        if (await serveStale(edge, exchange, "error")) return;
        const outcome = isCollapsed ? "collapsed" : "errors";
        return sendFill(edge, exchange, { reader, head, handling, outcome });
      }
      case "pass": {
        const { reason } = plan;
        if (!maySuit(edge, exchange, reader, head)) {
          reader.leave();
          return serveAlone(edge, exchange, { reason, forwarded: "uri-miss" });
        }
        const passed = { ...handling, detail: reason };
        return sendFill(edge, exchange, { reader, head, handling: passed, outcome: "passed" });
      }
    }
  });
}

/** Forwards the request as it stands, for an answer that is this client's alone. */
async function serveAlone(
  edge: Edge,
  exchange: Exchange,
  { reason, forwarded }: Alone,
): Promise<void> {
  const { key, request } = exchange;
  const method = request.method === "HEAD" ? "HEAD" : "GET";
  const fill = edge.fills.forward(key, { method, fields: forwardedFieldsOf(request) }, reason);
  await withReader(edge, exchange, fill, (reader, head) => {
    const handling: ForwardedHandling = {
      kind: "forwarded",
      forwarded,
      forwardedStatus: head.status,
      detail: reason,
    };
    return sendForwarded(edge, exchange, { reader, head, handling, outcome: "passed" });
  });
}

/** The origin said that what is stored is still right. */
async function serveUnchanged(
  edge: Edge,
  exchange: Exchange,
  handling: ForwardedHandling,
): Promise<void> {
  const object = await edge.tiers.read(exchange.key);
  // It was forgotten in the meantime; ask for it unconditionally.
  if (object === undefined) return serveShared(edge, exchange, undefined);
  edge.meter.count(handling.isCollapsed ? "collapsed" : "hits");
  await sendStored(edge, exchange, object, handling);
}

/** Reads a fill for this client. One that breaks before the client has got anything is made up for. */
async function withReader(
  edge: Edge,
  exchange: Exchange,
  fill: Fill,
  use: (reader: FillReader, head: FillHead) => Promise<void>,
): Promise<void> {
  const reader = fill.openReader();
  exchange.response.once("close", () => reader.leave());
  try {
    await use(reader, await reader.head());
  } catch (error) {
    if (!(error instanceof FillBroken)) throw error;
    await serveAfterFailure(edge, exchange, error.failure);
  } finally {
    reader.leave();
  }
}

async function serveAfterFailure(
  edge: Edge,
  exchange: Exchange,
  failure: FillFailure,
): Promise<void> {
  if (exchange.response.destroyed || (await serveStale(edge, exchange, "disconnected"))) return;
  edge.meter.count("errors");
  const isStored = edge.tiers.peek(exchange.key) !== undefined;
  sendFailure(edge, exchange, failure, isStored ? "stale" : "uri-miss");
}

/** May an answer that may not be stored, and that was asked for anonymously, go to this client? */
function maySuit(
  edge: Edge,
  { request }: Exchange,
  { isFirst }: FillReader,
  { metadata, sizeBytes }: FillHead,
): boolean {
  const selection = selectAnswer(conditionsOf(request), { ...metadata, sizeBytes });
  const question = {
    isFirst,
    hasCookie: request.headers.cookie !== undefined,
    skippedBytes: spanOf(selection, sizeBytes).first,
  };
  return decidePassing(question, edge.policy).action === "hand-over";
}
