/**
 * Writes answers straight to Node's response: one flat list of fields and one `end(buffer)`.
 *
 * Fastify's reply is gone round because this is the path of every segment; it would add a copy of
 * the fields and a serialisation for nothing.
 */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { PUBLIC_CORS_HEADERS } from "../../chassis/cross-origin.ts";
import { PROBLEM_CONTENT_TYPE, problemDetails } from "../../chassis/problem-details.ts";
import { formatContentRange, lengthOf } from "../../kernel/byte-range.ts";
import type { HeaderFields } from "../core/response-headers.ts";
import type { AnswerSelection, RequestConditions } from "../core/select-answer.ts";

/** One request on its way through the appliance. */
export type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly key: string;
};

export type AnswerHead = {
  readonly status: number;
  readonly fields: HeaderFields;
  readonly sizeBytes: number | undefined;
  readonly ageMs: number;
  readonly cacheStatus: string;
  readonly via: string;
};

const FIXED_FIELDS = [
  ...Object.entries(PUBLIC_CORS_HEADERS).flat(),
  "x-content-type-options",
  "nosniff",
];

export function conditionsOf({ headers }: IncomingMessage): RequestConditions {
  return {
    ifNoneMatch: headers["if-none-match"],
    ifModifiedSince: headers["if-modified-since"],
    ifRange: firstOf(headers["if-range"]),
    range: headers.range,
  };
}

/** The bytes that a selection wants: offsets of the first and of the one after the last. */
export function spanOf(
  selection: AnswerSelection,
  sizeBytes: number | undefined,
): { readonly first: number; readonly end: number } {
  if (selection.kind === "part") {
    return { first: selection.range.first, end: selection.range.last + 1 };
  }
  return { first: 0, end: sizeBytes ?? Number.POSITIVE_INFINITY };
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
export function writePassedHead(response: ServerResponse, head: AnswerHead): void {
  const list = fieldList(head);
  if (head.sizeBytes !== undefined) list.push("content-length", String(head.sizeBytes));
  response.writeHead(head.status, list);
}

/** An error that knows its status and code, as those of errors.ts do. */
export type AnsweredError = Error & { readonly statusCode?: number; readonly code: string };

export function writeProblem(
  response: ServerResponse,
  error: AnsweredError,
  extraFields: readonly string[] = [],
): void {
  const status = error.statusCode ?? 500;
  const body = Buffer.from(JSON.stringify(problemDetails(status, error.code, error.message)));
  response.writeHead(status, [
    ...FIXED_FIELDS,
    "content-type",
    PROBLEM_CONTENT_TYPE,
    "cache-control",
    "no-store",
    "content-length",
    String(body.length),
    ...extraFields,
  ]);
  response.end(body);
}

/** Resolves when the client has taken what was written, or is gone. */
export async function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed || !response.writableNeedDrain) return;
  const waiting = new AbortController();
  try {
    await Promise.race([
      once(response, "drain", { signal: waiting.signal }),
      once(response, "close", { signal: waiting.signal }),
    ]);
  } finally {
    waiting.abort();
  }
}

function fieldList({ fields, cacheStatus, via }: AnswerHead): string[] {
  const list = [...FIXED_FIELDS];
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

function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
