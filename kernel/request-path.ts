/**
 * Decides whether a request target names a path that is safe to route, cache and forward.
 *
 * Every service refuses the same shapes before anything looks at the path, so that no two of them
 * can disagree about what it names (RFC 9112 §3.2 request targets; RFC 3986 §6.2.2 normal forms).
 */
export type RequestPath =
  | { readonly ok: true; readonly path: string; readonly query: string }
  | { readonly ok: false; readonly reason: PathRefusal };

export type PathRefusal =
  | "not-origin-form"
  | "too-long"
  | "empty-segment"
  | "dot-segment"
  | "encoded-slash"
  | "backslash"
  | "control-character"
  | "bad-percent-encoding"
  | "fragment";

const MAX_TARGET_LENGTH = 4096;

/** Reads the raw request target, as it stood in the request line. The path stays percent-encoded. */
export function readRequestPath(target: string): RequestPath {
  const [path = "", ...rest] = target.split("?");
  const refusal = refusalOf(target, path);
  if (refusal !== undefined) return { ok: false, reason: refusal };
  return { ok: true, path, query: rest.join("?") };
}

function refusalOf(target: string, path: string): PathRefusal | undefined {
  if (target.length > MAX_TARGET_LENGTH) return "too-long";
  // The absolute form (`GET http://elsewhere/`) is for forward proxies, and no service here is one.
  if (!path.startsWith("/")) return "not-origin-form";
  if (target.includes("#")) return "fragment";
  if (hasControlCharacter(target)) return "control-character";
  // `//host/` would turn into another authority wherever the path is resolved against a base.
  if (path.includes("//")) return "empty-segment";
  if (path.includes("\\") || /%5c/i.test(path)) return "backslash";
  if (/%2f/i.test(path)) return "encoded-slash";
  if (/%(?![0-9a-f]{2})/i.test(path)) return "bad-percent-encoding";
  if (/%(?:[01][0-9a-f]|7f)/i.test(path)) return "control-character";
  if (path.split("/").some(isDotSegment)) return "dot-segment";
  return undefined;
}

function isDotSegment(segment: string): boolean {
  return /^(?:\.|%2e){1,2}$/i.test(segment);
}

function hasControlCharacter(target: string): boolean {
  for (let index = 0; index < target.length; index += 1) {
    const code = target.charCodeAt(index);
    if (code <= 0x20 || code >= 0x7f) return true;
  }
  return false;
}
