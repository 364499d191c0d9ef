/**
 * Tells what a URL names in one presentation, by what its manifest and playlists have named so far: a
 * worker sees every request of the page, with nothing but its URL to go by.
 *
 * A live playlist forgets its segments sooner than a player that is behind does, so names outlive the
 * playlist that gave them; the oldest go once there are too many.
 */
import {
  attributeText,
  readAttributes,
  readPlaylistLines,
} from "../../../kernel/playlist-lines.ts";
import type { ResourceKind } from "../../contract/player-events.ts";
import { isMpd, unescapeXml } from "../place/mpd-presentation.ts";

export type NamedResource = { readonly kind: ResourceKind; readonly url: string };

export type NamesPolicy = {
  /** A film of three hours has about thirty thousand segments in all renditions. */
  readonly maxNames: number;
  /** Of playlists, which are named once and asked for as long as it plays. */
  readonly maxPlaylists: number;
  readonly maxTemplates: number;
  /** In one template; each costs time where a name almost fits. */
  readonly maxGaps: number;
};

export const NAMES_POLICY: NamesPolicy = {
  maxNames: 50_000,
  maxPlaylists: 2_000,
  maxTemplates: 64,
  maxGaps: 6,
};

/** Of the player to the server, about this one request: not part of a name. */
const REPORT = ["CMCD"];
const DIRECTIVES = ["_HLS_msn", "_HLS_part", "_HLS_skip", "_HLS_push"];
const ADDRESS =
  /\s(?:media|initialization|index|bitstreamSwitching|sourceURL)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const FILE = /<(?:[\w.-]+:)?BaseURL(?:\s[^>]*)?>([^<]*)</g;

export class NamedResources {
  readonly #policy: NamesPolicy;
  readonly #playlists = new Map<string, ResourceKind>();
  /** Segments, and what comes and goes with them. */
  readonly #passing = new Map<string, ResourceKind>();
  /** Other addresses of the manifest. */
  readonly #aliases = new Map<string, string>();
  #base: string | undefined;
  #files = new Set<string>();
  #templates = new Map<string, RegExp>();

  constructor(policy: NamesPolicy = NAMES_POLICY) {
    this.#policy = policy;
  }

  /** Notes that every one of `aliases` means the manifest at `url`, which is refreshed like a playlist. */
  noteManifest(url: string, aliases: readonly string[]): void {
    for (const alias of aliases) this.#aliases.set(alias, url);
    this.#note(url, "media-playlist");
  }

  /** Notes what the playlist at `url` names; of an MPD, what is below `base`. */
  learn(url: string, text: string, base?: string): void {
    if (!isMpd(text)) {
      for (const named of namedIn(text, url)) this.#note(named.url, named.kind);
      return;
    }
    this.#base = base;
    this.#files = new Set();
    this.#templates = new Map();
    for (const [, ...found] of [...text.matchAll(ADDRESS), ...text.matchAll(FILE)]) {
      this.#noteAddress(unescapeXml(found.find((address) => address !== undefined) ?? ""));
    }
  }

  /** Undefined for what is not of this presentation, as far as is known. */
  find(requested: string): NamedResource | undefined {
    const url = withoutParameters(requested.replace(/#.*$/s, ""), REPORT);
    const alias = this.#aliases.get(url);
    if (alias !== undefined) return { kind: "media-playlist", url: alias };
    const kind = this.#kindOf(url) ?? this.#kindOf(withoutParameters(url, DIRECTIVES));
    if (kind !== undefined) return { kind, url };
    return this.#isBelowBase(url) ? { kind: segmentKind(url), url } : undefined;
  }

  #kindOf(url: string): ResourceKind | undefined {
    return this.#playlists.get(url) ?? this.#passing.get(url);
  }

  #note(url: string, kind: ResourceKind): void {
    const { maxNames, maxPlaylists } = this.#policy;
    if (kind === "media-playlist") keepNewest(this.#playlists, url, kind, maxPlaylists);
    else keepNewest(this.#passing, url, kind, maxNames);
  }

  /** Of an address its last part is enough: all of it is below the base. */
  #noteAddress(address: string): void {
    const { maxNames, maxTemplates, maxGaps } = this.#policy;
    const name = lastPart(address);
    // `$$` means the sign itself (ISO/IEC 23009-1 §5.3.9.4.4); the zero byte stands in no address.
    const parts = name.replace(/\$([^$]*)\$/g, (_, id) => (id === "" ? "$" : "\0")).split("\0");
    if (name === "") return;
    if (parts.length === 1) {
      if (this.#files.size < maxNames) this.#files.add(parts[0] as string);
    } else if (parts.length - 1 <= maxGaps && this.#templates.size < maxTemplates) {
      this.#templates.set(name, new RegExp(`^${parts.map(escapeForRegExp).join("[^/]*")}$`));
    }
  }

  #isBelowBase(url: string): boolean {
    if (this.#base === undefined || !url.startsWith(this.#base)) return false;
    const name = lastPart(url);
    return this.#files.has(name) || [...this.#templates.values()].some((one) => one.test(name));
  }
}

function keepNewest(
  kinds: Map<string, ResourceKind>,
  url: string,
  kind: ResourceKind,
  most: number,
): void {
  kinds.delete(url);
  kinds.set(url, kind);
  const [oldest] = kinds.keys();
  if (kinds.size > most) kinds.delete(oldest as string);
}

function namedIn(text: string, base: string): readonly NamedResource[] {
  const named: NamedResource[] = [];
  let isVariant = false;
  for (const line of readPlaylistLines(text)) {
    if (line.kind === "other") continue;
    if (line.kind === "tag" && line.name === "EXT-X-STREAM-INF") isVariant = true;
    const uri = line.kind === "uri" ? line.uri : attributeText(readAttributes(line.value), "URI");
    if (uri === undefined || !URL.canParse(uri, base)) continue;
    const { href, protocol } = new URL(uri, base);
    // A key may be named by a scheme that no server answers.
    if (protocol !== "http:" && protocol !== "https:") continue;
    const kind =
      line.kind === "tag" ? kindOfTag(line.name) : isVariant ? "media-playlist" : segmentKind(href);
    if (line.kind === "uri") isVariant = false;
    named.push({ kind, url: href.replace(/#.*$/s, "") });
  }
  return named;
}

/** Captions are text, which may come compressed, however long it is said to be. */
function segmentKind(url: string): "segment" | "captions" {
  return /\.(?:web)?vtt$|\.(?:srt|ttml2?|dfxp|xml)$/i.test(lastPart(url)) ? "captions" : "segment";
}

function kindOfTag(name: string): ResourceKind {
  switch (name) {
    case "EXT-X-MEDIA":
    case "EXT-X-I-FRAME-STREAM-INF":
    case "EXT-X-IMAGE-STREAM-INF":
    case "EXT-X-RENDITION-REPORT":
      return "media-playlist";
    case "EXT-X-KEY":
    case "EXT-X-SESSION-KEY":
      return "key";
    case "EXT-X-MAP":
    case "EXT-X-PART":
    case "EXT-X-PRELOAD-HINT":
      return "segment";
    default:
      return "other";
  }
}

/** The URL as it was written, which a signature may cover, less some of its parameters. */
function withoutParameters(url: string, names: readonly string[]): string {
  const [path = "", query] = splitOnce(url, "?");
  if (query === undefined) return url;
  const parameters = query.split("&");
  const kept = parameters.filter((one) => !names.includes(splitOnce(one, "=")[0] ?? ""));
  if (kept.length === parameters.length) return url;
  return kept.length === 0 ? path : `${path}?${kept.join("&")}`;
}

function splitOnce(text: string, at: string): readonly string[] {
  const place = text.indexOf(at);
  return place === -1 ? [text] : [text.slice(0, place), text.slice(place + 1)];
}

function lastPart(address: string): string {
  return address.replace(/[?#].*$/s, "").replace(/^.*\//s, "");
}

function escapeForRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
