/** The URLs that a page names, made absolute; a mistake is told at once, and by a code. */
const PLAYABLE_PROTOCOLS: ReadonlySet<string> = new Set(["http:", "https:", "blob:", "data:"]);

export class InvalidSourceError extends TypeError {
  override readonly name = "InvalidSourceError";
  readonly code = "INVALID_SOURCE";
}

/**
 * @param base what relative ones are relative to.
 * @throws {InvalidSourceError} if one is no URL that can be loaded.
 */
export function sourceUrls(
  sources: readonly string[],
  base: string | undefined,
): readonly string[] {
  // A page in JavaScript may pass anything.
  if (!Array.isArray(sources)) throw new InvalidSourceError("Cannot load: the sources are no list");
  return sources.map((source) => {
    // An empty text would name the page itself.
    const text: unknown = source;
    if (typeof text !== "string" || text.trim() === "" || !URL.canParse(text, base)) {
      throw new InvalidSourceError(`Cannot load ${JSON.stringify(source)}: that is no URL`);
    }
    const { href, protocol } = new URL(text, base);
    if (!PLAYABLE_PROTOCOLS.has(protocol)) {
      throw new InvalidSourceError(
        `Cannot load ${JSON.stringify(source)}: no playlist is at ${protocol}`,
      );
    }
    return href;
  });
}
