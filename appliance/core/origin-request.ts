/**
 * Chooses which fields of a client's request the origin is told.
 *
 * An answer that is kept belongs to everybody, so nothing may have decided it that others did not say:
 * no credentials, no conditions, no range. Nor is the origin told what clients have no business to say,
 * the fields in which proxies and frameworks speak among themselves: an answer that such a field has
 * turned, and that does not vary by it, would be given to everybody (cache poisoning).
 */
import { type HeaderFields, withoutConnectionFields } from "./response-headers.ts";

export type ForwardingFieldsPolicy = {
  /** Names in lower case of the only fields that shared fetches carry; undefined for all but the dangerous. */
  readonly forwardFields: readonly string[] | undefined;
};

/** Each has been used to poison a cache, or to be taken for somebody else. */
const MISUSED =
  /^(?:forwarded|proxy|x-forwarded(?:-.*)?|x-(?:original|rewrite)-(?:url|uri|host|path)|x-(?:http-)?method(?:-override)?|x-http-(?:host|scheme|destinationurl|path).*|x-(?:backend-|proxy-)?host(?:-override)?|x-real-ip|x-(?:client|cluster-client|originating|remote|true-client)-(?:ip|addr)|(?:true-|cf-connecting-|fastly-)?client-ip|cf-connecting-ip|x-(?:url-)?scheme|x-envoy-.*|x-accel-.*|x-sendfile.*|x-amz-.*|front-end-https|x-arr-ssl|surrogate-(?:capability|control)|cdn-loop)$/;

/** They concern one client and its player, or are said anew by the appliance itself. */
const NEVER =
  /^(?:host|accept-encoding|content-length|expect|origin|access-control-request-.*|max-forwards|http2-settings|cmcd(?:-.*)?)$/;

const CREDENTIALS = new Set(["authorization", "cookie", "proxy-authorization"]);
const OF_ONE_CLIENT = /^(?:if-.*|range|cache-control|pragma|content-.*)$/;

/** What the origin is told when the answer may be kept for everybody. */
export function sharedRequestFields(
  fields: HeaderFields,
  { forwardFields }: ForwardingFieldsPolicy,
): HeaderFields {
  const kept = withoutConnectionFields(fields, (name) => {
    if (isNeverForwarded(name) || CREDENTIALS.has(name) || OF_ONE_CLIENT.test(name)) return true;
    return forwardFields !== undefined && !forwardFields.includes(name) && name !== "via";
  });
  return kept["accept"] === undefined ? { accept: "*/*", ...kept } : kept;
}

/** What the origin is told of a request that is passed on as it stands, for its client alone. */
export function forwardedRequestFields(fields: HeaderFields): HeaderFields {
  return withoutConnectionFields(fields, isNeverForwarded);
}

/** It cannot change an answer, since nobody's request to the origin bears it. */
export function isNeverForwarded(name: string): boolean {
  return NEVER.test(name) || MISUSED.test(name);
}
