/**
 * Reads what a client's `Cache-Control` and `Pragma` ask of the cache (RFC 9111 §5.2.1, §5.4), and says
 * how much of it counts.
 *
 * RFC 9111 leaves request directives to the cache. By default those count which cost nobody else
 * anything: `only-if-cached` and `max-stale`. Those which send a request past a fresh answer
 * (`no-cache`, `no-store`, `max-age`, `min-fresh`, `Pragma`) would let any page and any reload load the
 * origin at will; a browser adds `no-cache` to every `fetch` with `cache: "no-store"`, as media players
 * do. An operator who has no such clients lets all of them count.
 */
import { directivesIn, fewestSeconds } from "./cache-control.ts";

export type ClientDirectivesPolicy = "all" | "harmless";

export type RequestDirectives = {
  readonly noCache: boolean;
  readonly noStore: boolean;
  readonly onlyIfCached: boolean;
  readonly maxAgeMs: number;
  readonly minFreshMs: number;
  /** For how long beyond its freshness an answer still suits the client. */
  readonly maxStaleMs: number;
};

export const NO_DIRECTIVES: RequestDirectives = {
  noCache: false,
  noStore: false,
  onlyIfCached: false,
  maxAgeMs: Number.POSITIVE_INFINITY,
  minFreshMs: 0,
  maxStaleMs: 0,
};

export function readRequestDirectives(
  cacheControl: string | undefined,
  pragma: string | undefined,
  policy: ClientDirectivesPolicy,
): RequestDirectives {
  if (cacheControl === undefined && pragma === undefined) return NO_DIRECTIVES;
  const directives = directivesIn(cacheControl);
  const harmless = {
    ...NO_DIRECTIVES,
    onlyIfCached: directives.has("only-if-cached"),
    maxStaleMs: maxStaleMs(directives.get("max-stale")),
  };
  if (policy === "harmless") return harmless;
  // `Pragma` counts only where nothing newer is said (RFC 9111 §5.4).
  const isPragmaNoCache = cacheControl === undefined && directivesIn(pragma).has("no-cache");
  const maxAgeSeconds = fewestSeconds(directives, "max-age");
  return {
    ...harmless,
    noCache: directives.has("no-cache") || isPragmaNoCache,
    noStore: directives.has("no-store"),
    maxAgeMs: maxAgeSeconds === undefined ? Number.POSITIVE_INFINITY : maxAgeSeconds * 1000,
    minFreshMs: (fewestSeconds(directives, "min-fresh") ?? 0) * 1000,
  };
}

/** Without an argument, any staleness will do (RFC 9111 §5.2.1.2). */
function maxStaleMs(given: readonly (string | undefined)[] | undefined): number {
  if (given === undefined) return 0;
  const limits = given.map((text) => {
    if (text === undefined) return Number.POSITIVE_INFINITY;
    return /^\d+$/.test(text) ? Number(text) * 1000 : 0;
  });
  return Math.min(...limits);
}
