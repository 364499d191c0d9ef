/**
 * Works out for how long an answer of the origin is fresh, and how old it already is on arrival
 * (RFC 9111 §4.2), with the times for which it may be used though stale (RFC 5861).
 *
 * No heuristics: an answer that says nothing of its lifetime is stale at once. Guessing gains a few
 * hits and loses the operator's trust the first time that the guess is wrong.
 */
import { type CacheControl, secondsOf } from "./cache-control.ts";
import type { HeaderFields } from "./response-headers.ts";

export type Freshness = {
  readonly freshForMs: number;
  readonly staleWhileRevalidateMs: number;
  readonly staleIfErrorMs: number;
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
  const apparentAgeMs = Math.max(0, arrivedAtWallMs - dateMs);
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
export function freshnessOf(arrival: Arrival, fallbackMs: number): Freshness {
  const { cacheControl } = arrival;
  // `s-maxage` alone forbids stale use (RFC 9111 §5.2.2.10), and so does the absence of a window;
  // whoever writes `s-maxage` and a window of RFC 5861 wants both.
  const mayBeStale = !cacheControl.mustRevalidate && !cacheControl.noCache;
  const windowMs = (seconds: number) => (mayBeStale ? seconds * 1000 : 0);
  return {
    freshForMs: cacheControl.noCache ? 0 : (explicitLifetimeMs(arrival) ?? fallbackMs),
    staleWhileRevalidateMs: windowMs(cacheControl.staleWhileRevalidateSeconds),
    staleIfErrorMs: windowMs(cacheControl.staleIfErrorSeconds),
  };
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
