/**
 * Works out for how long an answer of the origin is fresh, and how old it already is on arrival
 * (RFC 9111 §4.2), with the times for which it may be used though stale (RFC 5861).
 *
 * No heuristics: an answer that says nothing of its lifetime is stale at once. Guessing gains a few
 * hits and loses the operator's trust the first time that the guess is wrong.
 *
 * The one default is for an origin that gives no answer at all, where RFC 9111 §4.2.4 permits what is
 * stale: a few lifetimes more, and so in proportion to what the origin itself thought bearable. For a
 * live playlist that is seconds: a player cannot see that a playlist is frozen, and an error it can.
 */
import { type CacheControl, secondsOf } from "./cache-control.ts";
import type { HeaderFields } from "./response-headers.ts";

export type Freshness = {
  readonly freshForMs: number;
  readonly staleWhileRevalidateMs: number;
  /** When the origin answers with an error. Only as the origin said. */
  readonly staleIfErrorMs: number;
  /** When the origin does not answer. As the origin said, else in proportion to the lifetime. */
  readonly staleIfDisconnectedMs: number;
};

export type LifetimePolicy = {
  /** How long "not found" is believed where the origin does not say. */
  readonly notFoundFreshForMs: number;
  /** For how many lifetimes more an answer serves while the origin cannot be asked. */
  readonly disconnectedLifetimes: number;
  readonly longestDisconnectedMs: number;
};

export type Arrival = {
  readonly fields: HeaderFields;
  readonly cacheControl: CacheControl;
  readonly requestedAtWallMs: number;
  readonly arrivedAtWallMs: number;
};

/** The corrected initial age: what it had on the way, plus what this hop may have added. */
export function initialAgeMs({ fields, requestedAtWallMs, arrivedAtWallMs }: Arrival): number {
  const dateMs = httpDateMs(fields["date"]) ?? arrivedAtWallMs;
  // `Date` knows whole seconds only; its missing fraction would cost a live playlist half its life.
  const apparentAgeMs = Math.max(0, Math.floor((arrivedAtWallMs - dateMs) / 1000) * 1000);
  const ageSeconds = fields["age"]?.split(",")[0]?.trim() ?? "";
  // A malformed Age is ignored (RFC 9111 §5.1).
  const ageValueMs = /^\d+$/.test(ageSeconds) ? (secondsOf(ageSeconds) ?? 0) * 1000 : 0;
  const delayMs = Math.max(0, arrivedAtWallMs - requestedAtWallMs);
  return Math.max(apparentAgeMs, ageValueMs + delayMs);
}

/** The lifetime that the origin gave: `s-maxage`, else `max-age`, else `Expires`, else undefined. */
export function explicitLifetimeMs(arrival: Arrival): number | undefined {
  const { cacheControl, fields, arrivedAtWallMs } = arrival;
  const seconds = cacheControl.sharedMaxAgeSeconds ?? cacheControl.maxAgeSeconds;
  if (seconds !== undefined) return seconds * 1000;
  const expires = fields["expires"];
  if (expires === undefined) return undefined;
  // What cannot be read has expired, above all "0" (RFC 9111 §5.3).
  const expiresMs = httpDateMs(expires) ?? Number.NEGATIVE_INFINITY;
  return Math.max(0, expiresMs - (httpDateMs(fields["date"]) ?? arrivedAtWallMs));
}

/** @param fallbackMs the lifetime of an answer that gives none. */
export function freshnessOf(
  arrival: Arrival,
  fallbackMs: number,
  policy: LifetimePolicy,
): Freshness {
  const { cacheControl } = arrival;
  const lifetimeMs = cacheControl.noCache ? 0 : explicitLifetimeMs(arrival);
  const windowMs = (seconds = 0) => (forbidsStale(cacheControl) ? 0 : seconds * 1000);
  const staleIfErrorMs = windowMs(cacheControl.staleIfErrorSeconds);
  const proportionalMs = (lifetimeMs ?? 0) * policy.disconnectedLifetimes;
  return {
    freshForMs: lifetimeMs ?? fallbackMs,
    staleWhileRevalidateMs: windowMs(cacheControl.staleWhileRevalidateSeconds),
    staleIfErrorMs,
    staleIfDisconnectedMs: leavesWindowToUs(cacheControl)
      ? Math.min(proportionalMs, policy.longestDisconnectedMs)
      : staleIfErrorMs,
  };
}

function forbidsStale({ mustRevalidate, noCache }: CacheControl): boolean {
  return mustRevalidate || noCache;
}

/**
 * `s-maxage` alone forbids stale use (RFC 9111 §5.2.2.10), and whoever writes a window means that one;
 * whoever writes both wants both.
 */
function leavesWindowToUs(cacheControl: CacheControl): boolean {
  const { staleIfErrorSeconds, sharedMaxAgeSeconds } = cacheControl;
  if (forbidsStale(cacheControl)) return false;
  return staleIfErrorSeconds === undefined && sharedMaxAgeSeconds === undefined;
}

const HTTP_DATE =
  /^(?:[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4}|[A-Z][a-z]{5,8}, \d\d-[A-Z][a-z]{2}-\d\d) \d\d:\d\d:\d\d GMT$/;
const ASCTIME_DATE = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/;

/** Milliseconds since 1970 of an HTTP date in one of its three forms (RFC 9110 §5.6.7), else undefined. */
export function httpDateMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const zoned = ASCTIME_DATE.test(text) ? `${text} GMT` : text;
  if (zoned === text && !HTTP_DATE.test(text)) return undefined;
  // biome-ignore lint/style/noRestrictedGlobals: it reads a text here, not the clock.
  const ms = Date.parse(zoned);
  return Number.isNaN(ms) ? undefined : ms;
}
