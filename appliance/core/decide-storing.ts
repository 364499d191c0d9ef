/**
 * Decides what becomes of an answer of the origin: kept, shared by those who wait for it now, or
 * passed to the one client whose request brought it (RFC 9111 §3).
 *
 * Fills are asked for anonymously (no cookies, no credentials), so a failure of the origin may be
 * told to everybody who waits; anything else that may not be stored is for one client only.
 */
import type { LifetimePolicy } from "./freshness.ts";
import {
  cacheControlOf,
  freshnessOfAnswer,
  isNotFound,
  type OriginAnswer,
} from "./stored-metadata.ts";

export type StoringDecision =
  | { readonly action: "store"; readonly reason: "storable" }
  | { readonly action: "share"; readonly reason: "origin-error" }
  | { readonly action: "pass"; readonly reason: PassReason };

export type PassReason =
  | "status"
  | "no-store"
  | "private"
  | "set-cookie"
  | "vary"
  | "content-encoding"
  | "never-fresh"
  | "too-large";

export type StoringPolicy = LifetimePolicy & { readonly maxObjectBytes: number };

export function decideStoring(answer: OriginAnswer, policy: StoringPolicy): StoringDecision {
  const { status, fields } = answer;
  if (status >= 500) return { action: "share", reason: "origin-error" };
  const refusal = refusalOf(answer, policy);
  if (refusal !== undefined) return { action: "pass", reason: refusal };
  if (status !== 200 && !isNotFound(status)) return { action: "pass", reason: "status" };
  if (Number(fields["content-length"] ?? 0) > policy.maxObjectBytes) {
    return { action: "pass", reason: "too-large" };
  }
  return { action: "store", reason: "storable" };
}

function refusalOf(answer: OriginAnswer, policy: StoringPolicy): PassReason | undefined {
  const { fields } = answer;
  const cacheControl = cacheControlOf(answer);
  if (cacheControl.noStore) return "no-store";
  if (cacheControl.private) return "private";
  if (fields["set-cookie"] !== undefined) return "set-cookie";
  if (!variesHarmlessly(fields["vary"])) return "vary";
  // The appliance asks for `identity`; what comes encoded in spite of it does not suit everybody.
  if ((fields["content-encoding"] ?? "identity") !== "identity") return "content-encoding";
  if (isOfNoUse(answer, policy)) return "never-fresh";
  return undefined;
}

/** Stale on arrival and without a validator: it could never be used again. */
function isOfNoUse(answer: OriginAnswer, policy: StoringPolicy): boolean {
  const { fields } = answer;
  const freshness = freshnessOfAnswer(answer, policy);
  const isUsable = Object.values(freshness).some((ms) => ms > 0);
  return !isUsable && fields["etag"] === undefined && fields["last-modified"] === undefined;
}

/** Every fill asks for the same encoding, and cross-origin access is granted to all alike. */
function variesHarmlessly(vary: string | undefined): boolean {
  if (vary === undefined) return true;
  const names = vary.toLowerCase().split(",");
  return names.every((name) => ["", "accept-encoding", "origin"].includes(name.trim()));
}
