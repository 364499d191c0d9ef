/**
 * Decides what becomes of an answer of the origin: kept, shared by those who wait for it now, or
 * passed to the one client whose request brought it (RFC 9111 §3).
 *
 * Fills are asked for anonymously (no cookies, no credentials), so a failure of the origin may be
 * told to everybody who waits; anything else that may not be stored is for one client only.
 */
import type { CacheControl } from "./cache-control.ts";
import { explicitLifetimeMs, isHeuristicStatus, type LifetimePolicy } from "./freshness.ts";
import { arrivalOf, freshnessOfAnswer, isNotFound, type OriginAnswer } from "./stored-metadata.ts";
import { varyNamesOf } from "./variant.ts";

export type StoringDecision =
  | { readonly action: "store"; readonly reason: "storable" }
  | { readonly action: "share"; readonly reason: "origin-error" }
  | { readonly action: "pass"; readonly reason: PassReason };

export type PassReason =
  | "status"
  | "no-store"
  | "private"
  | "not-understood"
  | "authorization"
  | "set-cookie"
  | "vary"
  | "never-fresh"
  | "too-large";

export type StoringPolicy = LifetimePolicy & { readonly maxObjectBytes: number };

/** @param isAuthorized the request that brought the answer about bore credentials. */
export function decideStoring(
  answer: OriginAnswer,
  policy: StoringPolicy,
  { isAuthorized }: { readonly isAuthorized: boolean } = { isAuthorized: false },
): StoringDecision {
  const { status, fields } = answer;
  const refusal = refusalOf(answer, policy, isAuthorized);
  if (refusal !== undefined) {
    return status >= 500
      ? { action: "share", reason: "origin-error" }
      : { action: "pass", reason: refusal };
  }
  if (Number(fields["content-length"] ?? 0) > policy.maxObjectBytes) {
    return { action: "pass", reason: "too-large" };
  }
  return { action: "store", reason: "storable" };
}

function refusalOf(
  answer: OriginAnswer,
  policy: StoringPolicy,
  isAuthorized: boolean,
): PassReason | undefined {
  const { status, fields } = answer;
  const arrival = arrivalOf(answer);
  const { cacheControl } = arrival;
  if (cacheControl.mustUnderstand && !UNDERSTOOD.has(status)) return "not-understood";
  // To who understands the status, `no-store` beside `must-understand` says nothing (§5.2.2.3).
  if (cacheControl.noStore && !cacheControl.mustUnderstand) return "no-store";
  if (cacheControl.private) return "private";
  if (isAuthorized && !permitsAuthorized(cacheControl)) return "authorization";
  if (varyNamesOf(fields) === "anything") return "vary";
  const lifetimeMs = explicitLifetimeMs(arrival);
  const isPermitted = lifetimeMs !== undefined || cacheControl.public || isHeuristicStatus(status);
  if (!isPermitted || NOT_WHOLE.has(status)) return "status";
  // Who gives a cookie without a word on freshness did not think of caches.
  if (fields["set-cookie"] !== undefined && !((lifetimeMs ?? 0) > 0)) return "set-cookie";
  if (isOfNoUse(answer, policy)) return "never-fresh";
  return undefined;
}

/** RFC 9111 §3.5. */
function permitsAuthorized(cacheControl: CacheControl): boolean {
  const { public: isPublic, mustRevalidate, sharedMaxAgeSeconds } = cacheControl;
  return isPublic || mustRevalidate || sharedMaxAgeSeconds !== undefined;
}

/** They are about something that is stored already, or that is asked for in another way. */
const NOT_WHOLE = new Set([206, 304, 416]);

/** Final statuses of RFC 9110 §15; of what others may mean for a cache, nothing is known. */
const UNDERSTOOD = new Set([
  200, 201, 202, 203, 204, 205, 206, 300, 301, 302, 303, 304, 305, 307, 308, 400, 401, 402, 403,
  404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 426, 500, 501,
  502, 503, 504, 505,
]);

/** Stale on arrival and without a validator: it could never be used again. */
function isOfNoUse(answer: OriginAnswer, policy: StoringPolicy): boolean {
  const { status, fields } = answer;
  const { freshForMs, staleWhileRevalidateMs, staleIfErrorMs, staleIfDisconnectedMs } =
    freshnessOfAnswer(answer, policy);
  const longestMs = Math.max(
    freshForMs,
    staleWhileRevalidateMs,
    staleIfErrorMs,
    staleIfDisconnectedMs,
  );
  if (longestMs > 0) return false;
  const isValidatable = fields["etag"] !== undefined || fields["last-modified"] !== undefined;
  return !isValidatable || (status >= 400 && !isNotFound(status));
}
