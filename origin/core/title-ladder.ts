/**
 * Reads a title's playlists into its ladder: which streams it has, and of which segments each is made.
 *
 * A channel and a DASH manifest list a title's segments anew, so they take only what can be listed
 * truthfully: streams with a stable id, whole files, one init section, nothing encrypted. Anything else
 * is refused with a reason rather than left out, because a stream that lacks a tag it needs does not play.
 */
import { readMultivariantPlaylist } from "../../kernel/multivariant-playlist.ts";
import {
  type AttributeList,
  attributeText,
  readAttributes,
  readPlaylistLines,
} from "../../kernel/playlist-lines.ts";

export type TitleLadder = {
  readonly titleId: string;
  readonly streams: readonly TitleStream[];
};

export type TitleStream = {
  readonly kind: "rendition" | "variant";
  /** Its STABLE-RENDITION-ID or STABLE-VARIANT-ID. */
  readonly id: string;
  readonly attributes: AttributeList;
  /** Paths of files are those of the library, such as `a-film/video-240/init.mp4`. */
  readonly initPath: string;
  readonly segments: readonly TitleSegment[];
};

export type TitleSegment = { readonly path: string; readonly durationMicroseconds: number };

export type TitlePlaylists = {
  readonly titleId: string;
  /** Path in the library → text, of every playlist of the title. */
  readonly playlists: ReadonlyMap<string, string>;
  /** Whether the library has a file. */
  readonly hasFile: (path: string) => boolean;
};

export type LadderReading =
  | { readonly kind: "ladder"; readonly ladder: TitleLadder }
  | { readonly kind: "refused"; readonly reason: string };

type StreamReading =
  | { readonly kind: "stream"; readonly stream: TitleStream }
  | { readonly kind: "refused"; readonly reason: string };

type ListedStream = Pick<TitleStream, "kind" | "attributes"> & {
  readonly id: string | undefined;
  readonly uri: string | undefined;
};

/** It becomes a part of a path, and may be neither `.` nor `..`. */
const STREAM_ID = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/;
const PLAIN_PATH = /^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/;
const INDEPENDENT = "EXT-X-INDEPENDENT-SEGMENTS";
/** What is written anew, or what says nothing about a single segment. */
const EXPECTED_TAGS = new Set([
  "EXTM3U",
  "EXT-X-VERSION",
  "EXT-X-TARGETDURATION",
  "EXT-X-MEDIA-SEQUENCE",
  "EXT-X-PLAYLIST-TYPE",
  INDEPENDENT,
  "EXT-X-MAP",
  "EXTINF",
  "EXT-X-ENDLIST",
]);

export function readTitleLadder(title: TitlePlaylists): LadderReading {
  const { titleId, playlists } = title;
  const text = playlists.get(`${titleId}/master.m3u8`);
  const multivariant = text === undefined ? undefined : readMultivariantPlaylist(text);
  if (multivariant === undefined) return refused(`${titleId} has no multivariant playlist`);
  if (!multivariant.rest.some((line) => line.kind === "tag" && line.name === INDEPENDENT)) {
    return refused(`${titleId} does not say that its segments are independent`);
  }

  const listed: ListedStream[] = [
    ...multivariant.renditions.map(({ attributes, uri }) => ({
      kind: "rendition" as const,
      id: attributeText(attributes, "STABLE-RENDITION-ID"),
      attributes,
      uri,
    })),
    ...multivariant.variants.map(({ attributes, uri }) => ({
      kind: "variant" as const,
      id: attributeText(attributes, "STABLE-VARIANT-ID"),
      attributes,
      uri,
    })),
  ];
  const streams: TitleStream[] = [];
  for (const one of listed) {
    const reading = readStream(one, title);
    if (reading.kind === "refused") return reading;
    if (streams.some(({ id }) => id === reading.stream.id)) {
      return refused(`${titleId} has two streams with the stable id ${reading.stream.id}`);
    }
    streams.push(reading.stream);
  }
  return { kind: "ladder", ladder: { titleId, streams } };
}

function readStream(listed: ListedStream, title: TitlePlaylists): StreamReading {
  const { kind, id, attributes, uri } = listed;
  if (id === undefined || !STREAM_ID.test(id)) {
    return refused(`${title.titleId} has a ${kind} without a stable id that can stand in a path`);
  }
  const path = uri === undefined ? undefined : pathBeside(`${title.titleId}/`, uri);
  const text = path === undefined ? undefined : title.playlists.get(path);
  if (path === undefined || text === undefined) {
    return refused(`${title.titleId} has no playlist for ${id}`);
  }

  let initPath: string | undefined;
  let durationMicroseconds = 0;
  const segments: TitleSegment[] = [];
  for (const line of readPlaylistLines(text)) {
    switch (line.kind) {
      case "other":
        break;
      case "uri": {
        const segmentPath = pathBeside(path, line.uri);
        if (segmentPath === undefined || !title.hasFile(segmentPath)) {
          return refused(`${path} lists ${line.uri}, which is no file of the title`);
        }
        if (!(durationMicroseconds > 0)) return refused(`${path} lists a segment of no length`);
        segments.push({ path: segmentPath, durationMicroseconds });
        durationMicroseconds = 0;
        break;
      }
      case "tag":
        if (!EXPECTED_TAGS.has(line.name)) {
          return refused(`${path} has ${line.name}, which cannot be listed anew`);
        }
        if (line.name === "EXTINF") {
          durationMicroseconds = Math.round(Number.parseFloat(line.value) * 1e6);
        }
        if (line.name === "EXT-X-MAP") {
          const map = readAttributes(line.value);
          if (initPath !== undefined || segments.length > 0 || map.has("BYTERANGE")) {
            return refused(`${path} has more than one init section, or a part of a file as one`);
          }
          initPath = pathBeside(path, attributeText(map, "URI") ?? "");
        }
    }
  }
  if (initPath === undefined || !title.hasFile(initPath)) {
    return refused(`${path} has no init section`);
  }
  if (segments.length === 0) return refused(`${path} lists no segment`);
  return { kind: "stream", stream: { kind, id, attributes, initPath, segments } };
}

/** Resolves a URI that leads to a file below the folder of `path`; undefined for any other. */
function pathBeside(path: string, uri: string): string | undefined {
  return PLAIN_PATH.test(uri) ? `${path.slice(0, path.lastIndexOf("/") + 1)}${uri}` : undefined;
}

function refused(reason: string): { readonly kind: "refused"; readonly reason: string } {
  return { kind: "refused", reason };
}
