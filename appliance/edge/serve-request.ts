/**
 * The life of a request at the edge: look in RAM, look on disk, ask the core, and answer from what
 * is stored, from a fill that is under way, or from one of its own.
 */
import { formatCacheStatus } from "../core/cache-status.ts";
import { decideAfterFailure, decideServing } from "../core/decide-serving.ts";
import { bypassReasonOf } from "../core/decide-storing.ts";
import { forwardedRequestFields, type HeaderFields } from "../core/response-headers.ts";
import type { StoredMetadata } from "../core/stored-metadata.ts";
import { OriginFailed, OriginTimeout, TooBusy } from "../errors.ts";
import type { StoredObject } from "../store/cache-store.ts";
import { type Exchange, writeProblem } from "./answer.ts";
import { type Fill, FillBroken, type FillFailure, type FillReader } from "./fill.ts";
import {
  type Edge,
  sendFilling,
  sendFromMemory,
  sendObject,
  sendPassing,
  sendStored,
} from "./send-answer.ts";

export function serveRequest(edge: Edge, exchange: Exchange): void {
  edge.meter.begin(exchange.response);
  const object = edge.tiers.readRam(exchange.key);
  // Most requests end here, without a promise on their way.
  if (object !== undefined) {
    const { action, reason } = decideServing(object.metadata, edge.wallNow());
    if (action === "serve") {
      sendFromMemory(edge, exchange, object.metadata, object.body.bytes, reason);
      return;
    }
  }
  serveSlowly(edge, exchange, object).catch((error: unknown) => {
    exchange.response.destroy();
    edge.onUnforeseen(error);
  });
}

async function serveSlowly(
  edge: Edge,
  exchange: Exchange,
  inRam: StoredObject | undefined,
): Promise<void> {
  const { key, request } = exchange;
  const metadata = inRam?.metadata ?? edge.tiers.peekDisk(key);
  const decision = decideServing(metadata, edge.wallNow());
  switch (decision.action) {
    case "serve":
    case "serve-and-revalidate": {
      const object = inRam ?? (await edge.tiers.readDisk(key));
      // The disk could not give what it had; it is as if nothing were stored.
      if (object === undefined) return serveByFill(edge, exchange, undefined);
      if (decision.action === "serve-and-revalidate" && edge.fills.find(key) === undefined) {
        edge.fills.start(key, object.metadata, true);
      }
      return sendStored(edge, exchange, object, decision.reason);
    }
    case "revalidate":
    case "fetch": {
      const bypass = bypassReasonOf({
        method: request.method ?? "",
        hasAuthorization: request.headers.authorization !== undefined,
      });
      if (bypass === "authorization") return servePassed(edge, exchange, bypass);
      if (bypass === "method" && edge.fills.find(key) === undefined) {
        return servePassed(edge, exchange, bypass);
      }
      return serveByFill(edge, exchange, metadata);
    }
  }
}

async function serveByFill(
  edge: Edge,
  exchange: Exchange,
  stored: StoredMetadata | undefined,
): Promise<void> {
  const running = edge.fills.find(exchange.key);
  const fill = running ?? edge.fills.start(exchange.key, stored, false);
  const isCollapsed = running !== undefined;
  const reader = openReaderFor(exchange, fill);
  try {
    const arrival = await reader.arrival();
    if (arrival.kind === "failed") return await serveAfterFailure(edge, exchange, arrival.failure);
    const { head } = arrival;
    switch (head.plan.kind) {
      case "unchanged":
        return await serveRevalidated(edge, exchange, isCollapsed);
      case "keep":
        if (head.answer.status >= 500 && (await serveStale(edge, exchange))) return;
        return await sendFilling(edge, exchange, reader, head, { stored, isCollapsed });
      case "pass":
        if (!reader.isFirst || isPersonal(exchange.request.headers)) {
          reader.leave();
          return await servePassed(edge, exchange, head.plan.reason);
        }
        edge.meter.count("passed");
        return await sendPassing(edge, exchange, reader, head, "uri-miss");
    }
  } catch (error) {
    if (!(error instanceof FillBroken)) throw error;
    await serveAfterFailure(edge, exchange, error.failure);
  } finally {
    reader.leave();
  }
}

/** Forwards the request as it stands, for an answer that is this client's alone. */
async function servePassed(edge: Edge, exchange: Exchange, reason: string): Promise<void> {
  const { request, key } = exchange;
  const method = request.method === "HEAD" ? "HEAD" : "GET";
  const fields = forwardedRequestFields(plainFields(request.headers));
  const reader = openReaderFor(exchange, edge.fills.pass(key, { method, fields }, reason));
  try {
    const arrival = await reader.arrival();
    if (arrival.kind === "failed") return await serveAfterFailure(edge, exchange, arrival.failure);
    edge.meter.count("passed");
    const forwarded = reason === "method" || reason === "authorization" ? "bypass" : "uri-miss";
    await sendPassing(edge, exchange, reader, arrival.head, forwarded);
  } catch (error) {
    if (!(error instanceof FillBroken)) throw error;
    await serveAfterFailure(edge, exchange, error.failure);
  } finally {
    reader.leave();
  }
}

/** The origin said that what is stored is still right. */
async function serveRevalidated(
  edge: Edge,
  exchange: Exchange,
  isCollapsed: boolean,
): Promise<void> {
  const object = edge.tiers.readRam(exchange.key) ?? (await edge.tiers.readDisk(exchange.key));
  // It was forgotten in the meantime; ask for it unconditionally.
  if (object === undefined) return serveByFill(edge, exchange, undefined);
  edge.meter.count(isCollapsed ? "collapsed" : "hits");
  await sendObject(edge, exchange, object, {
    kind: "forwarded",
    forwarded: "stale",
    forwardedStatus: 304,
    isCollapsed,
    detail: "revalidated",
  });
}

async function serveAfterFailure(
  edge: Edge,
  exchange: Exchange,
  failure: FillFailure,
): Promise<void> {
  if (exchange.response.destroyed || (await serveStale(edge, exchange))) return;
  edge.meter.count("errors");
  const retryAfter = failure.kind === "busy" ? ["retry-after", "1"] : [];
  const cacheStatus = formatCacheStatus(edge.id, {
    kind: "forwarded",
    forwarded: "uri-miss",
    detail: failure.kind,
  });
  writeProblem(exchange.response, errorOf(failure), ["cache-status", cacheStatus, ...retryAfter]);
}

/** Answers with what is stale if the origin's failure permits it; false where nothing suits. */
async function serveStale(edge: Edge, exchange: Exchange): Promise<boolean> {
  const { key } = exchange;
  const inRam = edge.tiers.readRam(key);
  const metadata = inRam?.metadata ?? edge.tiers.peekDisk(key);
  const { action, reason } = decideAfterFailure(metadata, edge.wallNow());
  if (action === "fail") return false;
  const object = inRam ?? (await edge.tiers.readDisk(key));
  if (object === undefined) return false;
  await sendStored(edge, exchange, object, reason);
  return true;
}

function openReaderFor({ response }: Exchange, fill: Fill): FillReader {
  const reader = fill.openReader();
  response.once("close", () => reader.leave());
  return reader;
}

function errorOf(failure: FillFailure) {
  switch (failure.kind) {
    case "busy":
    case "aborted":
      return new TooBusy();
    case "timeout":
    case "too-slow":
      return new OriginTimeout(failure.reason);
    case "unreachable":
    case "broken":
    case "wrong-length":
    case "wrong-digest":
      return new OriginFailed(failure.reason);
  }
}

/** A request whose own fields bear on the answer gets none that was asked for without them. */
function isPersonal(headers: Exchange["request"]["headers"]): boolean {
  return (
    headers.cookie !== undefined ||
    headers.range !== undefined ||
    headers["if-none-match"] !== undefined ||
    headers["if-modified-since"] !== undefined
  );
}

function plainFields(headers: Exchange["request"]["headers"]): HeaderFields {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
    ),
  );
}
