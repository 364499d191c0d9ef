/** Serves what is stored: because it is fresh, or because the origin's trouble permits what is stale. */
import type { ForwardedHandling, Handling } from "../core/cache-status.ts";
import { decideAfterFailure, type OriginTrouble, staleForMs } from "../core/decide-serving.ts";
import { isWholeAnswer, type StoredMetadata } from "../core/stored-metadata.ts";
import type { LentObject, StoredObject } from "../store/cache-store.ts";
import type { Edge, Exchange } from "./edge.ts";
import { sendStored } from "./send-stored.ts";

export async function serveStored(
  edge: Edge,
  exchange: Exchange,
  object: StoredObject | LentObject,
  hit: Hit,
): Promise<void> {
  edge.meter.count("hits");
  await sendStored(edge, exchange, object, hitOf(edge, object.metadata, hit));
}

/** How the origin was asked before what is stale is given out. */
export type FailedAttempt = {
  readonly trouble: OriginTrouble;
  readonly forwardedStatus?: number;
  readonly isCollapsed: boolean;
};

/** Serves what is stale in place of an answer of the origin; false where nothing suits. */
export async function serveStale(
  edge: Edge,
  exchange: Exchange,
  { trouble, ...attempt }: FailedAttempt,
): Promise<boolean> {
  const stored = edge.tiers.peek(exchange.key);
  const { action, reason } = decideAfterFailure(stored, trouble, edge.wallNow());
  if (action === "fail") return false;
  // Nobody else is left to ask.
  const object = wholeAnswer(await edge.tiers.readPatiently(exchange.key));
  if (object === undefined) return false;
  edge.meter.count("hits");
  const handling: ForwardedHandling = {
    kind: "forwarded",
    // It was forwarded, though what is stored was given in the end (RFC 9211 §2.2).
    forwarded: "stale",
    ...attempt,
    ttlSeconds: ttlSecondsOf(edge, object.metadata),
    detail: reason,
  };
  await sendStored(edge, exchange, object, handling);
  return true;
}

/** Why what is stored is given out, and where it was found. */
export type Hit = { readonly reason: string; readonly tier: "ram" | "disk" };

/** What was read, if it answers by itself: another kind of object may have taken its place meanwhile. */
export function wholeAnswer<Kind extends StoredObject | LentObject>(
  object: Kind | undefined,
): Kind | undefined {
  if (object === undefined || isWholeAnswer(object.metadata)) return object;
  if (object.kind !== "memory") object.release();
  return undefined;
}

export function hitOf(edge: Edge, metadata: StoredMetadata, { reason, tier }: Hit): Handling {
  return { kind: "hit", ttlSeconds: ttlSecondsOf(edge, metadata), detail: reason, tier };
}

function ttlSecondsOf(edge: Edge, metadata: StoredMetadata): number {
  return Math.floor(-staleForMs(metadata, edge.wallNow()) / 1000);
}
