/**
 * Chooses which header fields of the origin's answer go on to the client, and are stored.
 *
 * Three kinds stay behind: those that concern one connection only (RFC 9110 §7.6.1, including what
 * `Connection` itself names), those that the appliance works out anew for every answer, and those
 * of cross-origin access, which it grants to everybody.
 */

/**
 * Names in lower case; a field that stood twice is one field with a comma, as RFC 9110 §5.3 permits,
 * and `set-cookie`, for which it does not, is joined by line breaks.
 */
export type HeaderFields = Readonly<Record<string, string>>;

const CONNECTION_FIELDS = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
const OWN_FIELDS = new Set(["accept-ranges", "age", "content-length", "x-content-type-options"]);
const CROSS_ORIGIN_FIELDS =
  /^(?:access-control-|timing-allow-origin$|cross-origin-resource-policy$)/;

/** What a client may be told of the origin's answer. */
export function forwardedResponseFields(fields: HeaderFields): HeaderFields {
  return withoutConnectionFields(
    fields,
    (name) => OWN_FIELDS.has(name) || CROSS_ORIGIN_FIELDS.test(name),
  );
}

/**
 * What the appliance works out anew for its own answers, and leaves as it is in one that it only passes
 * on: how old the answer was already, and whether its sender knows ranges.
 */
export function untouchedFields({ age, "accept-ranges": ranges }: HeaderFields): HeaderFields {
  return {
    ...(age === undefined ? {} : { age }),
    ...(ranges === undefined ? {} : { "accept-ranges": ranges }),
  };
}

/** Without those that concern one connection, those that `Connection` names, and those that are dropped. */
export function withoutConnectionFields(
  fields: HeaderFields,
  isDropped: (name: string) => boolean,
): HeaderFields {
  const members = (fields["connection"] ?? "").toLowerCase().split(",");
  // Not by a pattern that begins with blanks: its time grows with the square of how many any client sends.
  const named = new Set(members.map((member) => member.trim()));
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([name]) => !CONNECTION_FIELDS.has(name) && !named.has(name) && !isDropped(name),
    ),
  );
}
