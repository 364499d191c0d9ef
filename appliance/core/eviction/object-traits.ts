/**
 * Tells from its name what an object is to a player: playlist, init segment, or the nth segment of a run.
 *
 * Nothing says so on the wire; but packagers agree on names, and a wrong guess costs a worse order of
 * eviction and nothing else. A number follows the word for a segment or is the last run of digits in
 * the file name, and the sequence is the path without it: `/vod/tram/video-720/segment-00017.m4s` is
 * number 17 of `/vod/tram/video-720/segment-*.m4s`.
 */
import { SLICE_MARK } from "../slicing.ts";
import type { ObjectTraits } from "./cache-index.ts";

export type ObjectClues = {
  /** Path and query below the origin, with what names a slice or a variant behind them. */
  readonly key: string;
  readonly contentType?: string | undefined;
  /** Where the caller knows better than the path. */
  readonly isLive?: boolean | undefined;
};

const PLAYLIST_TYPE = /mpegurl|dash\+xml/i;
const SEGMENT_TYPE = /^\s*(?:video\/mp2t|(?:video|audio)\/iso\.segment|audio\/aac)/i;
const PLAYLIST_EXTENSIONS = new Set(["m3u8", "mpd"]);
const SEGMENT_EXTENSIONS = new Set(
  "m4s ts m2ts m4a m4v cmfv cmfa cmft aac ac3 ec3 vtt webm".split(" "),
);
/** Packagers that end segments in `.mp4` call them by one of these words; films rarely are. */
const SEGMENT_WORD = /(?:^|[^a-z])(?:seg|segment|chunk|frag|fragment|part)(?:[^a-z]|$)/i;
/** `init.mp4`, `init-stream0.m4s`, `video-init.mp4`, `720p_header.m4s`, but not `initial-report.mp4`. */
const INIT_WORD = /(?:^|[^a-z])(?:init|header)(?:[^a-z]|$)/i;
/** As in `seg-4-v1-a1.ts`, where what follows the number says which tracks are in it. */
const WORD_AND_NUMBER = /(?:seg|segment|chunk|frag|fragment|part)[-_.]?\d/i;
const LIVE_FOLDER = /(?:^|\/)live\//i;
/** No more than a number holds exactly. */
const MAX_DIGITS = 15;

/** Where the path of a request ends: no request target holds a space. */
const PATH_END = /[? ]/;

export function objectTraitsOf({ key, contentType = "", isLive }: ObjectClues): ObjectTraits {
  if (key.includes(SLICE_MARK)) return traitsOfSlice(key);
  const endAt = key.search(PATH_END);
  const path = endAt === -1 ? key : key.slice(0, endAt);
  const nameAt = path.lastIndexOf("/") + 1;
  const dotAt = path.lastIndexOf(".");
  const stemEnd = dotAt > nameAt ? dotAt : path.length;
  const stem = path.slice(nameAt, stemEnd);
  const extension = path.slice(stemEnd + 1).toLowerCase();

  const kind = kindOf(stem, extension, contentType);
  const digits = kind === "segment" ? findNumber(stem) : undefined;
  return {
    kind,
    isLive: isLive ?? LIVE_FOLDER.test(path),
    number: digits && Number(stem.slice(digits.start, digits.end)),
    sequence:
      digits && `${path.slice(0, nameAt + digits.start)}*${path.slice(nameAt + digits.end)}`,
  };
}

/** A player reads a large object from its beginning to its end, as it reads a run of segments. */
function traitsOfSlice(key: string): ObjectTraits {
  const numberAt = key.lastIndexOf(".") + 1;
  return {
    kind: "segment",
    isLive: false,
    number: Number(key.slice(numberAt)),
    sequence: `${key.slice(0, numberAt)}*`,
  };
}

function kindOf(stem: string, extension: string, contentType: string): ObjectTraits["kind"] {
  if (PLAYLIST_EXTENSIONS.has(extension) || PLAYLIST_TYPE.test(contentType)) return "playlist";
  const mayBeSegment =
    SEGMENT_EXTENSIONS.has(extension) || extension === "mp4" || SEGMENT_TYPE.test(contentType);
  if (!mayBeSegment) return "other";
  if (INIT_WORD.test(stem)) return "init";
  return extension === "mp4" && !SEGMENT_WORD.test(stem) ? "other" : "segment";
}

/** By hand, because a pattern for "the last" takes a time that grows with the square of a long name. */
function findNumber(stem: string): { readonly start: number; readonly end: number } | undefined {
  const named = WORD_AND_NUMBER.exec(stem);
  let end = stem.length;
  if (named === null) while (end > 0 && !isDigit(stem, end - 1)) end -= 1;
  else for (end = named.index + named[0].length; isDigit(stem, end); ) end += 1;
  let start = end;
  while (start > 0 && end - start < MAX_DIGITS && isDigit(stem, start - 1)) start -= 1;
  return start === end ? undefined : { start, end };
}

function isDigit(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 48 && code <= 57;
}
