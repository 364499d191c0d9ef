/**
 * Maps a logical URL, as the media player asks for it, to the URL of the same bytes on a pathway.
 *
 * A media playlist is found by its stream; what a media playlist lists is found by resolving the URI
 * as it was written there against the same stream's playlist on the other pathway. So pathways may
 * differ in host and in path, as long as each lays a stream out alike.
 */
import { attributeText, readAttributes, readPlaylistLines } from "../../kernel/playlist-lines.ts";
import type { Pathway, Presentation } from "./presentation.ts";

type Listed = {
  /** Logical URL of the media playlist that lists it. */
  readonly playlist: string;
  /** As written there. */
  readonly uri: string;
};

/** Grows with each media playlist that passes; a refreshed one replaces what it listed before. */
export class PathwayMap {
  readonly #pathways: ReadonlyMap<string, Pathway>;
  readonly #reference: Pathway;
  /** Logical URL of a media playlist → stream key. */
  readonly #streams: ReadonlyMap<string, string>;
  readonly #listed = new Map<string, Listed>();
  /** Logical URL of a media playlist → logical URLs of its segments, in order. */
  readonly #segments = new Map<string, readonly string[]>();

  constructor(presentation: Presentation) {
    this.#pathways = new Map(presentation.pathways.map((pathway) => [pathway.id, pathway]));
    this.#reference = this.#pathways.get(presentation.first) as Pathway;
    this.#streams = new Map(Array.from(this.#reference.playlists, ([key, url]) => [url, key]));
  }

  /** Notes what the media playlist at `logicalUrl` lists. */
  learnPlaylist(logicalUrl: string, text: string): void {
    for (const [url, { playlist }] of this.#listed) {
      if (playlist === logicalUrl) this.#listed.delete(url);
    }
    const segments: string[] = [];
    for (const line of readPlaylistLines(text)) {
      if (line.kind === "other") continue;
      const uri = line.kind === "uri" ? line.uri : attributeText(readAttributes(line.value), "URI");
      if (uri === undefined || !URL.canParse(uri, logicalUrl)) continue;
      const url = new URL(uri, logicalUrl).href;
      this.#listed.set(url, { playlist: logicalUrl, uri });
      if (line.kind === "uri") segments.push(url);
    }
    this.#segments.set(logicalUrl, segments);
  }

  /** Where `pathwayId` has the same bytes; undefined if it does not carry that stream. */
  urlOn(pathwayId: string, logicalUrl: string): string | undefined {
    const pathway = this.#pathways.get(pathwayId);
    if (pathway === undefined) return undefined;
    const key = this.#streams.get(logicalUrl);
    if (key !== undefined) return pathway.playlists.get(key);

    const listed = this.#listed.get(logicalUrl);
    if (listed === undefined) return this.#onSameHost(logicalUrl, pathway.host);
    const playlist = this.urlOn(pathwayId, listed.playlist);
    if (playlist === undefined) return undefined;
    if (!URL.canParse(listed.uri)) return new URL(listed.uri, playlist).href;
    return this.#onSameHost(listed.uri, new URL(playlist).origin);
  }

  /** The segment that follows, which the media player will ask for next. */
  nextAfter(logicalUrl: string): string | undefined {
    const segments = this.#segments.get(this.#listed.get(logicalUrl)?.playlist ?? "") ?? [];
    const place = segments.indexOf(logicalUrl);
    return place === -1 ? undefined : segments[place + 1];
  }

  /** An absolute URL moves along if it lies on the pathway's own host; on a third one it stays. */
  #onSameHost(url: string, host: string): string {
    const { origin } = new URL(url);
    return origin === this.#reference.host ? host + url.slice(origin.length) : url;
  }
}
