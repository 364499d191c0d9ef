/**
 * Serves what the origin must be asked for: from a fetch that all who want it share, or from one of
 * the request's own; and where the origin fails, from what is stale, as far as that may be.
 */
import type { ForwardedHandling, ForwardReason } from "../core/cache-status.ts";
import { decideForwarding } from "../core/decide-forwarding.ts";
import { decidePassing } from "../core/decide-passing.ts";
import { decideRanging } from "../core/decide-ranging.ts";
import { forwardedRequestFields } from "../core/origin-request.ts";
import type { RequestDirectives } from "../core/request-directives.ts";
import { selectAnswer, spanOf } from "../core/select-answer.ts";
import type { StoredMetadata } from "../core/stored-metadata.ts";
import { targetOf, variantKey, varyNamesOf } from "../core/variant.ts";
import type { FillHead } from "../fill/fill-head.ts";
import type { FillReader } from "../fill/fill-reader.ts";
import type { SharedFill } from "../fill/fills.ts";
import type { Edge, Exchange } from "./edge.ts";
import { exploreSlice } from "./explore-slice.ts";
import { readFill } from "./read-fill.ts";
import { clientFieldsOf, conditionsOf } from "./request-fields.ts";
import { type FillSending, sendFill, sendForwarded } from "./send-fill.ts";
import { askerOf } from "./send-interim.ts";
import { sendBraked } from "./send-problem.ts";
import { sendStored } from "./send-stored.ts";
import { serveInSlices } from "./serve-in-slices.ts";
import { serveStale, wholeAnswer } from "./serve-stored.ts";

export type OriginTerms = {
  /** What is stored, and may not be given out before the origin was asked. */
  readonly stored: StoredMetadata | undefined;
  readonly directives: RequestDirectives;
  /** What is stored is fresh, but not what the client wants. */
  readonly isUnwanted?: boolean;
};

type Alone = { readonly reason: string; readonly forwarded: ForwardReason };

export async function serveFromOrigin(
  edge: Edge,
  exchange: Exchange,
  terms: OriginTerms,
): Promise<void> {
  const { key, request } = exchange;
  const isBeingFetched = edge.fills.isFetching(key);
  const decision = decideForwarding({
    method: request.method ?? "",
    hasAuthorization: request.headers.authorization !== undefined,
    isNoStore: terms.directives.noStore,
    isBeingFetched,
    recentRefusal: edge.fills.recentRefusal(key),
  });
  const forwarded = reasonToForward(exchange, terms);
  if (decision.action === "alone") {
    const isMiss = decision.forwarded === "miss";
    const alone = { reason: decision.reason, forwarded: isMiss ? forwarded : decision.forwarded };
    return serveAlone(edge, exchange, alone, terms.stored);
  }
  const brakedForMs = isBeingFetched ? 0 : edge.fills.brakedForMs(key);
  if (brakedForMs > 0) return serveBraked(edge, exchange, brakedForMs);
  const asker = askerOf(exchange);
  const { range, ifRange } = conditionsOf(request);
  const isKnown = terms.stored !== undefined && terms.stored.part === undefined;
  if (!isBeingFetched && !isKnown && range !== undefined) {
    if (await exploreSlice(edge, exchange, terms.stored)) return;
    if (decideRanging(range, edge.policy).action === "fetch-part") {
      const shared = edge.fills.sharePart({ key, range, ifRange, asker });
      return serveShared(edge, exchange, shared, forwarded);
    }
  }
  const validated = isKnown ? terms.stored : undefined;
  return serveShared(edge, exchange, edge.fills.share(key, validated, asker), forwarded);
}

/** Answers from a fetch that everybody who asks for the object shares. */
export async function serveShared(
  edge: Edge,
  exchange: Exchange,
  shared: SharedFill,
  forwarded: ForwardReason,
): Promise<void> {
  await readFill(edge, exchange, shared.fill, (reader, head) =>
    serveSharedAnswer(edge, exchange, { shared, reader, head, forwarded }),
  );
}

export type SharedAnswer = {
  readonly shared: SharedFill;
  readonly reader: FillReader;
  readonly head: FillHead;
  readonly forwarded: ForwardReason;
};

export async function serveSharedAnswer(
  edge: Edge,
  exchange: Exchange,
  { shared, reader, head, forwarded }: SharedAnswer,
): Promise<void> {
  const { fill, isCollapsed } = shared;
  const { status, plan } = head;
  const ownKey = ownKeyOf(exchange, head);
  if (!reader.isFirst && ownKey !== head.metadata.key && plan.action !== "share") {
    reader.leave();
    return serveOtherVariant(edge, exchange, ownKey);
  }
  const handling: ForwardedHandling = {
    kind: "forwarded",
    forwarded,
    forwardedStatus: status,
    isStored: plan.action === "store" && fill.isWhole,
    isCollapsed,
  };
  switch (plan.action) {
    case "unchanged":
      return serveUnchanged(edge, exchange, { ...handling, detail: "revalidated" });
    case "slice":
      return serveInSlices(edge, exchange, { fill, isCollapsed, reader, head, handling });
    case "store": {
      const outcome = isCollapsed ? "collapsed" : "misses";
      return sendShared(edge, exchange, { reader, head, handling, outcome });
    }
    case "share": {
      const attempt = { trouble: "error", forwardedStatus: status, isCollapsed } as const;
      if (await serveStale(edge, exchange, attempt)) return;
      const outcome = isCollapsed ? "collapsed" : "errors";
      return sendShared(edge, exchange, { reader, head, handling, outcome });
    }
    case "pass": {
      const { reason } = plan;
      if (!maySuit(edge, exchange, reader, head)) {
        reader.leave();
        return serveAlone(edge, exchange, { reason, forwarded }, undefined);
      }
      const passed = { ...handling, detail: reason };
      return sendShared(edge, exchange, { reader, head, handling: passed, outcome: "passed" });
    }
  }
}

/** A part goes out as it came, since all who share it asked for the same. */
function sendShared(edge: Edge, exchange: Exchange, sending: FillSending): Promise<void> {
  return sending.head.status === 206
    ? sendForwarded(edge, exchange, sending)
    : sendFill(edge, exchange, sending);
}

/** Forwards the request as it stands, for an answer that is this client's alone. */
export async function serveAlone(
  edge: Edge,
  exchange: Exchange,
  { reason, forwarded }: Alone,
  stored: StoredMetadata | undefined,
  body?: Buffer,
): Promise<void> {
  const { key, request } = exchange;
  const method = request.method ?? "GET";
  const { onInterim } = askerOf(exchange);
  const fields = forwardedRequestFields(clientFieldsOf(request));
  const { host } = request.headers;
  const forwardedRequest = { method, fields, body, host };
  const fill = edge.fills.forward(key, forwardedRequest, { reason, stored, onInterim });
  await readFill(edge, exchange, fill, (reader, head) => {
    const handling: ForwardedHandling = {
      kind: "forwarded",
      forwarded,
      forwardedStatus: head.status,
      isStored: head.plan.action === "store",
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
  const object = wholeAnswer(await edge.tiers.read(exchange.key));
  // It was forgotten in the meantime; ask for it unconditionally.
  if (object === undefined) {
    const shared = edge.fills.share(exchange.key, undefined, askerOf(exchange));
    return serveShared(edge, exchange, shared, handling.forwarded);
  }
  edge.meter.count(handling.isCollapsed ? "collapsed" : "hits");
  await sendStored(edge, exchange, object, handling);
}

/** The fetch that this request joined turned out to be for another variant than its own. */
function serveOtherVariant(
  edge: Edge,
  exchange: Exchange,
  ownKey: string | undefined,
): Promise<void> {
  const isNew = ownKey !== undefined && ownKey !== exchange.key;
  if (!isNew) {
    const alone = { reason: "vary", forwarded: "vary-miss" } as const;
    return serveAlone(edge, exchange, alone, undefined);
  }
  const shared = edge.fills.share(ownKey, edge.tiers.peek(ownKey), askerOf(exchange));
  return serveShared(edge, { ...exchange, key: ownKey }, shared, "vary-miss");
}

/** The origin wants to be left alone: what is stale takes its place, or nothing (RFC 9110 §10.2.3). */
async function serveBraked(edge: Edge, exchange: Exchange, brakedForMs: number): Promise<void> {
  const attempt = { trouble: "error", isCollapsed: false } as const;
  if (await serveStale(edge, exchange, attempt)) return;
  edge.meter.count("errors");
  sendBraked(edge, exchange, brakedForMs);
}

/** Why the cache could not answer, in the words of RFC 9211 §2.2. */
function reasonToForward(
  { isOtherVariant }: Exchange,
  { stored, isUnwanted }: OriginTerms,
): ForwardReason {
  if (stored === undefined) return isOtherVariant ? "vary-miss" : "uri-miss";
  if (isUnwanted) return "request";
  return stored.part === undefined ? "stale" : "partial";
}

/** Under which name this request would find the answer that has come for another one. */
function ownKeyOf({ key, request }: Exchange, { metadata }: FillHead): string | undefined {
  const names = varyNamesOf(metadata.fields);
  if (names === "anything") return metadata.key;
  if (names.length === 0) return metadata.key;
  return variantKey(targetOf(key), names, clientFieldsOf(request));
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
