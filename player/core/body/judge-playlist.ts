/**
 * Is this text a whole playlist, or an error page that says 200, or the first part of one?
 *
 * Text may be compressed, so its length proves nothing. A playlist that was cut shows it by what is
 * missing: a segment's tag without the segment, the end of a title that has one.
 */
import { isPlaylist, readPlaylistLines } from "../../../kernel/playlist-lines.ts";

export type PlaylistVerdict = "sound" | "not-a-playlist" | "corrupt";

/** Tags of which at least one stands in every playlist (RFC 8216 §4.3.3.1, §4.3.4). */
const NEEDED = ["EXT-X-TARGETDURATION", "EXT-X-STREAM-INF", "EXTINF", "EXT-X-I-FRAME-STREAM-INF"];
const NAMED_BY_NEXT_LINE = ["EXTINF", "EXT-X-STREAM-INF"];

export function judgePlaylist(text: string): PlaylistVerdict {
  if (!isPlaylist(text)) return "not-a-playlist";
  const tags = new Set<string>();
  let isNamePending = false;
  let isTitle = false;
  for (const line of readPlaylistLines(text)) {
    if (line.kind === "uri") isNamePending = false;
    if (line.kind !== "tag") continue;
    tags.add(line.name);
    if (NAMED_BY_NEXT_LINE.includes(line.name)) isNamePending = true;
    if (line.name === "EXT-X-PLAYLIST-TYPE" && line.value === "VOD") isTitle = true;
  }
  const isCut = isNamePending || (isTitle && !tags.has("EXT-X-ENDLIST"));
  return isCut || !NEEDED.some((tag) => tags.has(tag)) ? "corrupt" : "sound";
}
