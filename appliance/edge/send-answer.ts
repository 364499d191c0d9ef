/**
 * Sends answers: from memory at once, from a file in pieces, and from a fill as its bytes come.
 */
import { formatCacheStatus, type Handling } from "../core/cache-status.ts";
import { staleForMs } from "../core/decide-serving.ts";
import { selectAnswer } from "../core/select-answer.ts";
import { ageMs, type StoredMetadata } from "../core/stored-metadata.ts";
import { RangeNotSatisfiable } from "../errors.ts";
import type { StoredObject } from "../store/cache-store.ts";
import {
  conditionsOf,
  drained,
  type Exchange,
  spanOf,
  writePassedHead,
  writeProblem,
  writeSelectedHead,
} from "./answer.ts";
import { FillBroken, type FillHead, type FillReader } from "./fill.ts";
import type { Fills } from "./fills.ts";
import type { Tiers } from "./tiers.ts";
import type { TrafficMeter } from "./traffic-meter.ts";

export type Edge = {
  readonly id: string;
  readonly via: string;
  readonly tiers: Tiers;
  readonly fills: Fills;
  readonly meter: TrafficMeter;
  readonly wallNow: () => number;
  readonly onUnforeseen: (error: unknown) => void;
};

export async function sendStored(
  edge: Edge,
  exchange: Exchange,
  object: StoredObject,
  reason: string,
): Promise<void> {
  if (object.body.kind === "memory") {
    sendFromMemory(edge, exchange, object.metadata, object.body.bytes, reason);
    return;
  }
  edge.meter.count("hits");
  await sendObject(edge, exchange, object, hitOf(object.metadata, reason, edge.wallNow()));
}

export function sendFromMemory(
  edge: Edge,
  exchange: Exchange,
  metadata: StoredMetadata,
  bytes: Buffer,
  reason: string,
): void {
  edge.meter.count("hits");
  sendBytes(edge, exchange, metadata, bytes, hitOf(metadata, reason, edge.wallNow()));
}

export async function sendObject(
  edge: Edge,
  exchange: Exchange,
  { metadata, body }: StoredObject,
  handling: Handling,
): Promise<void> {
  if (body.kind === "memory") {
    sendBytes(edge, exchange, metadata, body.bytes, handling);
    return;
  }
  const { request, response } = exchange;
  try {
    const selection = selectAnswer(conditionsOf(request), metadata);
    if (selection.kind === "unsatisfiable") {
      refuseRange(exchange, metadata.sizeBytes);
      return;
    }
    writeSelectedHead(response, storedHead(edge, metadata, handling), selection);
    if (selection.kind !== "not-modified" && request.method !== "HEAD") {
      const { first, end } = spanOf(selection, metadata.sizeBytes);
      for await (const piece of body.read(first, end - 1)) {
        if (response.destroyed) return;
        edge.meter.sent(piece.length);
        if (!response.write(piece)) await drained(response);
      }
    }
    response.end();
  } finally {
    body.release();
  }
}

/** Sends a body while it is arriving, at this client's own pace. */
export async function sendFilling(
  edge: Edge,
  exchange: Exchange,
  reader: FillReader,
  head: FillHead,
  how: { readonly stored: StoredMetadata | undefined; readonly isCollapsed: boolean },
): Promise<void> {
  const { request, response } = exchange;
  const { status } = head.answer;
  const stored = edge.fills.describe(reader.fill.key, head);
  const selection = selectAnswer(conditionsOf(request), { ...stored, sizeBytes: head.sizeBytes });
  if (selection.kind === "unsatisfiable") {
    reader.isSatisfied = true;
    refuseRange(exchange, head.sizeBytes ?? 0);
    return;
  }
  const handling: Handling = {
    kind: "forwarded",
    forwarded: how.stored === undefined ? "uri-miss" : "stale",
    forwardedStatus: status,
    isStored: head.plan.reason === "storable" && reader.fill.isKept,
    isCollapsed: how.isCollapsed,
  };
  const answerHead = { ...storedHead(edge, stored, handling), sizeBytes: head.sizeBytes };
  const isBodiless = selection.kind === "not-modified" || request.method === "HEAD";
  const span = isBodiless ? { first: 0, end: 0 } : spanOf(selection, head.sizeBytes);
  reader.cursor = span.first;
  await sendPieces(edge, exchange, reader, span.end, () => {
    edge.meter.count(how.isCollapsed ? "collapsed" : status >= 500 ? "errors" : "misses");
    writeSelectedHead(response, answerHead, selection);
  });
}

export async function sendPassing(
  edge: Edge,
  exchange: Exchange,
  reader: FillReader,
  head: FillHead,
  forwarded: "uri-miss" | "bypass",
): Promise<void> {
  const { status } = head.answer;
  const passed = edge.fills.describe(reader.fill.key, head);
  const handling: Handling = {
    kind: "forwarded",
    forwarded,
    forwardedStatus: status,
    detail: head.plan.reason,
  };
  const isBodiless = exchange.request.method === "HEAD" || status === 304 || status === 204;
  await sendPieces(
    edge,
    exchange,
    reader,
    isBodiless ? 0 : (head.sizeBytes ?? Number.POSITIVE_INFINITY),
    () =>
      writePassedHead(exchange.response, {
        ...storedHead(edge, passed, handling),
        sizeBytes: head.sizeBytes,
      }),
  );
}

function sendBytes(
  edge: Edge,
  exchange: Exchange,
  metadata: StoredMetadata,
  bytes: Buffer,
  handling: Handling,
): void {
  const { request, response } = exchange;
  const selection = selectAnswer(conditionsOf(request), metadata);
  if (selection.kind === "unsatisfiable") {
    refuseRange(exchange, metadata.sizeBytes);
    return;
  }
  writeSelectedHead(response, storedHead(edge, metadata, handling), selection);
  if (selection.kind === "not-modified" || request.method === "HEAD") {
    response.end();
    return;
  }
  const { first, end } = spanOf(selection, bytes.length);
  const part = selection.kind === "whole" ? bytes : bytes.subarray(first, end);
  edge.meter.sent(part.length);
  response.end(part);
}

/**
 * Sends what the reader gives, the head with the first piece: a client that has got nothing yet can
 * still be told of the failure, which is thrown. One that has got something is cut off, so that it cannot take a part
 * for the whole.
 */
async function sendPieces(
  edge: Edge,
  exchange: Exchange,
  reader: FillReader,
  end: number,
  writeHead: () => void,
): Promise<void> {
  const { response } = exchange;
  try {
    for (;;) {
      const piece = await reader.next(end);
      if (response.destroyed) return;
      if (!response.headersSent) writeHead();
      if (piece === undefined) break;
      edge.meter.sent(piece.length);
      if (!response.write(piece)) await drained(response);
    }
    response.end();
  } catch (error) {
    if (!response.headersSent || !(error instanceof FillBroken)) throw error;
    response.destroy();
  }
}

function storedHead(edge: Edge, metadata: StoredMetadata, handling: Handling) {
  return {
    status: metadata.status,
    fields: metadata.fields,
    sizeBytes: metadata.sizeBytes,
    ageMs: ageMs(metadata, edge.wallNow()),
    cacheStatus: formatCacheStatus(edge.id, handling),
    via: edge.via,
  };
}

function hitOf(metadata: StoredMetadata, reason: string, nowWallMs: number): Handling {
  const ttlSeconds = Math.floor(-staleForMs(metadata, nowWallMs) / 1000);
  return { kind: "hit", ttlSeconds, detail: reason };
}

function refuseRange({ response }: Exchange, sizeBytes: number): void {
  writeProblem(response, new RangeNotSatisfiable(sizeBytes), [
    "content-range",
    `bytes */${sizeBytes}`,
  ]);
}
