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
import type { MultivariantPlaylist } from "../../../kernel/multivariant-playlist.ts";
import {
  type AttributeList,
  type PlaylistLine,
  quoted,
  writeAttributes,
  writePlaylistLines,
} from "../../../kernel/playlist-lines.ts";
import { addressAt, type UriPlace } from "../source/locate-uri.ts";
import {
  FRAME_STREAM,
  GROUP_REFERENCES,
  isFrameStream,
  readSourceStreams,
  type SourceStream,
  type SourceStreams,
  withVariables,
} from "./source-streams.ts";

export type Pathway = { readonly id: string; readonly url: string };

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
  const placeOf = withVariables(input.placeOf, playlist.rest);
  const streams = readSourceStreams(playlist, placeOf);
  const firstGroups = firstGroupsOf(streams.renditions);
  const withoutFrames = playlist.rest.filter((line) => !isFrameStream(line));
  return writePlaylistLines([
    ...withoutFrames.map((line) => withUriAt(line, first, placeOf)),
    tag("EXT-X-CONTENT-STEERING", [
      ["SERVER-URI", quoted(steeringUri)],
      ["PATHWAY-ID", quoted(first.id)],
    ]),
    ...pathways.flatMap((pathway) => linesOn(pathway, streams, firstGroups)),
  ]);
}

/** Type of rendition → the name, as written, of its first group. */
type FirstGroups = ReadonlyMap<string, string>;

function firstGroupsOf(renditions: readonly SourceStream[]): FirstGroups {
  const groups = new Map<string, string>();
  for (const { attributes } of renditions) {
    const type = attributes.get("TYPE") ?? "";
    if (!groups.has(type)) groups.set(type, attributes.get("GROUP-ID") ?? "");
  }
  return groups;
}

function linesOn(
  pathway: Pathway,
  { variants, renditions, frameStreams }: SourceStreams,
  firstGroups: FirstGroups,
): PlaylistLine[] {
  const attributesOf = ({ attributes }: SourceStream) =>
    onPathway(attributes, pathway, firstGroups);
  const withAddress = (stream: SourceStream) =>
    stream.place === undefined
      ? attributesOf(stream)
      : withAttribute(attributesOf(stream), "URI", addressAt(stream.place, pathway));
  return [
    ...renditions.map((stream) => tag("EXT-X-MEDIA", withAddress(stream))),
    ...variants.flatMap((stream): PlaylistLine[] => [
      tag("EXT-X-STREAM-INF", attributesOf(stream)),
      { kind: "uri", uri: stream.place === undefined ? "" : addressAt(stream.place, pathway) },
    ]),
    ...frameStreams.map((stream) => tag(FRAME_STREAM, withAddress(stream))),
  ];
}

/**
 * Renames the groups to those of the pathway; `:` cannot stand in a pathway id, so none collide.
 *
 * The first group of a type is called like the pathway alone, because VHS takes that for granted
 * when it clones a pathway: it looks for a group of the base's id and names the copy by the clone's.
 */
function onPathway(
  attributes: AttributeList,
  { id }: Pathway,
  firstGroups: FirstGroups,
): AttributeList {
  const groupOf = (type: string, raw: string) =>
    quoted(firstGroups.get(type) === raw ? id : `${id}:${raw.replaceAll('"', "")}`);
  const entries = Array.from(attributes, ([name, raw]): [string, string] => {
    if (name === "GROUP-ID") return [name, groupOf(attributes.get("TYPE") ?? "", raw)];
    const isReference = GROUP_REFERENCES.some((reference) => reference === name);
    return [name, isReference && raw.startsWith('"') ? groupOf(name, raw) : raw];
  });
  return withAttribute(new Map(entries), "PATHWAY-ID", id);
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

function withAttribute(attributes: AttributeList, name: string, text: string): AttributeList {
  return new Map(attributes).set(name, quoted(text));
}

function tag(name: string, attributes: Iterable<readonly [string, string]>): PlaylistLine {
  return { kind: "tag", name, value: writeAttributes(new Map(attributes)) };
}
