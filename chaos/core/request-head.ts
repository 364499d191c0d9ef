/**
 * Reads the head of a request as far as a fault proxy needs it: method, target, where it ends, and
 * whether another may follow.
 */
import type { DeclaredBody } from "./body-framing.ts";
import { type FramingFields, readFramingFields } from "./framing-fields.ts";

export type RequestHead = {
  readonly method: string;
  readonly target: string;
  readonly body: DeclaredBody;
  /** Whether who answers it has to end the connection. */
  readonly isLast: boolean;
};

const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([!-~\x80-\xff]+) HTTP\/1\.([01])$/;

/** @param lines start line and fields, without their ends. Undefined for what is no HTTP/1 request. */
export function readRequestHead([requestLine = "", ...fields]: readonly string[]):
  | RequestHead
  | undefined {
  const [, method, target, version] = REQUEST_LINE.exec(requestLine) ?? [];
  const framing = readFramingFields(fields);
  if (method === undefined || target === undefined || framing === undefined) return undefined;
  // A kept HTTP/1.0 connection would need an answer that says so: it is easier to end it.
  const isLast = version === "0" || endsConnection(framing);
  // What follows a CONNECT belongs to the tunnel, if there will be one.
  if (method === "CONNECT") return { method, target, body: { kind: "opaque" }, isLast };

  const { contentLength = 0, transferCodings } = framing;
  if (transferCodings.length > 0) {
    // Without `chunked` at its end nobody can say where such a request ends (§6.3, rule 4).
    if (transferCodings.at(-1) !== "chunked") return undefined;
    return { method, target, body: { kind: "chunked" }, isLast };
  }
  if (contentLength === 0) return { method, target, body: { kind: "none" }, isLast };
  return { method, target, body: { kind: "length", bytes: contentLength }, isLast };
}

/**
 * For HTTP/1.1 (RFC 9112 §9.6). A client that waits for leave to send its body may, once it is refused,
 * send it or not: nobody could tell it from the next request (RFC 9110 §10.1.1).
 */
function endsConnection({ connectionOptions, expectations }: FramingFields): boolean {
  return connectionOptions.includes("close") || expectations.includes("100-continue");
}
