/** Writes the `Cache-Status` member by which the appliance tells how it handled a request (RFC 9211). */
export type Handling =
  | { readonly kind: "hit"; readonly ttlSeconds: number; readonly detail: string }
  | ForwardedHandling;

export type ForwardedHandling = {
  readonly kind: "forwarded";
  readonly forwarded: "uri-miss" | "stale" | "bypass";
  readonly forwardedStatus?: number;
  readonly isStored?: boolean;
  readonly isCollapsed?: boolean;
  readonly detail?: string;
};

export function formatCacheStatus(cacheName: string, handling: Handling): string {
  const name = /^[A-Za-z*][\w!#$%&'*+\-.^`|~:/]*$/.test(cacheName) ? cacheName : `"${cacheName}"`;
  if (handling.kind === "hit") {
    return `${name}; hit; ttl=${handling.ttlSeconds}; detail=${handling.detail}`;
  }
  const { forwarded, forwardedStatus, isStored, isCollapsed, detail } = handling;
  let text = `${name}; fwd=${forwarded}`;
  if (forwardedStatus !== undefined) text += `; fwd-status=${forwardedStatus}`;
  if (isStored) text += "; stored";
  if (isCollapsed) text += "; collapsed";
  return detail === undefined ? text : `${text}; detail=${detail}`;
}
