/**
 * Judges what the end of a call to an upstream says of that upstream: the breaker counts by it.
 *
 * Facts speak against it: it is not reached, or keeps silent. That it breaks off, or answers as a gateway
 * without a server behind it (502, 503, 504), is a doubt: it may be about one resource, which must not
 * take the others with it, so it takes many such among few good ones. A 500 is an answer about one
 * resource, often the same bad one each time; a 4xx is the server at work. A client that leaves says nothing at all, and no more does a 508: the way leads in
 * a circle by what `Via` names, and that any client can write.
 */
import type { CallOutcome } from "../../../kernel/circuit-breaker.ts";

export type UpstreamFailureKind =
  | "unreachable"
  | "timeout"
  | "broken"
  | "aborted"
  /** Answered by none of the upstreams but with 502, 503, 504 or 508. */
  | "unavailable"
  /** Not asked, because every upstream has failed of late. */
  | "breaker-open"
  /** Not asked, because too many calls wait for it already. */
  | "busy";

/** The reason of a connection that was closed while it lay idle, which the request met too late. */
export const STALE_CONNECTION = "stale-connection";

export type CallEnd =
  | { readonly kind: "answered"; readonly status: number }
  | {
      readonly kind: "failed";
      readonly failure: { readonly kind: UpstreamFailureKind; readonly reason: string };
    };

export function judgeCall(end: CallEnd): CallOutcome {
  if (end.kind === "answered") {
    if (end.status === LOOP_DETECTED) return "none";
    return isUnavailable(end.status) ? "doubt" : "success";
  }
  switch (end.failure.kind) {
    case "unreachable":
    case "timeout":
      return "failure";
    case "unavailable":
      return "doubt";
    case "broken":
      return end.failure.reason === STALE_CONNECTION ? "none" : "doubt";
    case "aborted":
    case "breaker-open":
    case "busy":
      return "none";
  }
}

/** Why a call is no longer wanted. */
export type AbortCause = { readonly source: "origin" | "edge" | "client"; readonly kind: string };

/** Whether whoever asked ran out of patience with the server, rather than of interest in its answer. */
export function isGivenUp({ source, kind }: AbortCause): boolean {
  return source === "origin" && (kind === "timeout" || kind === "too-slow");
}

/** The statuses by which a server says that it cannot serve, be it at present or by this way. */
export function isUnavailable(status: number): boolean {
  return status === 502 || status === 503 || status === 504 || status === LOOP_DETECTED;
}

const LOOP_DETECTED = 508;
