/**
 * Maps a logical URL, as the media player asks for it, to where a pathway has the same thing.
 *
 * CDNs differ in more than hosts: in paths, tokens, names of segments, byte ranges. So what a playlist
 * lists is found on another pathway through that pathway's own copy of the playlist: same stream, same
 * place. Until that copy has been read, the URI is tried as it was written, against the playlist there:
 * right where one origin stands behind all of them, and a guess everywhere else.
 */
import type { ByteRange } from "../../../kernel/byte-range.ts";
import type { Adoption } from "./adopt-presentation.ts";
import {
  type Alignment,
  addOffsets,
  alignPlaylists,
  NO_OFFSET,
  type Offset,
  segmentAt,
} from "./align-playlists.ts";
import type { ListedSegment, MediaPlaylist, Resource } from "./media-playlist.ts";
import {
  type Place,
  type PlaylistCopy,
  placeOf,
  placeOfRange,
  readPlaylistCopy,
  resourceAt,
} from "./playlist-copy.ts";
import { shiftSequence, splitDirectives, withDirectives } from "./playlist-directives.ts";
import type { Variables } from "./playlist-variables.ts";
import { isOfCaptions, isVariant, type Pathway, type Presentation } from "./presentation.ts";

export type Located = {
  readonly url: string;
  /** The part of it, where it is one. */
  readonly range: ByteRange | undefined;
  /** A guess is doubtful where the pathway is known to name things otherwise. */
  readonly certainty: "exact" | "guess" | "doubtful";
};

/** Whose copy it is, and where it came from after redirects. */
export type CopyOrigin = { readonly pathwayId: string; readonly url: string };

/** A media playlist, with what is known of it. */
type Stream = {
  /** Logical. */
  readonly url: string;
  /** Undefined for one that the multivariant playlist does not list. */
  readonly key: string | undefined;
  readonly copies: Map<string, PlaylistCopy>;
  /** Pathway whose copy the media player was shown last. */
  shownBy: string;
  /** By how much a pathway's numbers are larger than those that the media player knows. */
  readonly offsets: Map<string, Offset>;
  /** Whether two pathways have the same names for the same things. */
  readonly namedAlike: Map<string, boolean>;
};

/** Grows with each media playlist that passes; a refreshed one replaces what it listed before. */
export class PathwayMap {
  #pathways: Map<string, Pathway>;
  #variables: Variables;
  /** Logical URL of a media playlist → stream key. */
  #keys: ReadonlyMap<string, string>;
  #reference: Pathway;
  readonly #streams = new Map<string, Stream>();
  readonly #alignments = new WeakMap<PlaylistCopy, WeakMap<PlaylistCopy, Alignment>>();

  constructor(presentation: Presentation) {
    const { pathways, first } = presentation;
    this.#pathways = new Map(pathways.map((pathway) => [pathway.id, pathway]));
    this.#reference = this.#pathways.get(first) as Pathway;
    this.#keys = keysOf(this.#reference);
    this.#variables = presentation.variables;
  }

  /** The same media are known by other names from here on; see `adopt-presentation.ts`. */
  adopt({ presentation, renamed }: Adoption): void {
    const { pathways, first, variables } = presentation;
    const nameOf = (id: string) => renamed.get(id) ?? id;
    this.#pathways = new Map(pathways.map((pathway) => [pathway.id, pathway]));
    this.#reference = this.#pathways.get(first) as Pathway;
    this.#keys = keysOf(this.#reference);
    this.#variables = variables;
    for (const stream of [...this.#streams.values()]) {
      const copies = Array.from(stream.copies.values(), (copy) => {
        const pathwayId = nameOf(copy.pathwayId);
        return [pathwayId, { ...copy, pathwayId }] as const;
      });
      this.#streams.set(stream.url, {
        ...stream,
        key: this.#keys.get(stream.url),
        copies: new Map(copies),
        shownBy: nameOf(stream.shownBy),
        offsets: new Map(Array.from(stream.offsets, ([id, offset]) => [nameOf(id), offset])),
        namedAlike: new Map(),
      });
    }
  }

  /** A pathway that joined later. */
  include(pathway: Pathway): void {
    this.#pathways.set(pathway.id, pathway);
  }

  /** A pathway that has gone for good; but what the media player is shown of it is asked of others still. */
  forget(pathwayId: string): void {
    const streams = [...this.#streams.values()];
    if (streams.some(({ shownBy }) => shownBy === pathwayId)) return;
    this.#pathways.delete(pathwayId);
    for (const { copies, offsets } of streams) {
      copies.delete(pathwayId);
      offsets.delete(pathwayId);
    }
  }

  /** Whether it is a media playlist of the presentation; a source may be one itself. */
  isListed(logicalUrl: string): boolean {
    return this.#keys.has(splitDirectives(logicalUrl).url);
  }

  /** Whether it is a media playlist of captions. */
  listsCaptions(logicalUrl: string): boolean {
    return isOfCaptions(this.#keys.get(splitDirectives(logicalUrl).url) ?? "");
  }

  /** The media player is shown this copy of a media playlist: what it lists no more is gone. */
  learnPlaylist(logicalUrl: string, text: string, from?: CopyOrigin): void {
    this.learnCopy(logicalUrl, text, from);
    this.show(logicalUrl, from?.pathwayId ?? this.#reference.id);
  }

  show(logicalUrl: string, pathwayId: string): void {
    this.#streamAt(logicalUrl, pathwayId).shownBy = pathwayId;
  }

  /** Notes what a pathway lists of the media playlist that is known as `logicalUrl`. */
  learnCopy(logicalUrl: string, text: string, from?: CopyOrigin): void {
    const { pathwayId, url } = from ?? { pathwayId: this.#reference.id, url: logicalUrl };
    const stream = this.#streamAt(logicalUrl, pathwayId);
    const source = { text, pathwayId, url, logicalUrl: stream.url, variables: this.#variables };
    const copy = readPlaylistCopy(source, stream.copies.get(pathwayId));
    stream.copies.set(pathwayId, copy);
    const shown = shownCopy(stream);
    if (shown === undefined || shown === copy) return;
    const alignment = this.#align(stream, shown, copy);
    if (alignment.kind !== "same") return;
    const base = stream.offsets.get(stream.shownBy) ?? NO_OFFSET;
    stream.offsets.set(pathwayId, addOffsets(base, alignment.offset));
    this.#namesAlike(stream, shown, copy, alignment.offset.sequence);
  }

  /** By how much the pathway's numbers are larger than those that the media player knows. */
  offsetOf(pathwayId: string, playlist: string): Offset {
    const stream = this.#streams.get(splitDirectives(playlist).url);
    return stream?.offsets.get(pathwayId) ?? NO_OFFSET;
  }

  /** Where `pathwayId` has the same bytes; undefined if it does not carry them. */
  locate(pathwayId: string, logicalUrl: string, range?: ByteRange): Located | undefined {
    const pathway = this.#pathways.get(pathwayId);
    if (pathway === undefined) return undefined;
    const { url: bare, directives } = splitDirectives(logicalUrl);
    const key = this.#keys.get(bare);
    if (key !== undefined) {
      if (this.isApart(pathwayId, bare)) return undefined;
      const own = shiftSequence(directives, this.offsetOf(pathwayId, bare).sequence);
      return guess(withDirectives(pathway.playlists.get(key), own), range, "exact");
    }
    const found = this.#find(logicalUrl, range);
    if (found === undefined) return guess(this.#unlistedOn(pathway, logicalUrl), range);
    const located = this.#locateListed(pathway, found);
    // Of a resource that is listed whole, a part may be asked for.
    const isPart = found.place.resource.range === undefined && range !== undefined;
    return located && isPart ? { ...located, range: within(located.range, range) } : located;
  }

  /** The URL alone. */
  urlOn(pathwayId: string, logicalUrl: string): string | undefined {
    return this.locate(pathwayId, logicalUrl)?.url;
  }

  /** The media playlist that some pathway's copy lists it in. */
  playlistNaming(logicalUrl: string, range?: ByteRange): string | undefined {
    return this.#find(logicalUrl, range)?.stream.url;
  }

  /** Whether the pathway has not this variant, but others of the title. */
  lacksVariant(pathwayId: string, logicalUrl: string): boolean {
    const playlist = this.#keys.has(logicalUrl) ? logicalUrl : this.playlistNaming(logicalUrl);
    const key = this.#keys.get(playlist ?? "");
    const own = [...(this.#pathways.get(pathwayId)?.playlists.keys() ?? [])];
    return key !== undefined && isVariant(key) && own.some(isVariant) && !own.includes(key);
  }

  /** Where the pathway's segments come from; hosts that it shares with another are left out. */
  mediaHostsOf(pathwayId: string): readonly string[] {
    const copies = Array.from(this.#streams.values(), (stream) => [...stream.copies.values()]);
    const hosts = new Set<string>();
    for (const copy of copies.flat()) {
      if (copy.pathwayId === pathwayId && copy.mediaHost) hosts.add(copy.mediaHost);
    }
    for (const copy of copies.flat()) {
      if (copy.pathwayId !== pathwayId && copy.mediaHost) hosts.delete(copy.mediaHost);
    }
    return [...hosts];
  }

  /** The media playlist that lists it; undefined once none does. */
  playlistOf(logicalUrl: string): string | undefined {
    return this.#shownPlace(logicalUrl)?.stream.url;
  }

  /** How long it plays; of a file that holds several segments, the one at that range. */
  durationMsOf(logicalUrl: string, range?: ByteRange): number | undefined {
    return this.#shownPlace(logicalUrl, range)?.place.durationMs;
  }

  /** How long the file plays that it is in, which may hold several segments as byte ranges. */
  fileMsOf(logicalUrl: string): number | undefined {
    const places = this.#shownPlace(logicalUrl)?.copy.places.get(logicalUrl) ?? [];
    const sumMs = places.reduce((sum, { durationMs = 0 }) => sum + durationMs, 0);
    return sumMs === 0 ? undefined : sumMs;
  }

  /** Whether it is a live playlist, or listed in one: what is not there yet may still come. */
  isLive(logicalUrl: string): boolean {
    const stream = this.#streams.get(splitDirectives(logicalUrl).url);
    const copy = stream === undefined ? this.#shownPlace(logicalUrl)?.copy : shownCopy(stream);
    return copy?.list.targetMs !== undefined && !copy.list.isComplete;
  }

  /**
   * The segment that the media player will ask for after `logicalUrl`. At a live edge that one is not
   * known yet, and the last one has to do; so it has where `logicalUrl` is no longer listed.
   *
   * @param playlist the one that listed `logicalUrl`.
   */
  upcoming(playlist: string, logicalUrl: string): string | undefined {
    const stream = this.#streams.get(playlist);
    const copy = stream && shownCopy(stream);
    if (copy === undefined) return undefined;
    const after = placeOf(copy, logicalUrl)?.lastSequence ?? Number.POSITIVE_INFINITY;
    const resource = nextThere(copy.list, after)?.resource;
    return resource && copy.logicalUrlOf(resource);
  }

  /** The last segment that `pathwayId` lists, as far as it has been read. */
  latestOn(pathwayId: string, playlist: string): string | undefined {
    const copy = this.#streams.get(splitDirectives(playlist).url)?.copies.get(pathwayId);
    const last = copy?.list.segments.findLast((each) => each.resource)?.resource;
    return last && copy?.urlOf(last);
  }

  /** What `pathwayId` lists at present, as far as it has been read. */
  copyOn(pathwayId: string, playlist: string): MediaPlaylist | undefined {
    return this.#streams.get(splitDirectives(playlist).url)?.copies.get(pathwayId)?.list;
  }

  /** Whether the pathway cuts the stream elsewhere, so that nothing of it fits. */
  isApart(pathwayId: string, playlist: string): boolean {
    const stream = this.#streams.get(splitDirectives(playlist).url);
    const copy = stream?.copies.get(pathwayId);
    const shown = stream && shownCopy(stream);
    if (stream === undefined || copy === undefined || shown === undefined) return false;
    if (copy === shown) return false;
    return this.#align(stream, shown, copy).kind === "apart";
  }

  /**
   * Media playlists whose copy on the pathway should be read before it is needed. One that is found
   * under the same path on another host is taken to come from the same origin.
   */
  unreadOn(pathwayId: string): readonly string[] {
    return Array.from(this.#streams.values()).flatMap(({ url, key = "", copies, shownBy }) => {
      const [there, shown] = [pathwayId, shownBy].map((id) =>
        this.#pathways.get(id)?.playlists.get(key),
      );
      const isRead = copies.has(pathwayId);
      return isRead || there === undefined || shown === undefined || isMirror(there, shown)
        ? []
        : [url];
    });
  }

  #locateListed(
    pathway: Pathway,
    { stream, copy, place }: { stream: Stream; copy: PlaylistCopy; place: Place },
  ): Located | undefined {
    const other = stream.copies.get(pathway.id);
    const written = this.#asWritten(pathway, stream, copy, place.resource);
    if (other === undefined) return guess(written, place.resource.range);
    if (other === copy) return exact(copy, place.resource);

    const alignment = this.#align(stream, copy, other);
    if (alignment.kind === "apart") return undefined;
    if (alignment.kind === "unknown") return guess(written, place.resource.range, "doubtful");
    const offset = alignment.offset.sequence;
    for (let sequence = place.lastSequence; sequence >= place.firstSequence; sequence -= 1) {
      const segment = segmentAt(other.list, sequence + offset);
      if (segment === undefined) continue;
      const resource = segment.isGap ? undefined : resourceAt(segment, place);
      if (resource !== undefined) return exact(other, resource);
      // What several segments need is told by those of them that are there.
      if (segment.isGap && (place.what === "map" || place.what === "key")) continue;
      // Only parts that are still to come may be missing from a segment that is there.
      if (place.what !== "part" && segment.resource !== undefined) return undefined;
    }
    if (other.list.isComplete) return undefined;
    const doubt = this.#namesAlike(stream, copy, other, offset) ? "guess" : "doubtful";
    return guess(written, place.resource.range, doubt);
  }

  /**
   * Whether what both list is found on the pathway by the name that it has in `copy`. Where they list
   * nothing in common any more, what was seen when they did counts.
   */
  #namesAlike(stream: Stream, copy: PlaylistCopy, other: PlaylistCopy, offset: number): boolean {
    const pathway = this.#pathways.get(other.pathwayId);
    const pair = [copy.pathwayId, other.pathwayId].toSorted().join(" ");
    for (const { sequence, resource } of copy.list.segments) {
      const there = segmentAt(other.list, sequence + offset)?.resource;
      if (pathway === undefined || resource === undefined || there === undefined) continue;
      const isAlike = this.#asWritten(pathway, stream, copy, resource) === other.urlOf(there);
      stream.namedAlike.set(pair, isAlike);
      break;
    }
    return stream.namedAlike.get(pair) ?? true;
  }

  /** The URI of one pathway's copy, taken for another's. */
  #asWritten(
    pathway: Pathway,
    { url, key }: Stream,
    copy: PlaylistCopy,
    resource: Resource,
  ): string | undefined {
    const uri = copy.uriOf(resource);
    const from = this.#pathways.get(copy.pathwayId) ?? this.#reference;
    if (URL.canParse(uri)) {
      const carries = key === undefined || pathway.playlists.has(key);
      return carries ? movedTo(pathway, from, uri) : undefined;
    }
    const playlist =
      key === undefined ? movedTo(pathway, this.#reference, url) : pathway.playlists.get(key);
    return URL.canParse(uri, playlist) ? new URL(uri, playlist).href : undefined;
  }

  #unlistedOn(pathway: Pathway, url: string): string {
    const from = this.#reference;
    const ways = startsOf(from.base, pathway.base);
    const isBelow = ways !== undefined && url.startsWith(ways.from);
    return isBelow ? ways.to + url.slice(ways.from.length) : movedTo(pathway, from, url);
  }

  #find(logicalUrl: string, range: ByteRange | undefined) {
    for (const stream of this.#streams.values()) {
      const shown = shownCopy(stream);
      for (const copy of [shown, ...stream.copies.values()]) {
        const place = copy && placeOfRange(copy, logicalUrl, range);
        if (copy !== undefined && place !== undefined) return { stream, copy, place };
      }
    }
    return undefined;
  }

  #shownPlace(logicalUrl: string, range?: ByteRange) {
    for (const stream of this.#streams.values()) {
      const copy = shownCopy(stream);
      const place = copy && placeOfRange(copy, logicalUrl, range);
      if (copy !== undefined && place !== undefined) return { stream, copy, place };
    }
    return undefined;
  }

  /** Of copies that have no time in common, what was found when they had. */
  #align({ offsets }: Stream, one: PlaylistCopy, other: PlaylistCopy): Alignment {
    const known = this.#alignments.get(one) ?? new WeakMap<PlaylistCopy, Alignment>();
    const alignment = known.get(other) ?? alignPlaylists(one.list, other.list);
    this.#alignments.set(one, known.set(other, alignment));
    const [from, to] = [offsets.get(one.pathwayId), offsets.get(other.pathwayId)];
    const isKnown = alignment.kind !== "unknown" || from === undefined || to === undefined;
    return isKnown ? alignment : { kind: "same", offset: addOffsets(to, from, -1) };
  }

  #streamAt(logicalUrl: string, pathwayId: string): Stream {
    const { url } = splitDirectives(logicalUrl);
    const stream = this.#streams.get(url) ?? {
      url,
      key: this.#keys.get(url),
      copies: new Map(),
      shownBy: pathwayId,
      offsets: new Map([[pathwayId, NO_OFFSET]]),
      namedAlike: new Map(),
    };
    this.#streams.set(url, stream);
    return stream;
  }
}

function keysOf({ playlists }: Pathway): ReadonlyMap<string, string> {
  return new Map(Array.from(playlists, ([key, url]) => [url, key]));
}

function shownCopy({ copies, shownBy }: Stream): PlaylistCopy | undefined {
  return copies.get(shownBy);
}

/**
 * The first that is there after that number, or else the last of all. It is asked for in each of the loop's rounds,
 * and a long title has tens of thousands: they are not gone through from the first.
 */
function nextThere({ segments }: MediaPlaylist, after: number): ListedSegment | undefined {
  const [first] = segments;
  for (let at = after + 1 - (first?.sequence ?? 0); at < segments.length; at += 1) {
    const segment = segments[at];
    if (segment !== undefined && isThere(segment)) return segment;
  }
  return segments.findLast(isThere);
}

/** What a playlist says is missing must not be asked for (rfc8216bis §4.4.4.7). */
function isThere({ resource, isGap }: ListedSegment): boolean {
  return resource !== undefined && !isGap;
}

function exact(copy: PlaylistCopy, resource: Resource): Located | undefined {
  const url = copy.urlOf(resource);
  return url === undefined ? undefined : { url, range: resource.range, certainty: "exact" };
}

function guess(
  url: string | undefined,
  range: ByteRange | undefined,
  certainty: Located["certainty"] = "guess",
): Located | undefined {
  return url === undefined ? undefined : { url, range, certainty };
}

function within(whole: ByteRange | undefined, { first, last }: ByteRange): ByteRange {
  const base = whole?.first ?? 0;
  return { first: base + first, last: base + last };
}

/**
 * What two bases of an MPD begin with, less the folders at their ends that are the same: media may lie beside
 * the base, and a CDN puts everything below a folder of its own.
 */
function startsOf(
  from: string | undefined,
  to: string | undefined,
): { readonly from: string; readonly to: string } | undefined {
  if (from === undefined || to === undefined) return undefined;
  const [one, other] = [from, to].map((base) => new URL(base).pathname.split("/").slice(1, -1));
  let same = 0;
  while (one?.at(-1 - same) !== undefined && one.at(-1 - same) === other?.at(-1 - same)) same += 1;
  const start = (base: string, folders: readonly string[] = []) =>
    [new URL(base).origin, ...folders.slice(0, folders.length - same), ""].join("/");
  return { from: start(from, one), to: start(to, other) };
}

/** An absolute URL moves along if it lies on the pathway's own host; on a third one it stays. */
function movedTo({ host }: Pathway, from: Pathway, url: string): string {
  const { origin } = new URL(url);
  return origin === from.host ? host + url.slice(origin.length) : url;
}

function isMirror(one: string, other: string): boolean {
  const [path, otherPath] = [one, other].map((url) => url.slice(new URL(url).origin.length));
  return path === otherPath;
}
