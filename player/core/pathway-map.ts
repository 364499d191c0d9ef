/**
 * Maps a logical URL, as the media player asks for it, to the URL of the same bytes on a pathway.
 *
 * A media playlist is found by its stream; what a media playlist lists is found by resolving the URI
 * as it was written there against the same stream's playlist on the other pathway. So pathways may
 * differ in host and in path, as long as each lays a stream out alike.
 *
 * A live playlist is learned again every few seconds, for hours: each refresh replaces what the one
 * before had listed, whatever its URL asks of the server.
 */
import { attributeText, readAttributes, readPlaylistLines } from "../../kernel/playlist-lines.ts";
import type { Pathway, Presentation } from "./presentation.ts";

type Listed = {
  /** Logical URL of the media playlist that lists it. */
  readonly playlist: string;
  /** As written there. */
  readonly uri: string;
  /** How long it plays; undefined for what is no segment. */
  readonly durationMs: number | undefined;
  /** How long all segments in the same file play together. */
  readonly fileMs: number | undefined;
};

type Learned = {
  /** Logical URLs of the segments, in order. */
  readonly segments: readonly string[];
  /** A media playlist that does not say that it is complete: more will come (RFC 8216 §4.3.3.4). */
  readonly isLive: boolean;
};

/** What a player adds to ask for a playlist that does not exist yet, or for a part of one. */
const DELIVERY_DIRECTIVE = /[?&]_HLS_(?:msn|part|skip|push)=[^&#]*/g;

/** Grows with each media playlist that passes; a refreshed one replaces what it listed before. */
export class PathwayMap {
  readonly #pathways: ReadonlyMap<string, Pathway>;
  readonly #reference: Pathway;
  /** Logical URL of a media playlist → stream key. */
  readonly #streams: ReadonlyMap<string, string>;
  readonly #listed = new Map<string, Listed>();
  /** By the logical URL of the media playlist. */
  readonly #learned = new Map<string, Learned>();

  constructor(presentation: Presentation) {
    this.#pathways = new Map(presentation.pathways.map((pathway) => [pathway.id, pathway]));
    this.#reference = this.#pathways.get(presentation.first) as Pathway;
    this.#streams = new Map(Array.from(this.#reference.playlists, ([key, url]) => [url, key]));
  }

  /** Notes what the media playlist at `logicalUrl` lists. */
  learnPlaylist(logicalUrl: string, text: string): void {
    const playlist = splitDirectives(logicalUrl).url;
    for (const [url, listed] of this.#listed) {
      if (listed.playlist === playlist) this.#listed.delete(url);
    }
    const segments: string[] = [];
    let isMedia = false;
    let isComplete = false;
    let durationMs: number | undefined;
    let isGap = false;
    for (const line of readPlaylistLines(text)) {
      if (line.kind === "other") continue;
      if (line.kind === "tag" && line.name === "EXT-X-TARGETDURATION") isMedia = true;
      if (line.kind === "tag" && line.name === "EXT-X-ENDLIST") isComplete = true;
      if (line.kind === "tag" && line.name === "EXTINF") durationMs = readDurationMs(line.value);
      if (line.kind === "tag" && line.name === "EXT-X-GAP") isGap = true;
      const attributes = readAttributes(line.kind === "tag" ? line.value : "");
      const uri = line.kind === "uri" ? line.uri : attributeText(attributes, "URI");
      if (uri === undefined || !URL.canParse(uri, logicalUrl)) continue;
      const url = new URL(uri, logicalUrl).href;
      const isSegment = line.kind === "uri";
      const isPart = line.kind === "tag" && line.name === "EXT-X-PART";
      const partMs = isPart ? readDurationMs(attributes.get("DURATION") ?? "") : undefined;
      const ownMs = isSegment ? durationMs : partMs;
      const before = this.#listed.get(url);
      const fileMs = ownMs && ownMs + ((before?.playlist === playlist && before.fileMs) || 0);
      this.#listed.set(url, { playlist, uri, durationMs: ownMs, fileMs });
      if (!isSegment) continue;
      // What a playlist says is missing must not be asked for (RFC 8216bis §4.4.4.7).
      if (!isGap) segments.push(url);
      isGap = false;
    }
    this.#learned.set(playlist, { segments, isLive: isMedia && !isComplete });
  }

  /** Where `pathwayId` has the same bytes; undefined if it does not carry that stream. */
  urlOn(pathwayId: string, logicalUrl: string): string | undefined {
    const pathway = this.#pathways.get(pathwayId);
    if (pathway === undefined) return undefined;
    const { url: bare, directives } = splitDirectives(logicalUrl);
    const key = this.#streams.get(bare);
    if (key !== undefined) return withDirectives(pathway.playlists.get(key), directives);

    const listed = this.#listed.get(logicalUrl);
    if (listed === undefined) return this.#unlistedOn(pathway, logicalUrl);
    const playlist = this.urlOn(pathwayId, listed.playlist);
    if (playlist === undefined) return undefined;
    if (!URL.canParse(listed.uri)) return new URL(listed.uri, playlist).href;
    return this.#onSameHost(listed.uri, new URL(playlist).origin);
  }

  /** The media playlist that lists it; undefined once none does. */
  playlistOf(logicalUrl: string): string | undefined {
    return this.#listed.get(logicalUrl)?.playlist;
  }

  durationMsOf(logicalUrl: string): number | undefined {
    return this.#listed.get(logicalUrl)?.durationMs;
  }

  /** How long the file plays that it is in, which may hold several segments as byte ranges. */
  fileMsOf(logicalUrl: string): number | undefined {
    return this.#listed.get(logicalUrl)?.fileMs;
  }

  /** Whether it is a live playlist, or listed in one: what is not there yet may still come. */
  isLive(logicalUrl: string): boolean {
    const own = this.#learned.get(splitDirectives(logicalUrl).url);
    const learned = own ?? this.#learned.get(this.playlistOf(logicalUrl) ?? "");
    return learned?.isLive === true;
  }

  /**
   * The segment that the media player will ask for after `logicalUrl`. At a live edge that one is not
   * known yet, and the last one has to do; so it has where `logicalUrl` is no longer listed.
   *
   * @param playlist the one that listed `logicalUrl`.
   */
  upcoming(playlist: string, logicalUrl: string): string | undefined {
    const segments = this.#learned.get(playlist)?.segments ?? [];
    const place = segments.indexOf(logicalUrl);
    return (place === -1 ? undefined : segments[place + 1]) ?? segments.at(-1);
  }

  #unlistedOn({ base, host }: Pathway, url: string): string {
    const from = this.#reference.base;
    const isBelow = from !== undefined && base !== undefined && url.startsWith(from);
    return isBelow ? base + url.slice(from.length) : this.#onSameHost(url, host);
  }

  /** An absolute URL moves along if it lies on the pathway's own host; on a third one it stays. */
  #onSameHost(url: string, host: string): string {
    const { origin } = new URL(url);
    return origin === this.#reference.host ? host + url.slice(origin.length) : url;
  }
}

/** `1.966,title` → 1966. */
function readDurationMs(value: string): number | undefined {
  const durationMs = Number.parseFloat(value) * 1_000;
  return durationMs > 0 ? durationMs : undefined;
}

/** The playlist without what this one request asks of it (rfc8216bis §6.2.5.1). */
export function splitDirectives(url: string): {
  readonly url: string;
  readonly directives: string;
} {
  const directives = url.match(DELIVERY_DIRECTIVE);
  if (directives === null) return { url, directives: "" };
  const bare = url.replace(DELIVERY_DIRECTIVE, "");
  // The first of several parameters took the question mark along.
  const firstOther = bare.indexOf("&");
  const hasLostMark = !bare.includes("?") && firstOther !== -1;
  return {
    url: hasLostMark ? `${bare.slice(0, firstOther)}?${bare.slice(firstOther + 1)}` : bare,
    directives: directives.map((directive) => directive.slice(1)).join("&"),
  };
}

function withDirectives(url: string | undefined, directives: string): string | undefined {
  if (url === undefined || directives === "") return url;
  return `${url}${url.includes("?") ? "&" : "?"}${directives}`;
}
