/** Writes the `Cache-Status` member by which the appliance tells how it handled a request (RFC 9211). */
export type Handling =
  | {
      readonly kind: "hit";
      readonly ttlSeconds: number;
      readonly detail: string;
      /** Where it was found; counted, and not told. */
      readonly tier: "ram" | "disk";
    }
  | ForwardedHandling
  /** Neither answered from the cache nor forwarded. */
  | { readonly kind: "refused"; readonly detail: string };

export type ForwardedHandling = {
  readonly kind: "forwarded";
  readonly forwarded: ForwardReason;
  readonly forwardedStatus?: number | undefined;
  /** Of the stored answer that is given all the same; negative where it is stale. */
  readonly ttlSeconds?: number | undefined;
  readonly isStored?: boolean;
  readonly isCollapsed?: boolean;
  readonly detail?: string;
};

/** RFC 9211 §2.2. */
export type ForwardReason =
  | "bypass"
  | "method"
  | "uri-miss"
  | "vary-miss"
  | "miss"
  | "request"
  | "stale"
  | "partial";

export function formatCacheStatus(cacheName: string, handling: Handling): string {
  const name = formatCacheName(cacheName);
  if (handling.kind === "hit") {
    return `${name}; hit; ttl=${handling.ttlSeconds}; detail=${handling.detail}`;
  }
  if (handling.kind === "refused") return `${name}; detail=${handling.detail}`;
  const { forwarded, forwardedStatus, ttlSeconds, isStored, isCollapsed, detail } = handling;
  let text = `${name}; fwd=${forwarded}`;
  if (forwardedStatus !== undefined) text += `; fwd-status=${forwardedStatus}`;
  if (ttlSeconds !== undefined) text += `; ttl=${ttlSeconds}`;
  if (isStored) text += "; stored";
  if (isCollapsed) text += "; collapsed";
  return detail === undefined ? text : `${text}; detail=${detail}`;
}

/** A token where it can be one, else a string (RFC 8941 §3.3). */
export function formatCacheName(cacheName: string): string {
  return /^[A-Za-z*][\w!#$%&'*+\-.^`|~:/]*$/.test(cacheName) ? cacheName : `"${cacheName}"`;
}
