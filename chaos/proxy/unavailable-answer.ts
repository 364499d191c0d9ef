/**
 * The 503 that the proxy gives in the place of its upstream.
 *
 * Readable from a page of any origin: without its CORS fields a browser would tell the player that
 * the network failed, which is another fault. A preflight gets it as well, as from a box that is ill.
 */
import { PUBLIC_CORS_HEADERS } from "../../chassis/cross-origin.ts";
import { PROBLEM_CONTENT_TYPE, problemDetails } from "../../chassis/problem-details.ts";
import { UNAVAILABLE_CODE } from "../errors.ts";

const BODY = JSON.stringify(
  problemDetails(503, UNAVAILABLE_CODE, "A fault that somebody injected: it will pass"),
);

export type AnswerOptions = {
  /** Of the request. */
  readonly method: string;
  readonly retryAfterSeconds: number | undefined;
  /** The connection ends after it. */
  readonly isLast: boolean;
};

export function unavailableAnswer({ method, retryAfterSeconds, isLast }: AnswerOptions): Buffer {
  const fields = {
    "content-type": PROBLEM_CONTENT_TYPE,
    "content-length": Buffer.byteLength(BODY),
    "cache-control": "no-store",
    ...PUBLIC_CORS_HEADERS,
    ...(retryAfterSeconds === undefined ? {} : { "retry-after": retryAfterSeconds }),
    ...(isLast ? { connection: "close" } : {}),
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  const head = ["HTTP/1.1 503 Service Unavailable", ...lines, "", ""].join("\r\n");
  return Buffer.from(method === "HEAD" ? head : head + BODY);
}
