/**
 * Tells a live playlist from everything else: a playlist that its origin wants asked for again within
 * seconds.
 *
 * It is the one object whose age viewers feel. An old segment is as good as a new one; a playlist that
 * has stopped growing is a channel that has stopped, and no player can see why.
 */
import type { HeaderFields } from "./response-headers.ts";
import type { StoredMetadata } from "./stored-metadata.ts";
import { targetOf } from "./variant.ts";

const PLAYLIST_TYPE =
  /^\s*(?:application\/(?:vnd\.apple\.mpegurl|x-mpegurl|dash\+xml)|audio\/(?:x-)?mpegurl)\s*(?:;|$)/i;
/** For origins that call everything `text/plain`. */
const PLAYLIST_NAME = /\.(?:m3u8|mpd)(?:\?|$)/i;
/** A live playlist changes with every segment, and segments are seldom longer. */
const LONGEST_LIVE_MS = 10_000;

export function isLivePlaylist(stored: StoredMetadata): boolean {
  return stored.freshForMs <= LONGEST_LIVE_MS && isPlaylist(stored.key, stored.fields);
}

export function isPlaylist(key: string, fields: HeaderFields): boolean {
  return PLAYLIST_TYPE.test(fields["content-type"] ?? "") || PLAYLIST_NAME.test(targetOf(key));
}
