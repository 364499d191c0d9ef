/** Serves what is stored: because it is fresh, or because the origin's trouble permits what is stale. */
import type { Handling } from "../core/cache-status.ts";
import { decideAfterFailure, type OriginTrouble, staleForMs } from "../core/decide-serving.ts";
import type { StoredMetadata } from "../core/stored-metadata.ts";
import type { StoredObject } from "../store/cache-store.ts";
import type { Edge, Exchange } from "./edge.ts";
import { sendStored } from "./send-stored.ts";

export async function serveStored(
  edge: Edge,
  exchange: Exchange,
  object: StoredObject,
  reason: string,
): Promise<void> {
  edge.meter.count("hits");
  await sendStored(edge, exchange, object, hitOf(edge, object.metadata, reason));
}

/** Serves what is stale in place of an answer of the origin; false where nothing suits. */
export async function serveStale(
  edge: Edge,
  exchange: Exchange,
  trouble: OriginTrouble,
): Promise<boolean> {
  const stored = edge.tiers.peek(exchange.key);
  const { action, reason } = decideAfterFailure(stored, trouble, edge.wallNow());
  if (action === "fail") return false;
  const object = await edge.tiers.read(exchange.key);
  if (object === undefined) return false;
  await serveStored(edge, exchange, object, reason);
  return true;
}

export function hitOf(edge: Edge, metadata: StoredMetadata, reason: string): Handling {
  const ttlSeconds = Math.floor(-staleForMs(metadata, edge.wallNow()) / 1000);
  return { kind: "hit", ttlSeconds, detail: reason };
}
