/**
 * Reads a multivariant playlist into pathways, and writes the playlist that the media player is
 * shown: one pathway only, and no steering tag.
 *
 * One brain, not two: a media player that saw the pathways would fail over by its own rules, minutes
 * later and against ours. So it sees one set of streams, whose URLs are merely names ("logical
 * URLs"), and each request is sent to whichever pathway is best at that moment.
 */
import {
  DEFAULT_PATHWAY_ID,
  type MultivariantPlaylist,
  type Rendition,
  readMultivariantPlaylist,
  renditionKey,
  type Variant,
  variantKey,
} from "../../kernel/multivariant-playlist.ts";
import {
  type AttributeList,
  attributeText,
  type PlaylistLine,
  quoted,
  readAttributes,
  writeAttributes,
  writePlaylistLines,
} from "../../kernel/playlist-lines.ts";

/** One complete copy of the presentation: where each of its streams is found. */
export type Pathway = {
  readonly id: string;
  /** Scheme and authority of its first stream. */
  readonly host: string;
  /** Stream key → absolute URL of its media playlist. */
  readonly playlists: ReadonlyMap<string, string>;
};

export type Presentation = {
  /** In the playlist's order; never empty. */
  readonly pathways: readonly Pathway[];
  /** The one that playback begins on, and whose URLs are the logical ones. */
  readonly first: string;
  readonly steering: { readonly serverUri: string } | undefined;
  /** What the media player is shown. */
  readonly playlist: string;
};

type Stream = { readonly key: string; readonly pathwayId: string; readonly url: string };

const ONLY_STREAM = "only";

/**
 * @param url where `text` came from, after redirects: relative URIs are resolved against it.
 * @param sources every URL that the same playlist is found at. Where the playlist names no pathways,
 *   each of them is one.
 */
export function readPresentation(
  text: string,
  url: string,
  sources: readonly string[],
): Presentation {
  const multivariant = readMultivariantPlaylist(text);
  if (multivariant === undefined) return mediaOnly(text, url, sources);

  const streams = [
    ...streamsOf(multivariant.variants, url, variantKey),
    ...streamsOf(multivariant.renditions, url, renditionKey),
  ];
  const listed = pathwaysOf(streams);
  const first =
    listed.find(({ id }) => id === multivariant.steering?.pathwayId) ?? (listed[0] as Pathway);
  const namesNone = listed.length === 1 && first.id === DEFAULT_PATHWAY_ID;
  const pathways = namesNone ? pathwaysOfSources(multivariant, url, sources) : listed;
  return {
    pathways,
    first: namesNone ? (pathways[0] as Pathway).id : first.id,
    steering: multivariant.steering && {
      serverUri: new URL(multivariant.steering.serverUri, url).href,
    },
    playlist: showOnePathway(multivariant, url, first.id),
  };
}

/** A media playlist given directly: one stream, found at each source. */
function mediaOnly(text: string, url: string, sources: readonly string[]): Presentation {
  const pathways = distinctSources(url, sources).map(({ id, source }) => ({
    id,
    host: new URL(source).origin,
    playlists: new Map([[ONLY_STREAM, source]]),
  }));
  return { pathways, first: (pathways[0] as Pathway).id, steering: undefined, playlist: text };
}

function pathwaysOfSources(
  multivariant: MultivariantPlaylist,
  url: string,
  sources: readonly string[],
): readonly Pathway[] {
  return distinctSources(url, sources).flatMap(({ id, source }) =>
    pathwaysOf([
      ...streamsOf(multivariant.variants, source, variantKey),
      ...streamsOf(multivariant.renditions, source, renditionKey),
    ]).map((pathway) => ({ ...pathway, id })),
  );
}

/** The source that answered first, then the others; named after their hosts. */
function distinctSources(
  url: string,
  sources: readonly string[],
): readonly { readonly id: string; readonly source: string }[] {
  const seen = new Map<string, string>();
  for (const source of [url, ...sources]) {
    const { host } = new URL(source);
    if (!seen.has(host)) seen.set(host, source);
  }
  return Array.from(seen, ([host, source]) => ({ id: host.replaceAll(":", "-"), source }));
}

/**
 * Resolves the URI of each stream, and gives a stream that stands again in the default pathway a
 * pathway of its own: "." then ".." and so on, which is how redundant streams were written before
 * steering existed (RFC 8216 §4.3.4.2).
 */
function streamsOf<Listed extends Variant | Rendition>(
  listed: readonly Listed[],
  base: string,
  keyOf: (stream: Listed) => string,
): readonly Stream[] {
  const seen = new Map<string, number>();
  return listed.flatMap((stream) => {
    if (stream.uri === undefined) return [];
    const key = keyOf(stream);
    const place = `${stream.pathwayId} ${key}`;
    const copies = seen.get(place) ?? 0;
    seen.set(place, copies + 1);
    if (copies > 0 && stream.pathwayId !== DEFAULT_PATHWAY_ID) return [];
    const pathwayId = stream.pathwayId + DEFAULT_PATHWAY_ID.repeat(copies);
    return [{ key, pathwayId, url: new URL(stream.uri, base).href }];
  });
}

function pathwaysOf(streams: readonly Stream[]): readonly Pathway[] {
  return Array.from(
    Map.groupBy(streams, ({ pathwayId }) => pathwayId),
    ([id, own]) => ({
      id,
      host: new URL((own[0] as Stream).url).origin,
      playlists: new Map(own.map(({ key, url }) => [key, url])),
    }),
  );
}

function showOnePathway(playlist: MultivariantPlaylist, base: string, shown: string): string {
  const firstCopies = <Listed extends Variant | Rendition>(
    listed: readonly Listed[],
    keyOf: (stream: Listed) => string,
  ) => {
    const seen = new Set<string>();
    return listed.filter((stream) => {
      const key = `${keyOf(stream)} ${attributeText(stream.attributes, "GROUP-ID") ?? ""}`;
      if (stream.pathwayId !== shown || seen.has(key)) return false;
      seen.add(key);
      return true;
    });
  };

  return writePlaylistLines([
    ...playlist.rest.filter((line) => isShown(line, shown)).map((line) => absolute(line, base)),
    ...firstCopies(playlist.renditions, renditionKey).map(({ attributes }) =>
      tag("EXT-X-MEDIA", withAbsoluteUri(attributes, base)),
    ),
    ...firstCopies(playlist.variants, variantKey).flatMap(({ attributes, uri }): PlaylistLine[] => [
      tag("EXT-X-STREAM-INF", attributes),
      { kind: "uri", uri: new URL(uri, base).href },
    ]),
  ]);
}

/** Trick-play streams carry a pathway too; tags without one belong to all. */
function isShown(line: PlaylistLine, shown: string): boolean {
  if (line.kind !== "tag") return true;
  const pathwayId = attributeText(readAttributes(line.value), "PATHWAY-ID");
  return pathwayId === undefined || pathwayId === shown;
}

function absolute(line: PlaylistLine, base: string): PlaylistLine {
  if (line.kind !== "tag") return line;
  const attributes = readAttributes(line.value);
  return attributes.has("URI") ? tag(line.name, withAbsoluteUri(attributes, base)) : line;
}

function withAbsoluteUri(attributes: AttributeList, base: string): AttributeList {
  const uri = attributeText(attributes, "URI");
  if (uri === undefined || !URL.canParse(uri, base)) return attributes;
  return new Map([...attributes, ["URI", quoted(new URL(uri, base).href)]]);
}

function tag(name: string, attributes: AttributeList): PlaylistLine {
  const kept = new Map(attributes);
  kept.delete("PATHWAY-ID");
  return { kind: "tag", name, value: writeAttributes(kept) };
}
