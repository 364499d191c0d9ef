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
} from "../../../kernel/multivariant-playlist.ts";
import {
  type AttributeList,
  attributeText,
  isPlaylist,
  type PlaylistLine,
  quoted,
  readAttributes,
  readPlaylistLines,
  writeAttributes,
  writePlaylistLines,
} from "../../../kernel/playlist-lines.ts";
import {
  NO_VARIABLES,
  readVariables,
  replaceVariables,
  type Variables,
} from "./playlist-variables.ts";

/** One complete copy of the presentation: where each of its streams is found. */
export type Pathway = {
  readonly id: string;
  /** Scheme and authority of its first stream. */
  readonly host: string;
  /** Stream key → absolute URL of its media playlist. */
  readonly playlists: ReadonlyMap<string, string>;
  /** What the URLs of its media begin with, where that is how they are told apart (DASH). */
  readonly base?: string;
};

export type Presentation = {
  /** In the playlist's order; never empty. */
  readonly pathways: readonly Pathway[];
  /** The one that playback begins on, and whose URLs are the logical ones. */
  readonly first: string;
  readonly steering: { readonly serverUri: string } | undefined;
  /** What the media player is shown. */
  readonly playlist: string;
  /** Of the multivariant playlist; a media playlist may import them. */
  readonly variables: Variables;
  /** Where the manifest itself says that it is refreshed (DASH `Location`), absolute. */
  readonly location?: string | undefined;
};

/** How the text that names all the rest is told from an error page, and how it is read. */
export type PresentationFormat = {
  readonly isManifest: (text: string) => boolean;
  readonly read: typeof readPresentation;
  /**
   * What plays, as the manifest has it that has come anew; undefined where nothing is elsewhere now. Only for
   * a format whose manifest is refreshed while it plays.
   */
  readonly refresh?: (
    known: Presentation,
    text: string,
    fresh: Presentation,
  ) => Presentation | undefined;
};

export const HLS: PresentationFormat = { isManifest: isPlaylist, read: readPresentation };

/** For a player that asked elsewhere than where it came from, which it would resolve URIs against. */
export function withAbsoluteUris(playlist: string, base: string): string {
  const lines = readPlaylistLines(playlist).map(
    (line): PlaylistLine =>
      line.kind === "uri"
        ? { kind: "uri", uri: absoluteUri(line.uri, base) }
        : absolute(line, base),
  );
  return writePlaylistLines(lines);
}

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
  const multivariant = readMultivariant(text, url);
  if (multivariant === undefined) return mediaOnly(text, url, sources);

  const listed = pathwaysOf(streamsOf(multivariant, url));
  const first =
    listed.find(({ id }) => id === multivariant.steering?.pathwayId) ?? (listed[0] as Pathway);
  const namesNone = listed.length === 1 && first.id === DEFAULT_PATHWAY_ID;
  const pathways = namesNone ? pathwaysOfSources(text, url, sources) : listed;
  return {
    pathways,
    first: namesNone ? (pathways[0] as Pathway).id : first.id,
    steering: steeringOf(multivariant, url),
    playlist: showOnePathway(multivariant, url, first.id),
    variables: readVariables(text, url),
  };
}

/** A media playlist given directly: one stream, found at each source. */
function mediaOnly(text: string, url: string, sources: readonly string[]): Presentation {
  const pathways = distinctSources(url, sources).map(({ id, source }) => ({
    id,
    host: new URL(source).origin,
    playlists: new Map([[ONLY_STREAM, source]]),
  }));
  const { id: first } = pathways[0] as Pathway;
  return { pathways, first, steering: undefined, playlist: text, variables: NO_VARIABLES };
}

function pathwaysOfSources(
  text: string,
  url: string,
  sources: readonly string[],
): readonly Pathway[] {
  return distinctSources(url, sources).flatMap(({ id, source }) => {
    // A variable may stand for a part of the source's own query, its token say.
    const multivariant = readMultivariant(text, source);
    const pathways = multivariant === undefined ? [] : pathwaysOf(streamsOf(multivariant, source));
    return pathways.map((pathway) => ({ ...pathway, id }));
  });
}

function readMultivariant(text: string, url: string): MultivariantPlaylist | undefined {
  return readMultivariantPlaylist(replaceVariables(text, readVariables(text, url)));
}

/** The source that answered first, then the others; named after their hosts. */
export function distinctSources(
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

/** Steering that cannot be asked is no reason not to play. */
function steeringOf({ steering }: MultivariantPlaylist, base: string): Presentation["steering"] {
  if (steering === undefined || !URL.canParse(steering.serverUri, base)) return undefined;
  return { serverUri: new URL(steering.serverUri, base).href };
}

function streamsOf(playlist: MultivariantPlaylist, base: string): readonly Stream[] {
  const variants = placeVariants(playlist.variants, base);
  return [
    ...variants.map(({ variant, pathwayId, url }) => ({
      key: variantKey(variant),
      pathwayId,
      url,
    })),
    ...placeRenditions(playlist.renditions, variants, base),
  ];
}

type PlacedVariant = {
  readonly variant: Variant;
  readonly pathwayId: string;
  readonly url: string;
};

/** The key of a rendition ends with its place. */
export function isVariant(key: string): boolean {
  return !/ #\d+$/.test(key);
}

/** A rendition's key begins with its type. */
export function isOfCaptions(key: string): boolean {
  return key.startsWith("SUBTITLES ") && !isVariant(key);
}

/** What a key tells of the stream's stable id; undefined for one that has none. */
export function stableIdOf(
  key: string,
): { readonly of: "variant" | "rendition"; readonly id: string } | undefined {
  const [, type, id] = /^(?:(AUDIO|VIDEO|SUBTITLES) )?id (.*)$/.exec(key) ?? [];
  if (id === undefined) return undefined;
  if (type === undefined) return { of: "variant", id };
  return { of: "rendition", id: id.replace(/ #\d+$/, "") };
}

/**
 * Gives a variant that stands again in the default pathway, at another URL, a pathway of its own: "."
 * then ".." and so on, which is how redundant streams were written before steering existed (RFC 8216
 * §4.3.4.2).
 */
function placeVariants(variants: readonly Variant[], base: string): readonly PlacedVariant[] {
  const urlsByPlace = new Map<string, string[]>();
  return variants.flatMap((variant) => {
    if (!URL.canParse(variant.uri, base)) return [];
    const url = new URL(variant.uri, base).href;
    const place = `${variant.pathwayId} ${variantKey(variant)}`;
    const urls = urlsByPlace.get(place) ?? [];
    if (urls.includes(url)) return [];
    urlsByPlace.set(place, [...urls, url]);
    if (urls.length > 0 && variant.pathwayId !== DEFAULT_PATHWAY_ID) return [];
    const pathwayId = variant.pathwayId + DEFAULT_PATHWAY_ID.repeat(urls.length);
    return [{ variant, pathwayId, url }];
  });
}

/**
 * A rendition that names no pathway belongs to those whose variants use its group. Two of one name (an
 * "English" in AAC and one in AC-3) are two streams of one pathway, told apart by their place.
 */
function placeRenditions(
  renditions: readonly Rendition[],
  variants: readonly PlacedVariant[],
  base: string,
): readonly Stream[] {
  const copies = new Map<string, number>();
  return renditions.flatMap((rendition) => {
    if (rendition.uri === undefined || !URL.canParse(rendition.uri, base)) return [];
    const url = new URL(rendition.uri, base).href;
    return pathwaysUsing(rendition, variants).map((pathwayId) => {
      const place = `${pathwayId} ${renditionKey(rendition)}`;
      const copy = copies.get(place) ?? 0;
      copies.set(place, copy + 1);
      return { key: `${renditionKey(rendition)} #${copy}`, pathwayId, url };
    });
  });
}

function pathwaysUsing(
  { attributes, pathwayId }: Rendition,
  variants: readonly PlacedVariant[],
): readonly string[] {
  if (pathwayId !== DEFAULT_PATHWAY_ID) return [pathwayId];
  const groupName = attributeText(attributes, "TYPE") ?? "";
  const groupId = attributeText(attributes, "GROUP-ID");
  const users = variants
    .filter(({ variant }) => attributeText(variant.attributes, groupName) === groupId)
    .map((variant) => variant.pathwayId);
  return users.length === 0 ? NOBODY : [...new Set(users)];
}

/** A group that no variant uses stands where streams stand that name no pathway. */
const NOBODY: readonly string[] = [DEFAULT_PATHWAY_ID];

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
  const placed = placeVariants(playlist.variants, base);
  const isOfShown = (rendition: Rendition) => {
    const users = pathwaysUsing(rendition, placed);
    return users === NOBODY || users.includes(shown);
  };
  const firstCopies = <Listed extends Variant | Rendition>(
    listed: readonly Listed[],
    keyOf: (stream: Listed) => string,
  ) => {
    const seen = new Set<string>();
    return listed.filter((stream) => {
      const key = `${keyOf(stream)} ${attributeText(stream.attributes, "GROUP-ID") ?? ""}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
  };
  const variants = playlist.variants.filter(({ pathwayId }) => pathwayId === shown);

  return writePlaylistLines([
    ...playlist.rest.filter((line) => isShown(line, shown)).map((line) => absolute(line, base)),
    ...firstCopies(playlist.renditions.filter(isOfShown), renditionKey).map(({ attributes }) =>
      tag("EXT-X-MEDIA", withAbsoluteUri(attributes, base)),
    ),
    ...firstCopies(variants, variantKey).flatMap(({ attributes, uri }): PlaylistLine[] => [
      tag("EXT-X-STREAM-INF", attributes),
      { kind: "uri", uri: absoluteUri(uri, base) },
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
  if (uri === undefined) return attributes;
  return new Map([...attributes, ["URI", quoted(absoluteUri(uri, base))]]);
}

function tag(name: string, attributes: AttributeList): PlaylistLine {
  const kept = new Map(attributes);
  kept.delete("PATHWAY-ID");
  return { kind: "tag", name, value: writeAttributes(kept) };
}

/** What cannot be resolved is left to the media player: a variable that it will replace, say. */
function absoluteUri(uri: string, base: string): string {
  return uri.includes("{$") || !URL.canParse(uri, base) ? uri : new URL(uri, base).href;
}
