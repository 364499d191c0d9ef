/**
 * Serves a request for an object of which a part is stored: from the part where that suffices, else by
 * asking the origin for what is missing and sending both as one.
 */
import { type ByteRange, lengthOf } from "../../kernel/byte-range.ts";
import type { ForwardedHandling } from "../core/cache-status.ts";
import type { RequestDirectives } from "../core/request-directives.ts";
import { hasItAlready, isOfThisVersion } from "../core/select-answer.ts";
import { strongTagOf } from "../core/slicing.ts";
import type { StoredMetadata } from "../core/stored-metadata.ts";
import { coverageOf, isPart, isSameObject, type PartMetadata } from "../core/stored-part.ts";
import type { FillHead } from "../fill/fill-head.ts";
import type { FillReader } from "../fill/fill-reader.ts";
import type { MemoryObject } from "../store/cache-store.ts";
import { writeSelectedHead } from "./answer-head.ts";
import type { Edge, Exchange } from "./edge.ts";
import { readFill } from "./read-fill.ts";
import { conditionsOf } from "./request-fields.ts";
import { sendPieces } from "./send-fill.ts";
import { askerOf } from "./send-interim.ts";
import { sendPart } from "./send-stored.ts";
import { serveShared, serveSharedAnswer } from "./serve-from-origin.ts";
import { hitOf } from "./serve-stored.ts";

export type PartTerms = { readonly directives: RequestDirectives; readonly reason: string };

/** @returns false where the part is of no use to this request. */
export async function servePart(
  edge: Edge,
  exchange: Exchange,
  metadata: PartMetadata,
  { directives, reason }: PartTerms,
): Promise<boolean> {
  const { request } = exchange;
  if (request.method !== "GET" || request.headers.authorization !== undefined) return false;
  const conditions = conditionsOf(request);
  const isRangeMeant = isOfThisVersion(conditions.ifRange, metadata.fields);
  const coverage = coverageOf(isRangeMeant ? conditions.range : undefined, metadata);
  if (coverage.kind === "not-covered") return false;
  const tier = edge.tiers.tierOf(exchange.key);
  const object = await edge.tiers.read(exchange.key);
  if (object === undefined || !isPart(object.metadata)) return false;
  if (coverage.kind === "covered") {
    edge.meter.count("hits");
    const handling = hitOf(edge, metadata, { reason, tier });
    await sendPart(edge, exchange, object, { metadata, range: coverage.range, handling });
    return true;
  }
  const isSmall = object.kind === "memory";
  if (!isSmall) object.release();
  const isKnown = hasItAlready(conditions, metadata.fields);
  if (!isSmall || isKnown || directives.onlyIfCached || directives.noStore) return false;
  await completePart(edge, exchange, object, coverage);
  return true;
}

type Missing = { readonly missing: ByteRange; readonly isTail: boolean };

/** Sends the whole of an object: the part that is stored, and what the origin says stands beside it. */
async function completePart(
  edge: Edge,
  exchange: Exchange,
  object: MemoryObject,
  gap: Missing,
): Promise<void> {
  const { key } = exchange;
  const { first, last } = gap.missing;
  const shared = edge.fills.sharePart({
    key,
    range: gap.isTail ? `bytes=${first}-` : `bytes=${first}-${last}`,
    ifRange: strongTagOf(object.metadata.fields),
    asker: askerOf(exchange),
  });
  await readFill(edge, exchange, shared.fill, async (reader, head) => {
    // The origin may send all of it, or something else altogether.
    if (head.status !== 206) {
      return serveSharedAnswer(edge, exchange, { shared, reader, head, forwarded: "partial" });
    }
    if (!fits(object.metadata, head, gap)) {
      reader.leave();
      const whole = edge.fills.share(key, undefined, askerOf(exchange));
      return serveShared(edge, exchange, whole, "partial");
    }
    const handling: ForwardedHandling = {
      kind: "forwarded",
      forwarded: "partial",
      forwardedStatus: head.status,
      isStored: head.plan.action === "store" && shared.fill.isWhole,
      isCollapsed: shared.isCollapsed,
      detail: "completed",
    };
    edge.meter.count(shared.isCollapsed ? "collapsed" : "misses");
    return sendJoined(edge, exchange, object, { reader, head, gap, handling });
  });
}

/** Whether what has come is just what was missing, and of the same version. */
function fits(stored: StoredMetadata, head: FillHead, { missing }: Missing): boolean {
  const { part, fields } = head.metadata;
  if (head.status !== 206 || !isPart(stored) || part === undefined) return false;
  const isWhatWasMissing = part.firstByte === missing.first && head.sizeBytes === lengthOf(missing);
  return isWhatWasMissing && isSameObject(stored, { fields, part });
}

type Joining = {
  readonly reader: FillReader;
  readonly head: FillHead;
  readonly gap: Missing;
  readonly handling: ForwardedHandling;
};

async function sendJoined(
  edge: Edge,
  exchange: Exchange,
  { bytes }: MemoryObject,
  { reader, head, gap, handling }: Joining,
): Promise<void> {
  const { response } = exchange;
  const { part, ...whole } = head.metadata;
  const metadata = { ...whole, status: 200 };
  const sizeBytes = part?.completeBytes;
  const sendHead = () => {
    writeSelectedHead(edge, response, { metadata, sizeBytes, handling }, { kind: "whole" });
    if (gap.isTail) response.write(bytes);
  };
  const lastPiece = () => (gap.isTail ? undefined : bytes);
  await sendPieces(edge, exchange, reader, lengthOf(gap.missing), sendHead, lastPiece);
  edge.meter.sent(bytes.length);
}
