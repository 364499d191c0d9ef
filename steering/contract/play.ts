/**
 * `GET /v1/play/<source>/<path>/<name>.m3u8`: the multivariant playlist of `<source>` at
 * `/<path>/<name>.m3u8`, with one pathway for each ranked appliance and an address for steering.
 * `…/<name>.mpd`: an MPD, in the same way.
 *
 * The optional query `region` says where the viewer is. Everything else of the query goes nowhere.
 */
export const PLAY_PREFIX = "/v1/play";
export const PLAYLIST_TYPE = "application/vnd.apple.mpegurl";
export const MPD_TYPE = "application/dash+xml";

/** @param path absolute path on the source, such as `/vod/harbour/master.m3u8`. */
export function playPath(source: string, path: string, region?: string): string {
  const query = region === undefined ? "" : `?region=${encodeURIComponent(region)}`;
  return `${PLAY_PREFIX}/${source}${path}${query}`;
}
