/**
 * What a file of a title is, by its name: its content type, and how long others may keep it.
 *
 * Segments, init sections and pictures never change under their name. A playlist may, when a title
 * is made again, so it is kept for a minute, and may be served stale for longer while the origin is
 * away. A file of any other kind is not served at all.
 */
export type MediaKind = { readonly contentType: string; readonly cacheControl: string };

export const IMMUTABLE = "public, max-age=31536000, immutable";
const PLAYLIST = "public, max-age=60, stale-while-revalidate=600, stale-if-error=86400";

/** A playlist that hardly ever changes. */
export const PLAYLIST_KIND: MediaKind = {
  contentType: "application/vnd.apple.mpegurl",
  cacheControl: PLAYLIST,
};

export const DASH_KIND: MediaKind = {
  contentType: "application/dash+xml",
  cacheControl: PLAYLIST,
};

const KINDS: Readonly<Record<string, MediaKind>> = {
  m3u8: PLAYLIST_KIND,
  mpd: DASH_KIND,
  m4s: { contentType: "video/iso.segment", cacheControl: IMMUTABLE },
  mp4: { contentType: "video/mp4", cacheControl: IMMUTABLE },
  jpg: { contentType: "image/jpeg", cacheControl: IMMUTABLE },
  vtt: { contentType: "text/vtt; charset=utf-8", cacheControl: IMMUTABLE },
};

/** Undefined for a file that is no media, such as `title.json`. */
export function mediaKindOf(fileName: string): MediaKind | undefined {
  const extension = /\.([a-z0-9]+)$/.exec(fileName)?.[1] ?? "";
  return Object.hasOwn(KINDS, extension) ? KINDS[extension] : undefined;
}
