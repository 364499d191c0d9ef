/**
 * Tells what an answer to an unsafe request makes void: what is stored for its URL, and for the URLs of
 * the same host that it names as changed (RFC 9111 §4.4).
 */
import { cacheKeyOf } from "./cache-key.ts";
import type { HeaderFields } from "./response-headers.ts";

export type UnsafeExchange = {
  /** Path and query that the request was for. */
  readonly target: string;
  /** The client's `Host`. */
  readonly host: string | undefined;
  /** Base address of the origin: it may name itself by its own address. */
  readonly originUrl: string;
};

/** Safe requests change nothing (RFC 9110 §9.2.1). */
export function isSafeMethod(method: string): boolean {
  return method === "GET" || method === "HEAD" || method === "OPTIONS" || method === "TRACE";
}

/** The targets of which nothing stored may be used again; none after an error. */
export function invalidatedTargets(
  status: number,
  fields: HeaderFields,
  exchange: UnsafeExchange,
): readonly string[] {
  if (status < 200 || status >= 400) return [];
  const named = [fields["location"], fields["content-location"]];
  const targets = named.flatMap((url) => targetNamed(url, exchange) ?? []);
  return [...new Set([exchange.target, ...targets])];
}

/** Only the same host may be spoken for: any other could void the cache of its neighbours. */
export function targetNamed(
  url: string | undefined,
  { target, host, originUrl }: UnsafeExchange,
): string | undefined {
  if (url === undefined) return undefined;
  const origin = new URL(originUrl);
  const basePath = origin.pathname.replace(/\/$/, "");
  const base = `${origin.origin}${basePath}${target}`;
  if (!URL.canParse(url, base)) return undefined;
  const resolved = new URL(url, base);
  if (resolved.host !== origin.host && resolved.host !== host) return undefined;
  const { pathname, search } = resolved;
  const isOfOrigin = resolved.host === origin.host && pathname.startsWith(`${basePath}/`);
  const path = isOfOrigin ? pathname.slice(basePath.length) : pathname;
  return cacheKeyOf(path, search.slice(1));
}
