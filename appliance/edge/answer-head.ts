/**
 * Writes the head of an answer straight to Node's response, as one flat list of fields.
 *
 * Fastify's reply is gone round because this is the path of every segment; it would add a copy of
 * the fields and a serialisation for nothing. What is the same for every answer from one stored object
 * is put together once, and kept as long as the object's metadata.
 */
import type { ServerResponse } from "node:http";
import { PUBLIC_CORS_HEADERS } from "../../chassis/cross-origin.ts";
import { formatContentRange, lengthOf } from "../../kernel/byte-range.ts";
import { formatCacheStatus, type Handling } from "../core/cache-status.ts";
import type { HeaderFields } from "../core/response-headers.ts";
import type { AnswerSelection } from "../core/select-answer.ts";
import { ageMs, type StoredMetadata } from "../core/stored-metadata.ts";
import type { Edge } from "./edge.ts";

export type AnswerHead = {
  readonly metadata: StoredMetadata;
  /** Undefined where nobody knows yet. */
  readonly sizeBytes: number | undefined;
  readonly handling: Handling;
  /** What this client is told beside what all are told. */
  readonly privateFields?: HeaderFields | undefined;
};

/** What every answer bears, whoever writes it. */
export const PUBLIC_FIELDS = { ...PUBLIC_CORS_HEADERS, "x-content-type-options": "nosniff" };
export const PUBLIC_FIELD_LIST: readonly string[] = Object.entries(PUBLIC_FIELDS).flat();

/** Writes the head of an answer from the cache or from a fill, whole or in part. */
export function writeSelectedHead(
  edge: Edge,
  response: ServerResponse,
  head: AnswerHead,
  selection: Exclude<AnswerSelection, { kind: "unsatisfiable" }>,
): void {
  const { metadata, sizeBytes, handling } = head;
  const list = fieldList(edge, head);
  list.push("age", String(Math.floor(ageMs(metadata, edge.wallNow()) / 1000)));
  switch (selection.kind) {
    case "not-modified":
      edge.meter.answering(response, 304, handling);
      response.writeHead(304, list);
      return;
    case "part": {
      const { range } = selection;
      dropField(list, "content-range");
      list.push("content-range", formatContentRange(range, sizeBytes ?? 0));
      list.push("content-length", String(lengthOf(range)), "accept-ranges", "bytes");
      edge.meter.answering(response, 206, handling);
      response.writeHead(206, list);
      return;
    }
    case "whole":
      if (metadata.status === 200) list.push("accept-ranges", "bytes");
      pushLength(list, metadata.status, sizeBytes);
      edge.meter.answering(response, metadata.status, handling);
      response.writeHead(metadata.status, list);
  }
}

/** Writes the head of an answer that is passed on as the origin gave it. */
export function writeForwardedHead(edge: Edge, response: ServerResponse, head: AnswerHead): void {
  const list = fieldList(edge, head);
  const { status } = head.metadata;
  pushLength(list, status, head.sizeBytes);
  edge.meter.answering(response, status, head.handling);
  response.writeHead(status, list);
}

/** A 204 has no body, and so no length either (RFC 9110 §8.6). */
function pushLength(list: string[], status: number, sizeBytes: number | undefined): void {
  if (sizeBytes !== undefined && status !== 204) list.push("content-length", String(sizeBytes));
}

function fieldList(edge: Edge, { metadata, handling, privateFields }: AnswerHead): string[] {
  const { list: fixed, earlierCaches } = fixedFieldsOf(metadata, edge.via);
  const list = fixed.slice();
  // Those of the caches before this one come first (RFC 9211 §2).
  list.push("cache-status", earlierCaches + formatCacheStatus(edge.id, handling));
  list.push("cmsd-dynamic", edge.hint.text);
  if (privateFields !== undefined) pushFields(list, privateFields);
  return list;
}

type FixedFields = { readonly list: readonly string[]; readonly earlierCaches: string };

const fixedFields = new WeakMap<StoredMetadata, FixedFields>();

function fixedFieldsOf(metadata: StoredMetadata, via: string): FixedFields {
  const known = fixedFields.get(metadata);
  if (known !== undefined) return known;
  const { via: earlierHops, "cache-status": earlier, ...others } = metadata.fields;
  // How it was with the caches before this one when they answered says nothing now (CTA-5006).
  const { "cmsd-dynamic": _, ...fields } = others;
  const list = [...PUBLIC_FIELD_LIST];
  pushFields(list, fields);
  // Those who passed it on before come first (RFC 9110 §7.6.3).
  list.push("via", earlierHops === undefined ? via : `${earlierHops}, ${via}`);
  const made = { list, earlierCaches: earlier === undefined ? "" : `${earlier}, ` };
  fixedFields.set(metadata, made);
  return made;
}

function pushFields(list: string[], fields: HeaderFields): void {
  for (const name in fields) {
    const value = fields[name] ?? "";
    // It alone may not be joined with commas (RFC 9110 §5.3).
    if (name === "set-cookie") for (const cookie of value.split("\n")) list.push(name, cookie);
    else list.push(name, value);
  }
}

function dropField(list: string[], name: string): void {
  const at = list.indexOf(name);
  if (at !== -1) list.splice(at, 2);
}
