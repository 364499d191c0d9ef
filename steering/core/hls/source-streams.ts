/**
 * Reads from a source's multivariant playlist the streams that each pathway is to have: each with an
 * id that is the same on all pathways, and with the place where it is.
 *
 * The playlist that a viewer gets and the clones that a session is offered later are both made from
 * these, so that they name a stream alike.
 */
import type { MultivariantPlaylist } from "../../../kernel/multivariant-playlist.ts";
import { DEFAULT_PATHWAY_ID } from "../../../kernel/multivariant-playlist.ts";
import {
  type AttributeList,
  attributeText,
  type PlaylistLine,
  quoted,
  readAttributes,
} from "../../../kernel/playlist-lines.ts";
import { hashText } from "../../../kernel/seeded-random.ts";
import type { UriPlace } from "../source/locate-uri.ts";

export type SourceStream = {
  /** With a stable id, be it the source's own or ours. */
  readonly attributes: AttributeList;
  readonly stableId: string;
  /** Undefined where the stream has no URI of its own. */
  readonly place: UriPlace | undefined;
};

export type SourceStreams = {
  readonly variants: readonly SourceStream[];
  readonly renditions: readonly SourceStream[];
  readonly frameStreams: readonly SourceStream[];
};

export const FRAME_STREAM = "EXT-X-I-FRAME-STREAM-INF";
export const GROUP_REFERENCES = ["AUDIO", "VIDEO", "SUBTITLES", "CLOSED-CAPTIONS"] as const;

/** Of one pathway only: a stream that the source itself lists several times is taken once. */
export function readSourceStreams(
  { variants, renditions, steering, rest }: MultivariantPlaylist,
  placeOf: (uri: string) => UriPlace,
): SourceStreams {
  const offered = variants.map(({ pathwayId }) => pathwayId);
  const wished = steering?.pathwayId ?? DEFAULT_PATHWAY_ID;
  const chosen = offered.includes(wished) ? wished : offered[0];
  const isChosen = (pathwayId: string) => pathwayId === chosen || pathwayId === DEFAULT_PATHWAY_ID;
  const stream = (
    attributes: AttributeList,
    { name, made, uri }: { name: string; made: string; uri: string | undefined },
  ): SourceStream => {
    const stableId = attributeText(attributes, name) ?? made;
    return {
      attributes: attributes.has(name)
        ? attributes
        : new Map(attributes).set(name, quoted(stableId)),
      stableId,
      place: uri === undefined ? undefined : placeOf(uri),
    };
  };
  const variant = (attributes: AttributeList, uri: string) =>
    stream(attributes, { name: "STABLE-VARIANT-ID", made: variantId(attributes, uri), uri });

  return {
    variants: variants
      .filter(({ pathwayId }) => pathwayId === chosen)
      .map(({ attributes, uri }) => variant(attributes, uri)),
    renditions: renditions
      .filter(({ pathwayId }) => isChosen(pathwayId))
      .map(({ attributes, uri }) =>
        stream(attributes, { name: "STABLE-RENDITION-ID", made: renditionId(attributes), uri }),
      ),
    frameStreams: rest
      .filter(isFrameStream)
      .map(({ value }) => readAttributes(value))
      .filter((attributes) =>
        isChosen(attributeText(attributes, "PATHWAY-ID") ?? DEFAULT_PATHWAY_ID),
      )
      .map((attributes) => variant(attributes, attributeText(attributes, "URI") ?? "")),
  };
}

export function isFrameStream(line: PlaylistLine): line is Extract<PlaylistLine, { kind: "tag" }> {
  return line.kind === "tag" && line.name === FRAME_STREAM;
}

/**
 * Puts in what EXT-X-DEFINE says, because a URI cannot be resolved before (RFC 8216bis §4.3).
 *
 * What the query of the playlist says (QUERYPARAM) is known to the player alone: such a reference stays
 * in the address as it is written, for the player to replace.
 */
export function withVariables(
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
  return (uri) => {
    const written = uri.replace(REFERENCE, (whole, name: string) => values.get(name) ?? whole);
    return withReferences(placeOf(written), written.match(REFERENCE) ?? []);
  };
}

/** Resolving a URI has encoded the braces of a path. */
function withReferences(place: UriPlace, references: readonly string[]): UriPlace {
  const restored = (text: string) =>
    references.reduce((rest, reference) => {
      const encoded = reference.replace("{", "%7B").replace("}", "%7D");
      return rest.replaceAll(encoded, () => reference);
    }, text);
  return place.at === "source"
    ? { ...place, path: restored(place.path) }
    : { ...place, uri: restored(place.uri) };
}

/** Whether a reference was left that the player alone can replace. */
export function hasReference(place: UriPlace): boolean {
  return (place.at === "source" ? place.path : place.uri).search(REFERENCE) !== -1;
}

const REFERENCE = /\{\$([\w-]+)\}/g;

/** Made from what is the same on every pathway and on every reload. */
function variantId(attributes: AttributeList, uri: string): string {
  const groups = GROUP_REFERENCES.map((name) => attributes.get(name) ?? "");
  return idOf([uri, ...groups]);
}

function renditionId(attributes: AttributeList): string {
  return idOf(["TYPE", "GROUP-ID", "NAME", "LANGUAGE"].map((name) => attributes.get(name) ?? ""));
}

function idOf(parts: readonly string[]): string {
  return hashText(parts.join("\n")).toString(16).padStart(8, "0");
}
