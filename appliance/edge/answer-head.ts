/**
 * Writes the head of an answer straight to Node's response, as one flat list of fields.
 *
 * Fastify's reply is gone round because this is the path of every segment; it would add a copy of
 * the fields and a serialisation for nothing.
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
  readonly status: number;
  readonly fields: HeaderFields;
  /** Undefined where nobody knows yet. */
  readonly sizeBytes: number | undefined;
  readonly ageMs: number;
  readonly cacheStatus: string;
  readonly via: string;
};

/** What every answer bears, whoever writes it. */
export const PUBLIC_FIELDS = { ...PUBLIC_CORS_HEADERS, "x-content-type-options": "nosniff" };
export const PUBLIC_FIELD_LIST: readonly string[] = Object.entries(PUBLIC_FIELDS).flat();

export function answerHeadOf(
  edge: Edge,
  metadata: StoredMetadata,
  sizeBytes: number | undefined,
  handling: Handling,
): AnswerHead {
  return {
    status: metadata.status,
    fields: metadata.fields,
    sizeBytes,
    ageMs: ageMs(metadata, edge.wallNow()),
    cacheStatus: formatCacheStatus(edge.id, handling),
    via: edge.via,
  };
}

/** Writes the head of an answer from the cache or from a fill, whole or in part. */
export function writeSelectedHead(
  response: ServerResponse,
  head: AnswerHead,
  selection: Exclude<AnswerSelection, { kind: "unsatisfiable" }>,
): void {
  const list = fieldList(head);
  list.push("age", String(Math.floor(head.ageMs / 1000)));
  switch (selection.kind) {
    case "not-modified":
      response.writeHead(304, list);
      return;
    case "part": {
      const { range } = selection;
      list.push("content-range", formatContentRange(range, head.sizeBytes ?? 0));
      list.push("content-length", String(lengthOf(range)), "accept-ranges", "bytes");
      response.writeHead(206, list);
      return;
    }
    case "whole":
      if (head.status === 200) list.push("accept-ranges", "bytes");
      if (head.sizeBytes !== undefined) list.push("content-length", String(head.sizeBytes));
      response.writeHead(head.status, list);
  }
}

/** Writes the head of an answer that is passed on as the origin gave it. */
export function writeForwardedHead(response: ServerResponse, head: AnswerHead): void {
  const list = fieldList(head);
  if (head.sizeBytes !== undefined) list.push("content-length", String(head.sizeBytes));
  response.writeHead(head.status, list);
}

function fieldList({ fields, cacheStatus, via }: AnswerHead): string[] {
  const list = [...PUBLIC_FIELD_LIST];
  for (const name in fields) {
    if (name === "via" || name === "cache-status") continue;
    const value = fields[name] ?? "";
    if (name === "set-cookie") for (const cookie of value.split("\n")) list.push(name, cookie);
    else list.push(name, value);
  }
  // Those of the caches before this one come first (RFC 9211 §2, RFC 9110 §7.6.3).
  list.push("cache-status", joined(fields["cache-status"], cacheStatus));
  list.push("via", joined(fields["via"], via));
  return list;
}

function joined(earlier: string | undefined, own: string): string {
  return earlier === undefined ? own : `${earlier}, ${own}`;
}
