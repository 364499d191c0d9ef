/**
 * Decides what the appliance does with a request, given what it has stored for it.
 *
 * Follows RFC 9111 §4 for a shared cache, and RFC 5861 and RFC 9111 §4.2.4 for answering with what is
 * stale.
 */
import { ageMs, hasValidator, type StoredMetadata } from "./stored-metadata.ts";

export type ServingDecision =
  | { readonly action: "serve"; readonly reason: "fresh" }
  | { readonly action: "serve-and-revalidate"; readonly reason: "stale-while-revalidate" }
  | { readonly action: "revalidate"; readonly reason: "expired" }
  | { readonly action: "fetch"; readonly reason: "nothing-stored" | "expired" };

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
): ServingDecision {
  if (stored === undefined) return { action: "fetch", reason: "nothing-stored" };

  const staleMs = staleForMs(stored, nowWallMs);
  if (staleMs < 0) return FRESH;
  if (staleMs < stored.staleWhileRevalidateMs) {
    return { action: "serve-and-revalidate", reason: "stale-while-revalidate" };
  }
  return { action: hasValidator(stored) ? "revalidate" : "fetch", reason: "expired" };
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
  return ageMs(stored, nowWallMs) - stored.freshForMs;
}
