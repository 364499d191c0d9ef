/** Tells a client why it gets nothing, as problem details and in `Cache-Status`. */
import type { ServerResponse } from "node:http";
import { PROBLEM_CONTENT_TYPE, problemDetails } from "../../chassis/problem-details.ts";
import { formatCacheStatus, type Handling } from "../core/cache-status.ts";
import { OriginFailed, OriginTimeout, RangeNotSatisfiable, TooBusy } from "../errors.ts";
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
  writeProblem(response, new RangeNotSatisfiable(sizeBytes), {
    "cache-status": formatCacheStatus(edge.id, handling),
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
  const cacheStatus = formatCacheStatus(edge.id, {
    kind: "forwarded",
    forwarded,
    detail: failure.kind,
  });
  writeProblem(response, errorOf(failure), {
    "cache-status": cacheStatus,
    ...(PASSES_SOON.has(failure.kind) ? { "retry-after": RETRY_AFTER_SECONDS } : {}),
  });
}

/** The queue gets shorter, and the question that was waited for is still being asked. */
const PASSES_SOON: ReadonlySet<FillFailure["kind"]> = new Set(["busy", "timeout", "too-slow"]);
const RETRY_AFTER_SECONDS = "1";

function errorOf(failure: FillFailure): AnsweredError {
  switch (failure.kind) {
    case "busy":
    case "aborted":
      return new TooBusy();
    case "timeout":
    case "too-slow":
      return new OriginTimeout(failure.reason);
    case "unreachable":
    case "broken":
    case "wrong-length":
    case "wrong-digest":
      return new OriginFailed(failure.reason);
  }
}

function writeProblem(
  response: ServerResponse,
  error: AnsweredError,
  fields: Readonly<Record<string, string>>,
): void {
  const status = error.statusCode ?? 500;
  const body = Buffer.from(JSON.stringify(problemDetails(status, error.code, error.message)));
  response.writeHead(status, [
    ...PUBLIC_FIELD_LIST,
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
