/**
 * One pathway's copy of a media playlist, and where everything in it is found: on that pathway, and
 * under the logical URL by which the media player would ask for it.
 */
import type { ByteRange } from "../../../kernel/byte-range.ts";
import {
  type ListedSegment,
  type MediaPlaylist,
  type Resource,
  readMediaPlaylist,
} from "./media-playlist.ts";
import { readVariables, replaceVariables, type Variables } from "./playlist-variables.ts";

/** What of a segment it is. An init segment or a key belongs to several segments in a row. */
export type Place = {
  readonly what: "segment" | "map" | "key" | "part";
  readonly index: number;
  readonly resource: Resource;
  readonly durationMs: number | undefined;
  readonly firstSequence: number;
  readonly lastSequence: number;
};

export type PlaylistCopy = {
  readonly pathwayId: string;
  readonly list: MediaPlaylist;
  /** Scheme and authority that its latest segment comes from. */
  readonly mediaHost: string | undefined;
  /** Logical URL → the places that it is listed at, in order. */
  readonly places: ReadonlyMap<string, readonly Place[]>;
  /** Where this pathway has it. */
  readonly urlOf: (resource: Resource) => string | undefined;
  /** As the media player understands it when it is shown this copy. */
  readonly logicalUrlOf: (resource: Resource) => string | undefined;
  /** As written, variables replaced. */
  readonly uriOf: (resource: Resource) => string;
};

export type CopySource = {
  readonly text: string;
  readonly pathwayId: string;
  /** Where it came from, after redirects. */
  readonly url: string;
  /** Of the playlist, by which the media player knows it. */
  readonly logicalUrl: string;
  /** Of the multivariant playlist. */
  readonly variables: Variables;
};

/** @param before the copy of the same pathway that it replaces. */
export function readPlaylistCopy(source: CopySource, before?: PlaylistCopy): PlaylistCopy {
  const { text, url, logicalUrl, pathwayId } = source;
  const list = readMediaPlaylist(text, before?.list);
  const own = readVariables(text, url, source.variables);
  const logical = readVariables(text, logicalUrl, source.variables);
  const logicalUrlOf = ({ uri }: Resource) => resolve(replaceVariables(uri, logical), logicalUrl);
  const urlOf = ({ uri }: Resource) => resolve(replaceVariables(uri, own), url);
  const latest = list.segments.findLast(({ resource }) => resource !== undefined)?.resource;
  const latestUrl = latest && urlOf(latest);
  return {
    pathwayId,
    list,
    mediaHost: latestUrl && new URL(latestUrl).origin,
    places: placesOf(list, logicalUrlOf),
    urlOf,
    logicalUrlOf,
    uriOf: ({ uri }) => replaceVariables(uri, logical),
  };
}

/** The last of the places that the URL is listed at, as whichever part of it. */
export function placeOf({ places }: PlaylistCopy, logicalUrl: string): Place | undefined {
  return places.get(logicalUrl)?.at(-1);
}

/**
 * The same for the range that is asked for: as it is listed, or within a resource that is listed whole. Without
 * a range it is the file that is meant, however it is listed.
 */
export function placeOfRange(
  { places }: PlaylistCopy,
  logicalUrl: string,
  range: ByteRange | undefined,
): Place | undefined {
  const listed = places.get(logicalUrl);
  return (
    listed?.findLast(({ resource }) => resource.range?.first === range?.first) ??
    listed?.findLast(({ resource }) => resource.range === undefined || range === undefined)
  );
}

/** What stands at the same place of a segment of another copy. */
export function resourceAt(
  segment: ListedSegment,
  { what, index }: Pick<Place, "what" | "index">,
): Resource | undefined {
  switch (what) {
    case "segment":
      return segment.resource;
    case "map":
      return segment.map;
    case "key":
      return segment.keys[index];
    case "part":
      return segment.parts[index];
  }
}

function placesOf(
  { segments }: MediaPlaylist,
  logicalUrlOf: (resource: Resource) => string | undefined,
): ReadonlyMap<string, readonly Place[]> {
  const places = new Map<string, Place[]>();
  const put = (
    what: Place["what"],
    resource: Resource,
    users: readonly ListedSegment[],
    index = 0,
  ) => {
    const url = logicalUrlOf(resource);
    if (url === undefined) return;
    const others = places.get(url) ?? [];
    places.set(url, others);
    others.push({
      what,
      index,
      resource,
      durationMs: durationOf(what, users[0], index),
      firstSequence: users[0]?.sequence ?? 0,
      lastSequence: users.at(-1)?.sequence ?? 0,
    });
  };
  for (const users of runsOf(segments, ({ map }) => map)) {
    const map = users[0]?.map;
    if (map !== undefined) put("map", map, users);
  }
  for (const users of runsOf(segments, ({ keys }) => keys)) {
    for (const [index, key] of (users[0]?.keys ?? []).entries()) put("key", key, users, index);
  }
  for (const segment of segments) {
    if (segment.resource !== undefined) put("segment", segment.resource, [segment]);
    for (const [index, part] of segment.parts.entries()) put("part", part, [segment], index);
  }
  return places;
}

function durationOf(
  what: Place["what"],
  segment: ListedSegment | undefined,
  index: number,
): number | undefined {
  if (what === "part") return segment?.parts[index]?.durationMs;
  return what === "segment" ? segment?.durationMs : undefined;
}

/** Segments in a row that share something. */
function runsOf(
  segments: readonly ListedSegment[],
  sharedBy: (segment: ListedSegment) => unknown,
): readonly (readonly ListedSegment[])[] {
  const runs: ListedSegment[][] = [];
  let last: unknown;
  for (const segment of segments) {
    const shared = sharedBy(segment);
    if (runs.length > 0 && shared === last) runs.at(-1)?.push(segment);
    else runs.push([segment]);
    last = shared;
  }
  return runs;
}

function resolve(uri: string, base: string): string | undefined {
  return URL.canParse(uri, base) ? new URL(uri, base).href : undefined;
}
