/**
 * Whether something listens behind a proxy, so that the proxy can be as absent as a dead box.
 *
 * Nobody asks while all is well: a refused connection tells. While it is gone, and when an answer
 * broke off in the middle, the one loop looks.
 */
export type UpstreamPresence =
  | { readonly state: "up"; readonly isSuspected: boolean }
  | { readonly state: "gone"; readonly reason: string; readonly nextLookAtMs: number };

export type Look =
  | { readonly result: "accepted" }
  | { readonly result: "refused"; readonly reason: string };

export type PresencePolicy = { readonly lookEveryMs: number };

/** Errors of a connection attempt that tell of this machine and not of the upstream. */
const OUR_OWN_SHORTAGES = ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EADDRNOTAVAIL"];

export function isUpstreamsDoing(errorCode: string): boolean {
  return !OUR_OWN_SHORTAGES.includes(errorCode);
}

export const PRESENT: UpstreamPresence = { state: "up", isSuspected: false };

export function suspect(presence: UpstreamPresence): UpstreamPresence {
  return presence.state === "up" ? { state: "up", isSuspected: true } : presence;
}

export function isLookDue(presence: UpstreamPresence, nowMs: number): boolean {
  return presence.state === "up" ? presence.isSuspected : nowMs >= presence.nextLookAtMs;
}

export function observeLook(
  look: Look,
  { lookEveryMs }: PresencePolicy,
  nowMs: number,
): UpstreamPresence {
  if (look.result === "accepted") return PRESENT;
  return { state: "gone", reason: look.reason, nextLookAtMs: nowMs + lookEveryMs };
}
