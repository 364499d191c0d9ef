/** What the header of a client's request asks for, and what of it may be shown to the origin. */
import type { IncomingMessage } from "node:http";
import {
  type ClientDirectivesPolicy,
  NO_DIRECTIVES,
  type RequestDirectives,
  readRequestDirectives,
} from "../core/request-directives.ts";
import type { HeaderFields } from "../core/response-headers.ts";
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

/** What the client asks of caches, as far as it is listened to. */
export function directivesOf(
  { headers }: IncomingMessage,
  policy: ClientDirectivesPolicy,
): RequestDirectives {
  const cacheControl = headers["cache-control"];
  const { pragma } = headers;
  if (cacheControl === undefined && pragma === undefined) return NO_DIRECTIVES;
  return readRequestDirectives(cacheControl, pragma, policy);
}

/** All that the client says; a field that stands on several lines is one (RFC 9110 §5.3). */
export function clientFieldsOf({ headers }: IncomingMessage): HeaderFields {
  const fields: Record<string, string> = {};
  for (const name in headers) {
    // In HTTP/2 the request line stands among the fields (RFC 9113 §8.3).
    if (name.startsWith(":")) continue;
    const value = headers[name];
    if (value !== undefined) fields[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return fields;
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
