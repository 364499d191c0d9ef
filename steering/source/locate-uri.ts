/**
 * Says where a URI of a playlist leads: to a path of the source, which every appliance serves too,
 * or elsewhere.
 */
import { readRequestPath } from "../../kernel/request-path.ts";
import type { UriPlace } from "../core/hls/pathway-playlist.ts";

/** @param playlistUrl where the playlist that holds the URI was fetched. */
export function locateUri(uri: string, playlistUrl: string): UriPlace {
  if (!URL.canParse(uri, playlistUrl)) return { at: "elsewhere", uri };
  const resolved = new URL(uri, playlistUrl);
  const path = `${resolved.pathname}${resolved.search}`;
  const isOnSource = resolved.origin === new URL(playlistUrl).origin;
  // A path that every appliance would refuse is left to the source.
  if (isOnSource && readRequestPath(path).ok) return { at: "source", path };
  return { at: "elsewhere", uri: resolved.href };
}
