/**
 * Reads from an HLS media playlist what it makes a player fetch, in the order in which it will: segments,
 * and the init segments and keys that they need (RFC 8216 §4.3.2).
 *
 * Names are those of the cache. What lies on another host, or is no path of the kind that the appliance
 * serves, is counted and left out: nothing that a playlist says leads anywhere but to our own origin.
 */
import type { ByteRange } from "../../kernel/byte-range.ts";
import {
  attributeText,
  isPlaylist,
  type PlaylistLine,
  readAttributes,
  readPlaylistLines,
} from "../../kernel/playlist-lines.ts";
import { readRequestPath } from "../../kernel/request-path.ts";
import { cacheKeyOf } from "./cache-key.ts";

export type ListedSegment = {
  readonly key: string;
  /** Undefined where it is all of the object. */
  readonly range: ByteRange | undefined;
};

export type SegmentList = {
  readonly segments: readonly ListedSegment[];
  /** Init segments and keys, each once. */
  readonly needed: readonly ListedSegment[];
  /** More will be listed: it is live, and has not ended. */
  readonly isGrowing: boolean;
  /** URIs that lead elsewhere. */
  readonly skipped: number;
};

/** Undefined for what is no media playlist. */
export function readSegmentList(text: string, playlistKey: string): SegmentList | undefined {
  if (!isPlaylist(text)) return undefined;
  const lines = readPlaylistLines(text);
  if (lines.some((line) => line.kind === "tag" && line.name === "EXT-X-STREAM-INF")) {
    return undefined;
  }
  const reading = new SegmentReading(playlistKey);
  for (const line of lines) reading.take(line);
  return reading.list();
}

/**
 * The name under which the cache keeps what a playlist refers to; undefined where that is not below our
 * own origin.
 */
export function keyOfReference(uri: string, playlistKey: string): string | undefined {
  // The host is one that no playlist can name.
  const base = `http://${OWN_HOST}${playlistKey}`;
  if (!URL.canParse(uri, base)) return undefined;
  const url = new URL(uri, base);
  if (url.host !== OWN_HOST || !url.origin.startsWith("http:")) return undefined;
  const path = readRequestPath(url.pathname + url.search);
  return path.ok ? cacheKeyOf(path.path, path.query) : undefined;
}

const OWN_HOST = "own-origin.invalid";

class SegmentReading {
  readonly #playlistKey: string;
  readonly #segments: ListedSegment[] = [];
  readonly #needed = new Map<string, ListedSegment>();
  #isEnded = false;
  #skipped = 0;
  #byteRange: string | undefined;
  /** Where the next byte range of the same object begins, if it does not say. */
  #previous: { readonly key: string; readonly end: number } | undefined;

  constructor(playlistKey: string) {
    this.#playlistKey = playlistKey;
  }

  take(line: PlaylistLine): void {
    if (line.kind === "uri") this.#takeSegment(line.uri);
    if (line.kind !== "tag") return;
    switch (line.name) {
      case "EXT-X-ENDLIST":
        this.#isEnded = true;
        return;
      case "EXT-X-BYTERANGE":
        this.#byteRange = line.value;
        return;
      case "EXT-X-MAP":
      case "EXT-X-KEY":
        this.#takeNeeded(line.value);
        return;
    }
  }

  list(): SegmentList {
    return {
      segments: this.#segments,
      needed: [...this.#needed.values()],
      isGrowing: !this.#isEnded,
      skipped: this.#skipped,
    };
  }

  #takeSegment(uri: string): void {
    const key = this.#keyOf(uri);
    const text = this.#byteRange;
    this.#byteRange = undefined;
    if (key === undefined) return;
    const after = this.#previous?.key === key ? this.#previous.end : 0;
    const range = readByteRange(text, after);
    this.#previous = range && { key, end: range.last + 1 };
    this.#segments.push({ key, range });
  }

  #takeNeeded(attributeList: string): void {
    const attributes = readAttributes(attributeList);
    const uri = attributeText(attributes, "URI");
    if (uri === undefined) return;
    const key = this.#keyOf(uri);
    const text = attributeText(attributes, "BYTERANGE");
    if (key !== undefined)
      this.#needed.set(`${key} ${text}`, { key, range: readByteRange(text, 0) });
  }

  #keyOf(uri: string): string | undefined {
    const key = keyOfReference(uri, this.#playlistKey);
    if (key === undefined) this.#skipped += 1;
    return key;
  }
}

/** `<length>[@<offset>]`; without an offset it begins where the one before it ended (§4.3.2.2). */
function readByteRange(text: string | undefined, after: number): ByteRange | undefined {
  const [, length, offset] =
    (text === undefined ? null : /^(\d+)(?:@(\d+))?$/.exec(text.trim())) ?? [];
  if (length === undefined || Number(length) === 0) return undefined;
  const first = offset === undefined ? after : Number(offset);
  return { first, last: first + Number(length) - 1 };
}
