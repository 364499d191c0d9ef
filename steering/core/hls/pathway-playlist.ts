/**
 * Turns the origin's multivariant playlist into one that lists every stream once per pathway.
 *
 * Each pathway gets rendition groups of its own. RFC 8216bis lets one group hold the renditions of
 * several pathways, told apart by PATHWAY-ID, but hls.js and VHS look up an audio track by its
 * group alone and would play the sound from another pathway than the picture; with groups of their
 * own all players do the same.
 *
 * What the rewriting does not know, it keeps.
 */
import type {
  MultivariantPlaylist,
  Rendition,
  Variant,
} from "../../../kernel/multivariant-playlist.ts";
import { DEFAULT_PATHWAY_ID } from "../../../kernel/multivariant-playlist.ts";
import {
  type AttributeList,
  attributeText,
  type PlaylistLine,
  quoted,
  readAttributes,
  writeAttributes,
  writePlaylistLines,
} from "../../../kernel/playlist-lines.ts";
import { hashText } from "../../../kernel/seeded-random.ts";

export type Pathway = { readonly id: string; readonly url: string };

/** Where a URI of the playlist leads. */
export type UriPlace =
  /** `path` on the source, with its query: every appliance serves it under the same path. */
  | { readonly at: "source"; readonly path: string }
  | { readonly at: "elsewhere"; readonly uri: string };

export type PathwayPlaylistInput = {
  readonly playlist: MultivariantPlaylist;
  /** Best first: a player starts on the first one. */
  readonly pathways: readonly [Pathway, ...Pathway[]];
  readonly steeringUri: string;
  readonly placeOf: (uri: string) => UriPlace;
};

export function writePathwayPlaylist(input: PathwayPlaylistInput): string {
  const { playlist, pathways, steeringUri } = input;
  const [first] = pathways;
  const streams = streamsOf(playlist);
  const withoutFrames = playlist.rest.filter((line) => !isFrameStream(line));
  const placeOf = withVariables(input.placeOf, playlist.rest);
  return writePlaylistLines([
    ...withoutFrames.map((line) => withUriAt(line, first, placeOf)),
    tag("EXT-X-CONTENT-STEERING", [
      ["SERVER-URI", quoted(steeringUri)],
      ["PATHWAY-ID", quoted(first.id)],
    ]),
    ...pathways.flatMap((pathway) => linesOn(pathway, streams, placeOf)),
  ]);
}

type Streams = {
  readonly variants: readonly Variant[];
  readonly renditions: readonly Rendition[];
  readonly frameStreams: readonly AttributeList[];
};

const FRAME_STREAM = "EXT-X-I-FRAME-STREAM-INF";
const GROUP_REFERENCES = ["AUDIO", "VIDEO", "SUBTITLES", "CLOSED-CAPTIONS"];

/** The streams of one pathway only: one that the source itself lists several times is taken once. */
function streamsOf({ variants, renditions, steering, rest }: MultivariantPlaylist): Streams {
  const offered = variants.map(({ pathwayId }) => pathwayId);
  const wished = steering?.pathwayId ?? DEFAULT_PATHWAY_ID;
  const chosen = offered.includes(wished) ? wished : offered[0];
  const isChosen = (pathwayId: string) => pathwayId === chosen || pathwayId === DEFAULT_PATHWAY_ID;
  return {
    variants: variants.filter(({ pathwayId }) => pathwayId === chosen),
    renditions: renditions.filter(({ pathwayId }) => isChosen(pathwayId)),
    frameStreams: rest
      .filter(isFrameStream)
      .map(({ value }) => readAttributes(value))
      .filter((attributes) =>
        isChosen(attributeText(attributes, "PATHWAY-ID") ?? DEFAULT_PATHWAY_ID),
      ),
  };
}

function linesOn(
  pathway: Pathway,
  { variants, renditions, frameStreams }: Streams,
  placeOf: (uri: string) => UriPlace,
): PlaylistLine[] {
  const addressOf = (uri: string) => addressAt(placeOf(uri), pathway);
  const withAddress = (attributes: AttributeList) => {
    const uri = attributeText(attributes, "URI");
    return uri === undefined ? attributes : withAttribute(attributes, "URI", addressOf(uri));
  };
  return [
    ...renditions.map(({ attributes }) =>
      tag("EXT-X-MEDIA", onPathway(withAddress(withStableRenditionId(attributes)), pathway)),
    ),
    ...variants.flatMap(({ attributes, uri }): PlaylistLine[] => [
      tag("EXT-X-STREAM-INF", onPathway(withStableVariantId(attributes, uri), pathway)),
      { kind: "uri", uri: addressOf(uri) },
    ]),
    ...frameStreams.map((attributes) => {
      const uri = attributeText(attributes, "URI") ?? "";
      const stable = withStableVariantId(attributes, uri);
      return tag(FRAME_STREAM, onPathway(withAddress(stable), pathway));
    }),
  ];
}

/** Renames the groups to those of the pathway; `:` cannot stand in a pathway id, so none collide. */
function onPathway(attributes: AttributeList, { id }: Pathway): AttributeList {
  const entries = Array.from(attributes, ([name, raw]): [string, string] => {
    const isGroup = name === "GROUP-ID" || (GROUP_REFERENCES.includes(name) && raw.startsWith('"'));
    return [name, isGroup ? quoted(`${id}:${raw.replaceAll('"', "")}`) : raw];
  });
  return withAttribute(new Map(entries), "PATHWAY-ID", id);
}

/** Made from what is the same on every pathway and on every reload. */
function withStableVariantId(attributes: AttributeList, uri: string): AttributeList {
  if (attributes.has("STABLE-VARIANT-ID")) return attributes;
  const groups = GROUP_REFERENCES.map((name) => attributes.get(name) ?? "");
  return withAttribute(attributes, "STABLE-VARIANT-ID", stableId([uri, ...groups]));
}

function withStableRenditionId(attributes: AttributeList): AttributeList {
  if (attributes.has("STABLE-RENDITION-ID")) return attributes;
  const parts = ["TYPE", "GROUP-ID", "NAME", "LANGUAGE"].map((name) => attributes.get(name) ?? "");
  return withAttribute(attributes, "STABLE-RENDITION-ID", stableId(parts));
}

function stableId(parts: readonly string[]): string {
  return hashText(parts.join("\n")).toString(16).padStart(8, "0");
}

function addressAt(place: UriPlace, pathway: Pathway): string {
  return place.at === "source" ? `${pathway.url}${place.path}` : place.uri;
}

/** A relative URI in any other tag would now lead to steering, so it is made absolute. */
function withUriAt(
  line: PlaylistLine,
  pathway: Pathway,
  placeOf: (uri: string) => UriPlace,
): PlaylistLine {
  if (line.kind !== "tag") return line;
  // Replaced in the text, because the value of an unknown tag may be no attribute list.
  const value = line.value.replace(
    /(^|,)URI="([^"]*)"/,
    (_, before: string, uri: string) => `${before}URI=${quoted(addressAt(placeOf(uri), pathway))}`,
  );
  return { ...line, value };
}

/** Puts in what EXT-X-DEFINE says, because a URI cannot be resolved before (RFC 8216bis §4.3). */
function withVariables(
  placeOf: (uri: string) => UriPlace,
  lines: readonly PlaylistLine[],
): (uri: string) => UriPlace {
  const values = new Map<string, string>();
  for (const line of lines) {
    if (line.kind !== "tag" || line.name !== "EXT-X-DEFINE") continue;
    const attributes = readAttributes(line.value);
    const name = attributeText(attributes, "NAME");
    const value = attributeText(attributes, "VALUE");
    if (name !== undefined && value !== undefined) values.set(name, value);
  }
  return (uri) =>
    placeOf(uri.replace(/\{\$([\w-]+)\}/g, (whole, name: string) => values.get(name) ?? whole));
}

function isFrameStream(line: PlaylistLine): line is Extract<PlaylistLine, { kind: "tag" }> {
  return line.kind === "tag" && line.name === FRAME_STREAM;
}

function withAttribute(attributes: AttributeList, name: string, text: string): AttributeList {
  return new Map(attributes).set(name, quoted(text));
}

function tag(name: string, attributes: Iterable<readonly [string, string]>): PlaylistLine {
  return { kind: "tag", name, value: writeAttributes(new Map(attributes)) };
}
