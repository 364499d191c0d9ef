/**
 * Decides whether a stored multivariant playlist may be used again: a flood of viewers must not
 * reach the origin, and a short outage of the origin must not reach the viewers.
 *
 * Such playlists hardly ever change, so every copy is good for a moment whatever its Cache-Control
 * says, and a slightly old one is used while a new one is fetched (RFC 5861). A live MPD is another thing
 * each few seconds, and an old one shows the player an edge that has gone: whoever comes late waits.
 */
export type CopyPolicy = {
  readonly shortestMs: number;
  readonly longestMs: number;
  /** For so long past its time a copy is used while it is fetched anew. */
  readonly refreshBehindMs: number;
  /** The same, of what goes on. */
  readonly refreshBehindLiveMs: number;
};

export type CopyTimes = {
  readonly fetchedAtMs: number;
  readonly freshForMs: number;
  /** It lists media, and more by and by. */
  readonly isLive: boolean;
};

export type CopyDecision =
  | { readonly action: "use"; readonly reason: "fresh" }
  | { readonly action: "use-and-refresh"; readonly reason: "stale-while-revalidate" }
  | { readonly action: "fetch"; readonly reason: "nothing-stored" | "expired" };

export function decideCopy(
  copy: CopyTimes | undefined,
  policy: CopyPolicy,
  nowMs: number,
): CopyDecision {
  if (copy === undefined) return { action: "fetch", reason: "nothing-stored" };
  const staleForMs = nowMs - copy.fetchedAtMs - copy.freshForMs;
  if (staleForMs < 0) return { action: "use", reason: "fresh" };
  const behindMs = copy.isLive ? policy.refreshBehindLiveMs : policy.refreshBehindMs;
  if (staleForMs < behindMs) {
    return { action: "use-and-refresh", reason: "stale-while-revalidate" };
  }
  return { action: "fetch", reason: "expired" };
}

/** How long a copy is fresh: its `max-age`, within our own bounds. */
export function freshnessMs(cacheControl: string | undefined, policy: CopyPolicy): number {
  const maxAgeSeconds = /(?:^|[\s,])max-age="?(\d+)/i.exec(cacheControl ?? "")?.[1];
  return Math.min(policy.longestMs, Math.max(policy.shortestMs, Number(maxAgeSeconds ?? 0) * 1000));
}
