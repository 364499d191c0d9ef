/**
 * Says where a URI of a playlist or manifest leads: to a path of the source, which every appliance
 * serves too, or elsewhere.
 */
import { readRequestPath } from "../../../kernel/request-path.ts";

/** Where a URI leads. */
export type UriPlace =
  /** `path` on the source, with its query: every appliance serves it under the same path. */
  | { readonly at: "source"; readonly path: string }
  | { readonly at: "elsewhere"; readonly uri: string };

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

export function addressAt(place: UriPlace, { url }: { readonly url: string }): string {
  return place.at === "source" ? `${url}${place.path}` : place.uri;
}
