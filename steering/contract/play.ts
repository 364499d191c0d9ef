/**
 * `GET /v1/play/<source>/<path>/<name>.m3u8`: the multivariant playlist of `<source>` at
 * `/<path>/<name>.m3u8`, with one pathway for each ranked appliance and an address for steering.
 * `…/<name>.mpd`: an MPD, in the same way; a live one says in its `Location` where it is asked for again.
 *
 * The optional query `region` says where the viewer is, and `session` is the token of a play under way,
 * which goes on; one that is no good, or another title's, is a new play. Everything else of the query goes
 * nowhere.
 */
export const PLAY_PREFIX = "/v1/play";
export const PLAYLIST_TYPE = "application/vnd.apple.mpegurl";
export const MPD_TYPE = "application/dash+xml";

/** @param path absolute path on the source, such as `/vod/harbour/master.m3u8`. */
export function playPath(source: string, path: string, region?: string): string {
  const query = region === undefined ? "" : `?region=${encodeURIComponent(region)}`;
  return `${PLAY_PREFIX}/${source}${path}${query}`;
}

/** @param token of the session that goes on. */
export function replayPath(source: string, path: string, token: string): string {
  return `${playPath(source, path)}?session=${token}`;
}
