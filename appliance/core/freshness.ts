/**
 * Works out for how long an answer of the origin is fresh, and how old it already is on arrival
 * (RFC 9111 §4.2), with the times for which it may be used though stale (RFC 5861).
 *
 * Where the origin gives no lifetime but says when the object last changed, a tenth of that time is taken
 * (RFC 9111 §4.2.2): what was left alone for ten days will hardly change within one. An answer that says
 * nothing at all is stale at once. Errors are not believed for long, whatever they say of themselves: a
 * segment that was asked for a moment too early must not stay missing. Nor is a guess about a playlist, since
 * a live one may take its place at any time; the rest of that guess is for an origin that gives no answer.
 *
 * One default is for an origin that gives no answer, where RFC 9111 §4.2.4 permits what is stale: a few
 * lifetimes more, and so in proportion to what the origin itself thought bearable. For a live playlist
 * that is seconds: a player cannot see that a playlist is frozen, and an error it can.
 */
import { type CacheControl, secondsOf } from "./cache-control.ts";
import { httpDateMs } from "./http-date.ts";
import type { HeaderFields } from "./response-headers.ts";

export type Freshness = {
  readonly freshForMs: number;
  readonly staleWhileRevalidateMs: number;
  /** When the origin answers with an error. Only as the origin said. */
  readonly staleIfErrorMs: number;
  /** When the origin does not answer. As the origin said, else in proportion to the lifetime. */
  readonly staleIfDisconnectedMs: number;
  /** The origin forbids stale use, so that no client can ask for it either. */
  readonly forbidsStale?: true;
  /** While it is fresh, nobody need ask whether it has changed (RFC 8246). */
  readonly isImmutable?: true;
};

export type LifetimePolicy = {
  /** How long "not found" is believed where the origin does not say. */
  readonly notFoundFreshForMs: number;
  /** How long an error of the client's is believed at most, such as "not found". */
  readonly longestAbsentMs: number;
  /** The same for an error of the origin's. */
  readonly longestErrorMs: number;
  /** Which part of the time since it last changed an answer lives that gives no lifetime. */
  readonly heuristicRatio: number;
  readonly longestHeuristicMs: number;
  /** The same for a playlist. */
  readonly longestPlaylistHeuristicMs: number;
  /** For how many lifetimes more an answer serves while the origin cannot be asked. */
  readonly disconnectedLifetimes: number;
  readonly longestDisconnectedMs: number;
};

export type Arrival = {
  readonly status: number;
  readonly fields: HeaderFields;
  readonly cacheControl: CacheControl;
  /** `cacheControl` was for this cache in particular, so that `Expires` does not count. */
  readonly isTargeted: boolean;
  /** By its name or its type. */
  readonly isPlaylist?: boolean;
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
  if (expires === undefined || arrival.isTargeted) return undefined;
  // What cannot be read has expired, above all "0" (RFC 9111 §5.3).
  const expiresMs = httpDateMs(expires) ?? Number.NEGATIVE_INFINITY;
  return Math.max(0, expiresMs - (httpDateMs(fields["date"]) ?? arrivedAtWallMs));
}

/** Those that RFC 9110 §15.1 calls heuristically cacheable, without 206, which is no whole answer. */
const HEURISTIC_STATUSES = new Set([200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501]);

export function isHeuristicStatus(status: number): boolean {
  return HEURISTIC_STATUSES.has(status);
}

/** The lifetime that is guessed where none is given; undefined where none may be, or nothing tells. */
export function heuristicLifetimeMs(arrival: Arrival, policy: LifetimePolicy): number | undefined {
  const { status, fields, cacheControl, arrivedAtWallMs } = arrival;
  if (!isHeuristicStatus(status) && !cacheControl.public) return undefined;
  const modifiedMs = httpDateMs(fields["last-modified"]);
  if (modifiedMs === undefined) return undefined;
  const sinceMs = (httpDateMs(fields["date"]) ?? arrivedAtWallMs) - modifiedMs;
  return Math.min(Math.max(0, sinceMs * policy.heuristicRatio), policy.longestHeuristicMs);
}

/** @param fallbackMs the lifetime of an answer that gives none, and for which none can be guessed. */
export function freshnessOf(
  arrival: Arrival,
  fallbackMs: number,
  policy: LifetimePolicy,
): Freshness {
  const { cacheControl } = arrival;
  const lifetimeMs = cacheControl.noCache ? 0 : explicitLifetimeMs(arrival);
  // An error must not outlive the trouble that it tells of.
  const isUsableStale = !forbidsStale(cacheControl) && arrival.status < 500;
  const windowMs = (seconds = 0) => (isUsableStale ? seconds * 1000 : 0);
  const staleIfErrorMs = windowMs(cacheControl.staleIfErrorSeconds);
  const guess = guessLifetime(arrival, policy);
  const proportionalMs =
    lifetimeMs === undefined ? guess.withoutOriginMs : lifetimeMs * policy.disconnectedLifetimes;
  const believedMs = lifetimeMs ?? guess.freshForMs ?? fallbackMs;
  return {
    freshForMs: Math.min(believedMs, longestLifetimeMs(arrival.status, policy)),
    staleWhileRevalidateMs: windowMs(cacheControl.staleWhileRevalidateSeconds),
    staleIfErrorMs,
    staleIfDisconnectedMs:
      isUsableStale && leavesWindowToUs(cacheControl)
        ? Math.min(proportionalMs, policy.longestDisconnectedMs)
        : staleIfErrorMs,
    ...(deniesStale(cacheControl) ? { forbidsStale: true } : {}),
    ...(cacheControl.immutable ? { isImmutable: true } : {}),
  };
}

/** What is guessed where no lifetime is given, and for how much longer that serves for want of an origin. */
function guessLifetime(arrival: Arrival, policy: LifetimePolicy) {
  const wholeMs = heuristicLifetimeMs(arrival, policy);
  if (wholeMs === undefined || !arrival.isPlaylist) {
    return { freshForMs: wholeMs, withoutOriginMs: 0 };
  }
  const freshForMs = Math.min(wholeMs, policy.longestPlaylistHeuristicMs);
  const longestMs = Math.min(wholeMs, longestLifetimeMs(arrival.status, policy));
  return { freshForMs, withoutOriginMs: Math.max(0, longestMs - freshForMs) };
}

function longestLifetimeMs(status: number, policy: LifetimePolicy): number {
  if (status >= 500) return policy.longestErrorMs;
  return status >= 400 ? policy.longestAbsentMs : Number.POSITIVE_INFINITY;
}

/** `proxy-revalidate` means to a shared cache what `must-revalidate` means to all. */
function forbidsStale({ mustRevalidate, proxyRevalidate, noCache }: CacheControl): boolean {
  return mustRevalidate || proxyRevalidate || noCache;
}

/** `s-maxage` alone forbids stale use (RFC 9111 §5.2.2.10), unless a window is given beside it. */
function deniesStale(cacheControl: CacheControl): boolean {
  const { staleIfErrorSeconds, sharedMaxAgeSeconds } = cacheControl;
  return (
    forbidsStale(cacheControl) ||
    (sharedMaxAgeSeconds !== undefined && staleIfErrorSeconds === undefined)
  );
}

/** Whoever writes a window means that one. */
function leavesWindowToUs(cacheControl: CacheControl): boolean {
  return cacheControl.staleIfErrorSeconds === undefined && !deniesStale(cacheControl);
}
