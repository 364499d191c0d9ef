/**
 * Decides what the appliance does with a request, given what it has stored for it and what the client
 * asks of caches.
 *
 * Follows RFC 9111 §4 and §5.2.1 for a shared cache, RFC 8246 for what never changes, and RFC 5861 and
 * RFC 9111 §4.2.4 for answering with what is stale.
 */
import { NO_DIRECTIVES, type RequestDirectives } from "./request-directives.ts";
import { ageMs, hasValidator, type StoredMetadata } from "./stored-metadata.ts";

export type ServingDecision =
  | { readonly action: "serve"; readonly reason: "fresh" | "max-stale" }
  | { readonly action: "serve-and-revalidate"; readonly reason: "stale-while-revalidate" }
  | { readonly action: "revalidate"; readonly reason: "expired" | "request" }
  | { readonly action: "fetch"; readonly reason: "nothing-stored" | "expired" | "request" };

/** How the origin failed: it answered with an error, or it could not be brought to answer. */
export type OriginTrouble = "error" | "disconnected";

/** What to do with the requests that waited for a fetch that failed. */
export type FailureDecision =
  | { readonly action: "serve"; readonly reason: "stale-if-error" | "disconnected" }
  | { readonly action: "fail"; readonly reason: "nothing-stored" | "expired" };

const FRESH: ServingDecision = { action: "serve", reason: "fresh" };

export function decideServing(
  stored: StoredMetadata | undefined,
  nowWallMs: number,
  directives: RequestDirectives = NO_DIRECTIVES,
): ServingDecision {
  if (stored === undefined) return { action: "fetch", reason: "nothing-stored" };
  const staleMs = staleForMs(stored, nowWallMs);
  const isWanted = directives === NO_DIRECTIVES || suits(stored, staleMs, nowWallMs, directives);
  if (isWanted && staleMs < 0) return FRESH;
  if (isWanted && staleMs < stored.staleWhileRevalidateMs) {
    return { action: "serve-and-revalidate", reason: "stale-while-revalidate" };
  }
  if (isWanted && staleMs < directives.maxStaleMs && stored.forbidsStale !== true) {
    return { action: "serve", reason: "max-stale" };
  }
  const reason = isWanted ? "expired" : "request";
  return { action: hasValidator(stored) ? "revalidate" : "fetch", reason };
}

export function decideAfterFailure(
  stored: StoredMetadata | undefined,
  trouble: OriginTrouble,
  nowWallMs: number,
): FailureDecision {
  if (stored === undefined) return { action: "fail", reason: "nothing-stored" };
  const staleMs = staleForMs(stored, nowWallMs);
  if (staleMs < stored.staleIfErrorMs) return { action: "serve", reason: "stale-if-error" };
  if (trouble === "disconnected" && staleMs < stored.staleIfDisconnectedMs) {
    return { action: "serve", reason: "disconnected" };
  }
  return { action: "fail", reason: "expired" };
}

/** For how long it has been stale; negative while it is fresh. */
export function staleForMs(stored: StoredMetadata, nowWallMs: number): number {
  const staleMs = ageMs(stored, nowWallMs) - stored.freshForMs;
  return stored.isMadeStale === true ? Math.max(0, staleMs) : staleMs;
}

/** Whether the client takes it, as far as its own directives go. */
function suits(
  stored: StoredMetadata,
  staleMs: number,
  nowWallMs: number,
  { noCache, maxAgeMs, minFreshMs }: RequestDirectives,
): boolean {
  if (minFreshMs > 0 && -staleMs < minFreshMs) return false;
  // A reload asks for what never changes as well (RFC 8246 §2).
  if (stored.isImmutable && staleMs < 0) return true;
  return !noCache && ageMs(stored, nowWallMs) <= maxAgeMs;
}
