/**
 * What an engineer may ask of the watch page in its address: `?buffer=8` keeps eight seconds of media
 * in hand, `?region=west` watches as a viewer of that region.
 *
 * The buffer is bounded on purpose: hls.js would load a short film whole within a second, and then no
 * failure of a box could ever be seen.
 */
export type ViewingWishes = {
  readonly bufferSeconds: number;
  readonly region: string | undefined;
};

const DEFAULT_BUFFER_SECONDS = 20;
const LEAST_BUFFER_SECONDS = 4;
const MOST_BUFFER_SECONDS = 120;
/** Any address will do: only the query is read. */
const PAGE = "http://page.invalid/";

/** @param search the query of the page's address; what cannot be read counts as not said. */
export function readViewingWishes(search: string): ViewingWishes {
  const query = new URL(search, PAGE).searchParams;
  const buffer = Number(query.get("buffer") ?? DEFAULT_BUFFER_SECONDS);
  const region = query.get("region") ?? "";
  return {
    bufferSeconds: Number.isFinite(buffer)
      ? Math.min(MOST_BUFFER_SECONDS, Math.max(LEAST_BUFFER_SECONDS, buffer))
      : DEFAULT_BUFFER_SECONDS,
    region: /^[a-z0-9-]{1,32}$/.test(region) ? region : undefined,
  };
}

/** Tells the region to those sources that rank by it, which are steering's. */
export function sourcesIn(sources: readonly string[], region: string | undefined): string[] {
  if (region === undefined) return [...sources];
  return sources.map((source) => {
    const url = new URL(source);
    if (!url.pathname.startsWith("/v1/play/")) return source;
    url.searchParams.set("region", region);
    return url.href;
  });
}
