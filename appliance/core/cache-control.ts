/**
 * Reads a `Cache-Control` field into its directives (RFC 9111 §5.2), of an answer or of a request.
 *
 * A directive that cannot be read as it should is taken in its strictest sense: a `max-age` that is no
 * number counts as zero (RFC 9111 §4.2.1), never as absent; and of one that stands twice the stricter
 * value counts.
 */
export type CacheControl = {
  readonly noStore: boolean;
  /** Without naming fields; of the whole answer. */
  readonly noCache: boolean;
  readonly private: boolean;
  readonly public: boolean;
  readonly mustRevalidate: boolean;
  readonly proxyRevalidate: boolean;
  readonly mustUnderstand: boolean;
  readonly immutable: boolean;
  readonly maxAgeSeconds: number | undefined;
  readonly sharedMaxAgeSeconds: number | undefined;
  readonly staleWhileRevalidateSeconds: number;
  /** Undefined where the origin says nothing, which is not the same as nothing allowed. */
  readonly staleIfErrorSeconds: number | undefined;
  /**
   * Fields named by `no-cache="…"` and `private="…"`, in lower case. They are for the client that asked,
   * so a shared cache may keep the answer without them (RFC 9111 §5.2.2.4, §5.2.2.7).
   */
  readonly unsharedFields: readonly string[];
};

/** A directive's argument, by its name; undefined where it has none. */
export type Directives = ReadonlyMap<string, readonly (string | undefined)[]>;

/** RFC 9111 §1.2.2: what overflows counts as 2^31. */
const LONGEST_SECONDS = 2 ** 31;
/** A list's members are parted by commas, except for those in quotes. */
const MEMBER = /(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g;
const DIRECTIVE = /^\s*([!#$%&'*+\-.^_`|~\w]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s,;"=]+)))?\s*$/;
const LEADING_NAME = /^\s*([!#$%&'*+\-.^_`|~\w]+)/;

export function parseCacheControl(header: string | undefined): CacheControl {
  return cacheControlFrom(directivesIn(header));
}

export function directivesIn(header: string | undefined): Directives {
  const directives = new Map<string, (string | undefined)[]>();
  for (const [member] of (header ?? "").matchAll(MEMBER)) {
    const match = DIRECTIVE.exec(member);
    // What cannot be read still says which directive was meant, and counts as its strictest.
    const name = (match ?? LEADING_NAME.exec(member))?.[1]?.toLowerCase();
    if (name === undefined) continue;
    const argument = match === null ? "" : (match[2]?.replace(/\\(.)/g, "$1") ?? match[3]);
    directives.set(name, [...(directives.get(name) ?? []), argument]);
  }
  return directives;
}

export function cacheControlFrom(directives: Directives): CacheControl {
  return {
    noStore: directives.has("no-store"),
    noCache: isUnqualified(directives, "no-cache"),
    private: isUnqualified(directives, "private"),
    public: directives.has("public"),
    mustRevalidate: directives.has("must-revalidate"),
    proxyRevalidate: directives.has("proxy-revalidate"),
    mustUnderstand: directives.has("must-understand"),
    immutable: directives.has("immutable"),
    maxAgeSeconds: fewestSeconds(directives, "max-age"),
    sharedMaxAgeSeconds: fewestSeconds(directives, "s-maxage"),
    staleWhileRevalidateSeconds: fewestSeconds(directives, "stale-while-revalidate") ?? 0,
    staleIfErrorSeconds: fewestSeconds(directives, "stale-if-error"),
    unsharedFields: [...namesIn(directives, "no-cache"), ...namesIn(directives, "private")],
  };
}

/** Reads delta-seconds; undefined only where nothing was given. */
export function secondsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return /^\d+$/.test(text) ? Math.min(Number(text), LONGEST_SECONDS) : 0;
}

/** The smallest of all values that a directive was given. */
export function fewestSeconds(directives: Directives, name: string): number | undefined {
  const given = directives.get(name);
  return given && Math.min(...given.map((text) => secondsOf(text ?? "") ?? 0));
}

/** It stands there at least once without naming fields, and so is about the whole answer. */
function isUnqualified(directives: Directives, name: string): boolean {
  return directives.get(name)?.some((fields) => !fields) ?? false;
}

function namesIn(directives: Directives, name: string): string[] {
  const lists = directives.get(name) ?? [];
  const names = lists.flatMap((list) => (list ?? "").toLowerCase().split(","));
  return names.map((field) => field.trim()).filter((field) => field !== "");
}
