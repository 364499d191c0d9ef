/** Reads a fill for one client, and makes up for one that breaks before the client has got anything. */
import type { Fill } from "../fill/fill.ts";
import { FillBroken, type FillFailure } from "../fill/fill-failure.ts";
import type { FillHead } from "../fill/fill-head.ts";
import type { FillReader } from "../fill/fill-reader.ts";
import type { Edge, Exchange } from "./edge.ts";
import { sendFailure } from "./send-problem.ts";
import { serveStale } from "./serve-stored.ts";

export async function readFill(
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

export async function serveAfterFailure(
  edge: Edge,
  exchange: Exchange,
  failure: FillFailure,
): Promise<void> {
  const { request, response } = exchange;
  if (response.destroyed) return;
  const isRead = request.method === "GET" || request.method === "HEAD";
  const attempt = { trouble: "disconnected", isCollapsed: false } as const;
  if (isRead && (await serveStale(edge, exchange, attempt))) return;
  edge.meter.count("errors");
  const isStored = edge.tiers.peek(exchange.key) !== undefined;
  sendFailure(edge, exchange, failure, isStored ? "stale" : "uri-miss");
}
