/**
 * Decides whether a request that failed before anything of its answer was given on may be put to
 * another upstream.
 *
 * A safe request may always be. One that changes something may have done so although no answer came
 * (RFC 9110 §9.2.2): it moves only where it cannot have been sent, and only if it is idempotent.
 */
import { isUnavailable, STALE_CONNECTION, type UpstreamFailureKind } from "./judge-call.ts";

export type MovingRequest = {
  readonly method: string;
  readonly hasBody: boolean;
};

export type Setback = { readonly kind: UpstreamFailureKind; readonly reason: string };

export type MovingDecision =
  | { readonly action: "move"; readonly reason: "safe" | "never-sent" }
  | {
      readonly action: "stay";
      readonly reason: "not-idempotent" | "may-have-arrived" | "no-longer-wanted";
    };

export function decideMoving(request: MovingRequest, setback: Setback): MovingDecision {
  if (setback.kind === "aborted") return { action: "stay", reason: "no-longer-wanted" };
  if (setback.kind === "busy" || setback.kind === "breaker-open") {
    return { action: "move", reason: "never-sent" };
  }
  if (isSafe(request)) return { action: "move", reason: "safe" };
  if (!IDEMPOTENT.has(request.method)) return { action: "stay", reason: "not-idempotent" };
  return NEVER_SENT.has(setback.reason)
    ? { action: "move", reason: "never-sent" }
    : { action: "stay", reason: "may-have-arrived" };
}

/** An answer that is rather asked for elsewhere than given on. */
export function mayMoveFrom(status: number, request: MovingRequest): boolean {
  return isUnavailable(status) && isSafe(request);
}

/**
 * How often the same upstream may break the connection and be asked again at once: one that may have
 * been closed before the question came (RFC 9112 §9.3.1), or that had brought part of the answer. Those
 * that lay idle are cut together, by a restart or on their way, so that a question may meet several.
 */
export function timesForgiven({ kind, reason }: Setback, isInBody: boolean): number {
  if (kind !== "broken") return 0;
  if (!isInBody && reason === STALE_CONNECTION) return MOST_STALE;
  return isInBody || MAYBE_TOO_LATE.has(reason) ? 1 : 0;
}

function isSafe({ method, hasBody }: MovingRequest): boolean {
  return !hasBody && SAFE.has(method);
}

/** Each is gone with the attempt, so that a few are enough; a request that kills its server makes no more. */
const MOST_STALE = 3;
const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);
const IDEMPOTENT: ReadonlySet<string> = new Set([...SAFE, "PUT", "DELETE"]);
const MAYBE_TOO_LATE: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE"]);
const NEVER_SENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
]);
