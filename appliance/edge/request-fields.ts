/** What the header of a client's request asks for, and what of it may be shown to the origin. */
import type { IncomingMessage } from "node:http";
import { forwardedRequestFields, type HeaderFields } from "../core/response-headers.ts";
import type { RequestConditions } from "../core/select-answer.ts";

export function conditionsOf({ method, headers }: IncomingMessage): RequestConditions {
  return {
    ifNoneMatch: headers["if-none-match"],
    ifModifiedSince: headers["if-modified-since"],
    ifRange: firstOf(headers["if-range"]),
    // Ranges are defined for GET only (RFC 9110 §14.2).
    range: method === "GET" ? headers.range : undefined,
  };
}

export function forwardedFieldsOf({ headers }: IncomingMessage): HeaderFields {
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) fields[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return forwardedRequestFields(fields);
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
