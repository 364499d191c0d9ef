/**
 * Reads a `Cache-Control` field into its directives (RFC 9111 §5.2).
 *
 * A directive that cannot be read as it should is taken in its strictest sense: a `max-age` that is
 * no number counts as zero (RFC 9111 §4.2.1), never as absent.
 */
export type CacheControl = {
  readonly noStore: boolean;
  readonly noCache: boolean;
  readonly private: boolean;
  readonly public: boolean;
  readonly mustRevalidate: boolean;
  readonly maxAgeSeconds: number | undefined;
  readonly sharedMaxAgeSeconds: number | undefined;
  readonly staleWhileRevalidateSeconds: number;
  /** Undefined where the origin says nothing, which is not the same as nothing allowed. */
  readonly staleIfErrorSeconds: number | undefined;
};

/** RFC 9111 §1.2.2: what overflows counts as 2^31. */
const LONGEST_SECONDS = 2 ** 31;
const DIRECTIVE = /([!#$%&'*+\-.^_`|~\w]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]*)))?/g;

export function parseCacheControl(header: string | undefined): CacheControl {
  const directives = new Map<string, string>();
  for (const [, name = "", quoted, token] of (header ?? "").matchAll(DIRECTIVE)) {
    const directive = name.toLowerCase();
    // A directive that stands twice: the first one counts (RFC 9111 §4.2.1 leaves the choice).
    if (!directives.has(directive)) directives.set(directive, quoted ?? token ?? "");
  }
  return {
    noStore: directives.has("no-store"),
    // `no-cache="field"` and `private="field"` are honoured as if they named no field.
    noCache: directives.has("no-cache"),
    private: directives.has("private"),
    public: directives.has("public"),
    mustRevalidate: directives.has("must-revalidate") || directives.has("proxy-revalidate"),
    maxAgeSeconds: secondsOf(directives.get("max-age")),
    sharedMaxAgeSeconds: secondsOf(directives.get("s-maxage")),
    staleWhileRevalidateSeconds: secondsOf(directives.get("stale-while-revalidate")) ?? 0,
    staleIfErrorSeconds: secondsOf(directives.get("stale-if-error")),
  };
}

/** Reads delta-seconds; undefined only where nothing was given. */
export function secondsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return /^\d+$/.test(text) ? Math.min(Number(text), LONGEST_SECONDS) : 0;
}
