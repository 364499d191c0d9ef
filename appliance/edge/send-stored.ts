/** Sends what is stored: from memory with one `end(buffer)`, from a file in large pieces. */
import type { Handling } from "../core/cache-status.ts";
import { type AnswerSelection, selectAnswer, spanOf } from "../core/select-answer.ts";
import type { StoredMetadata } from "../core/stored-metadata.ts";
import type { FileObject, MemoryObject, StoredObject } from "../store/cache-store.ts";
import { answerHeadOf, writeSelectedHead } from "./answer-head.ts";
import { drained } from "./drained.ts";
import type { Edge, Exchange } from "./edge.ts";
import { conditionsOf } from "./request-fields.ts";
import { refuseRange } from "./send-problem.ts";

export async function sendStored(
  edge: Edge,
  exchange: Exchange,
  object: StoredObject,
  handling: Handling,
): Promise<void> {
  if (object.kind === "memory") sendFromMemory(edge, exchange, object, handling);
  else await sendFromFile(edge, exchange, object, handling);
}

export function sendFromMemory(
  edge: Edge,
  exchange: Exchange,
  { metadata, bytes }: MemoryObject,
  handling: Handling,
): void {
  const selection = writeHead(edge, exchange, metadata, handling);
  if (selection === undefined) return;
  const { response } = exchange;
  if (!hasBody(exchange, selection)) {
    response.end();
    return;
  }
  const { first, end } = spanOf(selection, bytes.length);
  const part = selection.kind === "whole" ? bytes : bytes.subarray(first, end);
  edge.meter.sent(part.length);
  response.end(part);
}

async function sendFromFile(
  edge: Edge,
  exchange: Exchange,
  object: FileObject,
  handling: Handling,
): Promise<void> {
  const { response } = exchange;
  const { metadata } = object;
  try {
    const selection = writeHead(edge, exchange, metadata, handling);
    if (selection === undefined) return;
    if (hasBody(exchange, selection)) {
      const { first, end } = spanOf(selection, metadata.sizeBytes);
      for await (const piece of object.read(first, end - 1)) {
        if (response.destroyed) return;
        edge.meter.sent(piece.length);
        if (!response.write(piece)) await drained(response);
      }
    }
    response.end();
  } finally {
    object.release();
  }
}

/** Undefined where the client has been refused. */
function writeHead(
  edge: Edge,
  exchange: Exchange,
  metadata: StoredMetadata,
  handling: Handling,
): AnswerSelection | undefined {
  const { request, response } = exchange;
  const selection = selectAnswer(conditionsOf(request), metadata);
  if (selection.kind === "unsatisfiable") {
    refuseRange(edge, exchange, metadata.sizeBytes, handling);
    return undefined;
  }
  const head = answerHeadOf(edge, metadata, metadata.sizeBytes, handling);
  writeSelectedHead(response, head, selection);
  return selection;
}

function hasBody({ request }: Exchange, selection: AnswerSelection): boolean {
  return selection.kind !== "not-modified" && request.method !== "HEAD";
}
