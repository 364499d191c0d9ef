/** Tells a client why it gets nothing, as problem details and in `Cache-Status`. */
import type { ServerResponse } from "node:http";
import { PROBLEM_CONTENT_TYPE, problemDetails } from "../../chassis/problem-details.ts";
import { formatCacheStatus, type Handling } from "../core/cache-status.ts";
import {
  BodyTooLarge,
  NotCached,
  OriginFailed,
  OriginTimeout,
  OriginUnavailable,
  RangeNotSatisfiable,
  TooBusy,
} from "../errors.ts";
import type { FillFailure } from "../fill/fill-failure.ts";
import { PUBLIC_FIELD_LIST } from "./answer-head.ts";
import type { Edge, Exchange } from "./edge.ts";

/** An error that knows its status and code, as those of errors.ts do. */
type AnsweredError = Error & { readonly statusCode?: number; readonly code: string };

export function refuseRange(
  edge: Edge,
  { response }: Exchange,
  sizeBytes: number,
  handling: Handling,
): void {
  writeProblem(edge, response, new RangeNotSatisfiable(sizeBytes), handling, {
    "content-range": `bytes */${sizeBytes}`,
  });
}

/** @param forwarded `stale` where something is stored that is too old to be given out. */
export function sendFailure(
  edge: Edge,
  { response }: Exchange,
  failure: FillFailure,
  forwarded: "stale" | "uri-miss",
): void {
  const handling: Handling = { kind: "forwarded", forwarded, detail: failure.kind };
  const fields = PASSES_SOON.has(failure.kind) ? { "retry-after": RETRY_AFTER_SECONDS } : {};
  writeProblem(edge, response, errorOf(failure), handling, fields);
}

/** The origin asked not to be asked, and nothing is stored that would do instead. */
export function sendBraked(edge: Edge, { response }: Exchange, brakedForMs: number): void {
  const error = new OriginUnavailable("it asked to be left alone for a while");
  writeProblem(
    edge,
    response,
    error,
    { kind: "refused", detail: "retry-after" },
    {
      "retry-after": String(Math.ceil(brakedForMs / 1000)),
    },
  );
}

/** The client wants what is stored or nothing (RFC 9111 §5.2.1.7). */
export function refuseUncached(edge: Edge, { response }: Exchange): void {
  edge.meter.count("errors");
  writeProblem(edge, response, new NotCached(), { kind: "refused", detail: "only-if-cached" }, {});
}

/** What is still coming is not read: the connection ends with the answer. */
export function refuseBody(edge: Edge, { response }: Exchange): void {
  edge.meter.count("errors");
  const { maxRequestBodyBytes } = edge.policy;
  const error = new BodyTooLarge(maxRequestBodyBytes);
  const fields = response.req.httpVersionMajor === 1 ? { connection: "close" } : {};
  writeProblem(edge, response, error, { kind: "refused", detail: "body-too-large" }, fields);
}

/** The queue gets shorter, the question is still being asked, a breaker tries again within seconds. */
const PASSES_SOON: ReadonlySet<FillFailure["kind"]> = new Set([
  "busy",
  "timeout",
  "too-slow",
  "breaker-open",
  "unavailable",
]);
const RETRY_AFTER_SECONDS = "1";

function errorOf(failure: FillFailure): AnsweredError {
  switch (failure.kind) {
    case "busy":
    case "aborted":
      return new TooBusy();
    case "timeout":
    case "too-slow":
      return new OriginTimeout(failure.reason);
    case "breaker-open":
    case "unavailable":
      return new OriginUnavailable(failure.reason);
    case "unreachable":
    case "broken":
    case "wrong-length":
    case "wrong-digest":
    case "wrong-slice":
      return new OriginFailed(failure.reason);
  }
}

function writeProblem(
  edge: Edge,
  response: ServerResponse,
  error: AnsweredError,
  handling: Handling,
  fields: Readonly<Record<string, string>>,
): void {
  const status = error.statusCode ?? 500;
  const body = Buffer.from(JSON.stringify(problemDetails(status, error.code, error.message)));
  edge.meter.answering(response, status, handling);
  response.writeHead(status, [
    ...PUBLIC_FIELD_LIST,
    "cache-status",
    formatCacheStatus(edge.id, handling),
    "cmsd-dynamic",
    edge.hint.text,
    ...Object.entries(fields).flat(),
    "content-type",
    PROBLEM_CONTENT_TYPE,
    "cache-control",
    "no-store",
    "content-length",
    String(body.length),
  ]);
  response.end(body);
}
