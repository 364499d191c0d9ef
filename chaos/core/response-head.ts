/** Reads the head of a response: its status, and how its body ends (RFC 9112 §6.3, in that order). */
import type { DeclaredBody } from "./body-framing.ts";
import { type FramingFields, readFramingFields } from "./framing-fields.ts";

export type ResponseHead = {
  readonly status: number;
  /** 100 to 199 without 101: the response itself is still to come. */
  readonly isInterim: boolean;
  readonly body: DeclaredBody;
};

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [^\r\n]*)?$/;
const SWITCHING_PROTOCOLS = 101;

/**
 * @param lines start line and fields, without their ends.
 * @param method of the request that this answers.
 */
export function readResponseHead(
  [statusLine = "", ...fields]: readonly string[],
  method: string,
): ResponseHead | undefined {
  const [, version, code] = STATUS_LINE.exec(statusLine) ?? [];
  const framing = readFramingFields(fields);
  if (code === undefined || framing === undefined) return undefined;
  // HTTP/1.0 knows no transfer codings: a message that has one is faulty (§6.1).
  if (version === "0" && framing.transferCodings.length > 0) return undefined;
  const status = Number(code);
  return {
    status,
    isInterim: status < 200 && status !== SWITCHING_PROTOCOLS,
    body: declaredBody(status, method, framing),
  };
}

function declaredBody(
  status: number,
  method: string,
  { contentLength, transferCodings }: FramingFields,
): DeclaredBody {
  const isTunnel = method === "CONNECT" && status >= 200 && status < 300;
  if (isTunnel || status === SWITCHING_PROTOCOLS) return { kind: "opaque" };
  if (method === "HEAD" || status < 200 || status === 204 || status === 304) {
    return { kind: "none" };
  }
  if (transferCodings.length > 0) {
    return { kind: transferCodings.at(-1) === "chunked" ? "chunked" : "until-close" };
  }
  if (contentLength === undefined) return { kind: "until-close" };
  return contentLength === 0 ? { kind: "none" } : { kind: "length", bytes: contentLength };
}
