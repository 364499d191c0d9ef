/**
 * What the site's pages may load (Content Security Policy, level 3).
 *
 * Scripts come from the site alone. Media are fetched from whatever appliance steering names and
 * played from `blob:` URLs, so those directives are wide: any port of this machine in the demo, and
 * any host once a neighbour stands elsewhere, because steering may then name a host not known here.
 */
export type CspDirectives = Record<string, string[] | null>;

const LOOPBACK = ["http://127.0.0.1:*", "http://localhost:*"];
const ANYWHERE = ["http:", "https:"];

/** @param neighbours base URLs of steering, fleet and appliances. */
export function contentSecurity(neighbours: readonly string[]): CspDirectives {
  const media = neighbours.every(isLoopback) ? LOOPBACK : ANYWHERE;
  return {
    "default-src": ["'self'"],
    "script-src": ["'self'"],
    "worker-src": ["'self'", "blob:"],
    "connect-src": ["'self'", "blob:", "data:", ...media],
    "media-src": ["'self'", "blob:", "data:", ...media],
    "img-src": ["'self'", "blob:", "data:", ...media],
    "font-src": ["'self'", "data:"],
    // The player's controls set styles on elements of their shadow trees.
    "style-src": ["'self'", "'unsafe-inline'"],
    "object-src": ["'none'"],
    "base-uri": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'self'"],
    // Plain HTTP on loopback is the demo's only scheme.
    "upgrade-insecure-requests": null,
  };
}

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
