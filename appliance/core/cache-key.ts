/**
 * Names an object by its path and query, without what players add to the query for others to read.
 *
 * CMCD and content-steering parameters differ with every request and viewer: in the key they would
 * make a cache of one-time objects, and the origin has no use for them (CTA-5004; RFC 8216bis
 * §7.1; DASH content steering).
 */
const PLAYER_PARAMETER = /^(?:CMCD|_HLS_pathway|_HLS_throughput|_DASH_[^=]*)(?:=|$)/;

/** Returns what follows the origin's base address; it is the cache key as well. */
export function cacheKeyOf(path: string, query: string): string {
  if (query === "") return path;
  const kept = query.split("&").filter((parameter) => !PLAYER_PARAMETER.test(parameter));
  const rest = kept.join("&");
  return rest === "" ? path : `${path}?${rest}`;
}
