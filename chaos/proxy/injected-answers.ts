/**
 * The answers that the proxy gives in the place of its upstream.
 *
 * Readable from a page of any origin: without its CORS fields a browser would tell the player that
 * the network failed, which is another fault. A preflight gets them as well, as from a box that is ill.
 */
import { PUBLIC_CORS_HEADERS } from "../../chassis/cross-origin.ts";
import { PROBLEM_CONTENT_TYPE, problemDetails } from "../../chassis/problem-details.ts";
import { MISSING_CODE, UNAVAILABLE_CODE } from "../errors.ts";

/** What an answer is made of, before it is framed. */
export type AnswerParts = {
  /** Such as `200 OK`. */
  readonly status: string;
  /** Field lines, but for those of the framing. */
  readonly fields: readonly string[];
  readonly body: Uint8Array;
};

const DETAIL = "A fault that somebody injected: it will pass";
const UNAVAILABLE = Buffer.from(JSON.stringify(problemDetails(503, UNAVAILABLE_CODE, DETAIL)));
const MISSING = Buffer.from(JSON.stringify(problemDetails(404, MISSING_CODE, DETAIL)));
const PAGE = Buffer.from(
  "<!doctype html><title>Welcome</title><p>Please sign in to the network.</p>\n",
);
const NOTHING = new Uint8Array();
/** A port that nobody may listen on but its administrator, and that nobody has in decades. */
const DEAD_URL = "http://127.0.0.1:1/gone";

export function unavailableAnswer(retryAfterSeconds: number | undefined): AnswerParts {
  const more = retryAfterSeconds === undefined ? {} : { "retry-after": retryAfterSeconds };
  const fields = fieldsOf({ "content-type": PROBLEM_CONTENT_TYPE, ...more });
  return { status: "503 Service Unavailable", fields, body: UNAVAILABLE };
}

export function missingAnswer(): AnswerParts {
  const fields = fieldsOf({ "content-type": PROBLEM_CONTENT_TYPE });
  return { status: "404 Not Found", fields, body: MISSING };
}

export function pageAnswer(): AnswerParts {
  const fields = fieldsOf({ "content-type": "text/html; charset=utf-8" });
  return { status: "200 OK", fields, body: PAGE };
}

export function redirectAnswer(): AnswerParts {
  return { status: "302 Found", fields: fieldsOf({ location: DEAD_URL }), body: NOTHING };
}

function fieldsOf(own: Readonly<Record<string, string | number>>): readonly string[] {
  const fields = { ...own, "cache-control": "no-store", ...PUBLIC_CORS_HEADERS };
  return Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
}
