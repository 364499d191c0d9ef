/** Reads the head of a request as far as a fault proxy needs it: method, target, and where it ends. */
import type { DeclaredBody } from "./body-framing.ts";
import { readFramingFields } from "./framing-fields.ts";

export type RequestHead = {
  readonly method: string;
  readonly target: string;
  readonly body: DeclaredBody;
};

const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([!-~\x80-\xff]+) HTTP\/1\.[01]$/;

/** @param lines start line and fields, without their ends. Undefined for what is no HTTP/1 request. */
export function readRequestHead([requestLine = "", ...fields]: readonly string[]):
  | RequestHead
  | undefined {
  const [, method, target] = REQUEST_LINE.exec(requestLine) ?? [];
  const framing = readFramingFields(fields);
  if (method === undefined || target === undefined || framing === undefined) return undefined;
  // What follows a CONNECT belongs to the tunnel, if there will be one.
  if (method === "CONNECT") return { method, target, body: { kind: "opaque" } };

  const { contentLength = 0, transferCodings } = framing;
  if (transferCodings.length > 0) {
    // Without `chunked` at its end nobody can say where such a request ends (§6.3, rule 4).
    if (transferCodings.at(-1) !== "chunked") return undefined;
    return { method, target, body: { kind: "chunked" } };
  }
  if (contentLength === 0) return { method, target, body: { kind: "none" } };
  return { method, target, body: { kind: "length", bytes: contentLength } };
}
