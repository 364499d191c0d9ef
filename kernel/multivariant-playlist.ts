/**
 * Reads the streams of an HLS multivariant playlist: its variants, its renditions, and its content
 * steering (RFC 8216bis §4.4.6, draft-pantos-content-steering).
 *
 * Steering reads the origin's playlist to list every stream once per pathway, and the player reads
 * the result to learn the pathways: both need the same few facts, and neither needs the rest.
 */
import {
  type AttributeList,
  attributeText,
  type PlaylistLine,
  readAttributes,
  readPlaylistLines,
} from "./playlist-lines.ts";

export type Variant = {
  readonly attributes: AttributeList;
  readonly uri: string;
  readonly pathwayId: string;
};

export type Rendition = {
  readonly attributes: AttributeList;
  /** Absent where the rendition is muxed into the variants. */
  readonly uri: string | undefined;
  readonly pathwayId: string;
};

export type ContentSteering = { readonly serverUri: string; readonly pathwayId: string };

export type MultivariantPlaylist = {
  readonly variants: readonly Variant[];
  readonly renditions: readonly Rendition[];
  readonly steering: ContentSteering | undefined;
  /** Every line that is neither a variant, a rendition, nor the steering tag, in its order. */
  readonly rest: readonly PlaylistLine[];
};

/** The pathway of a stream that names none (content-steering §3). */
export const DEFAULT_PATHWAY_ID = ".";

/** Undefined for text that lists no variant: a media playlist, or none at all. */
export function readMultivariantPlaylist(text: string): MultivariantPlaylist | undefined {
  const variants: Variant[] = [];
  const renditions: Rendition[] = [];
  const rest: PlaylistLine[] = [];
  let steering: ContentSteering | undefined;
  let pending: AttributeList | undefined;

  for (const line of readPlaylistLines(text)) {
    if (line.kind === "uri" && pending !== undefined) {
      variants.push({ attributes: pending, uri: line.uri, pathwayId: pathwayOf(pending) });
      pending = undefined;
    } else if (line.kind === "tag" && line.name === "EXT-X-STREAM-INF") {
      pending = readAttributes(line.value);
    } else if (line.kind === "tag" && line.name === "EXT-X-MEDIA") {
      renditions.push(readRendition(readAttributes(line.value)));
    } else if (line.kind === "tag" && line.name === "EXT-X-CONTENT-STEERING") {
      steering = readSteering(readAttributes(line.value));
    } else {
      rest.push(line);
    }
  }
  return variants.length === 0 ? undefined : { variants, renditions, steering, rest };
}

/**
 * What identifies a variant across pathways: its STABLE-VARIANT-ID, else what it looks like.
 *
 * Group names are left out because they commonly differ from pathway to pathway.
 */
export function variantKey({ attributes }: Variant): string {
  const stableId = attributeText(attributes, "STABLE-VARIANT-ID");
  if (stableId !== undefined) return `id ${stableId}`;
  return ["BANDWIDTH", "RESOLUTION", "CODECS", "FRAME-RATE", "VIDEO-RANGE", "NAME"]
    .map((name) => attributeText(attributes, name) ?? "")
    .join(" ");
}

/** What identifies a rendition across pathways: its STABLE-RENDITION-ID, else what it is. */
export function renditionKey({ attributes }: Rendition): string {
  const stableId = attributeText(attributes, "STABLE-RENDITION-ID");
  const type = attributeText(attributes, "TYPE") ?? "";
  if (stableId !== undefined) return `${type} id ${stableId}`;
  return [type, ...["NAME", "LANGUAGE", "CHANNELS"].map((name) => attributeText(attributes, name))]
    .filter((text) => text !== undefined)
    .join(" ");
}

function readRendition(attributes: AttributeList): Rendition {
  return { attributes, uri: attributeText(attributes, "URI"), pathwayId: pathwayOf(attributes) };
}

function readSteering(attributes: AttributeList): ContentSteering | undefined {
  const serverUri = attributeText(attributes, "SERVER-URI");
  if (serverUri === undefined) return undefined;
  return { serverUri, pathwayId: pathwayOf(attributes) };
}

function pathwayOf(attributes: AttributeList): string {
  return attributeText(attributes, "PATHWAY-ID") ?? DEFAULT_PATHWAY_ID;
}
