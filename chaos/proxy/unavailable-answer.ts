/**
 * The 503 that the proxy gives in the place of its upstream.
 *
 * Readable from a page of any origin: without its CORS fields a browser would tell the player that
 * the network failed, which is another fault. A preflight gets it as well, as from a box that is ill.
 */
import { PUBLIC_CORS_HEADERS } from "../../chassis/cross-origin.ts";
import { PROBLEM_CONTENT_TYPE, problemDetails } from "../../chassis/problem-details.ts";
import { UNAVAILABLE_CODE } from "../errors.ts";

/** What an answer is made of, before it is framed. */
export type AnswerParts = {
  /** Such as `200 OK`. */
  readonly status: string;
  /** Field lines, but for those of the framing. */
  readonly fields: readonly string[];
  readonly body: Uint8Array;
};

const BODY = Buffer.from(
  JSON.stringify(
    problemDetails(503, UNAVAILABLE_CODE, "A fault that somebody injected: it will pass"),
  ),
);

export function unavailableAnswer(retryAfterSeconds: number | undefined): AnswerParts {
  const fields = {
    "content-type": PROBLEM_CONTENT_TYPE,
    "cache-control": "no-store",
    ...PUBLIC_CORS_HEADERS,
    ...(retryAfterSeconds === undefined ? {} : { "retry-after": retryAfterSeconds }),
  };
  return {
    status: "503 Service Unavailable",
    fields: Object.entries(fields).map(([name, value]) => `${name}: ${value}`),
    body: BODY,
  };
}
