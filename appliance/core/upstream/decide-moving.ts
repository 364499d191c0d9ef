/**
 * Decides whether a request that failed before anything of its answer was given on may be put to
 * another upstream.
 *
 * A safe request may always be. One that changes something may have done so although no answer came
 * (RFC 9110 §9.2.2): it moves only where it cannot have been sent, and only if it is idempotent. A body
 * that is a stream can be read once, so it moves only before the first byte of it was asked for.
 */
import { isUnavailable, STALE_CONNECTION, type UpstreamFailureKind } from "./judge-call.ts";

export type MovingRequest = {
  readonly method: string;
  readonly body: "none" | "bytes" | "stream";
};

export type Setback = { readonly kind: UpstreamFailureKind; readonly reason: string };

export type MovingDecision =
  | { readonly action: "move"; readonly reason: "safe" | "never-sent" }
  | {
      readonly action: "stay";
      readonly reason: "not-idempotent" | "may-have-arrived" | "body-is-spent" | "no-longer-wanted";
    };

export function decideMoving(request: MovingRequest, setback: Setback): MovingDecision {
  if (setback.kind === "aborted") return { action: "stay", reason: "no-longer-wanted" };
  if (setback.kind === "busy" || setback.kind === "breaker-open") {
    return { action: "move", reason: "never-sent" };
  }
  if (isSafe(request)) return { action: "move", reason: "safe" };
  if (!IDEMPOTENT.has(request.method)) return { action: "stay", reason: "not-idempotent" };
  // An undici that cannot connect destroys the stream that it was to send.
  if (request.body === "stream") return { action: "stay", reason: "body-is-spent" };
  return NEVER_SENT.has(setback.reason)
    ? { action: "move", reason: "never-sent" }
    : { action: "stay", reason: "may-have-arrived" };
}

/** An answer that is rather asked for elsewhere than given on. */
export function mayMoveFrom(status: number, request: MovingRequest): boolean {
  return isUnavailable(status) && isSafe(request);
}

/**
 * Whether the same upstream deserves the same question again at once: a connection broke that may have
 * been closed before the question came (RFC 9112 §9.3.1), or one that had brought part of the answer.
 */
export function isForgivable({ kind, reason }: Setback, isInBody: boolean): boolean {
  return kind === "broken" && (isInBody || MAYBE_TOO_LATE.has(reason));
}

function isSafe({ method, body }: MovingRequest): boolean {
  return body === "none" && SAFE.has(method);
}

const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);
const IDEMPOTENT: ReadonlySet<string> = new Set([...SAFE, "PUT", "DELETE"]);
const MAYBE_TOO_LATE: ReadonlySet<string> = new Set([STALE_CONNECTION, "ECONNRESET", "EPIPE"]);
const NEVER_SENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
]);
