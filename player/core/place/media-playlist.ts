/**
 * Reads what a media playlist lists, each thing with its place: the media sequence number of its
 * segment, and what of that segment it is (rfc8216bis §4.4.4, §6.2.1).
 *
 * The place, not the name, is what two pathways have in common.
 */
import type { ByteRange } from "../../../kernel/byte-range.ts";
import {
  attributeText,
  readAttributes,
  readPlaylistLines,
} from "../../../kernel/playlist-lines.ts";

/** As written: URI and part of it. */
export type Resource = { readonly uri: string; readonly range: ByteRange | undefined };

export type ListedSegment = {
  readonly sequence: number;
  /** Undefined for the segment at a live edge of which only parts exist yet. */
  readonly resource: Resource | undefined;
  readonly durationMs: number | undefined;
  /** Milliseconds since 1970; undefined where nothing tells the date. */
  readonly dateMs: number | undefined;
  readonly isDiscontinuous: boolean;
  /** Discontinuity sequence number (rfc8216bis §4.4.3.3). */
  readonly discontinuity: number;
  /** Nobody has it at this place (EXT-X-GAP). */
  readonly isGap: boolean;
  readonly map: Resource | undefined;
  readonly keys: readonly Resource[];
  readonly parts: readonly ListedPart[];
};

export type ListedPart = Resource & { readonly durationMs: number | undefined };

export type MediaPlaylist = {
  readonly targetMs: number | undefined;
  readonly partTargetMs: number | undefined;
  readonly partHoldBackMs: number | undefined;
  readonly isComplete: boolean;
  /** Their numbers follow each other without holes. */
  readonly segments: readonly ListedSegment[];
};

/** What is collected for the segment whose URI has not come yet. */
type Open = {
  durationMs: number | undefined;
  dateMs: number | undefined;
  isDiscontinuous: boolean;
  isGap: boolean;
  range: string | undefined;
  parts: ListedPart[];
};

/** @param before the same playlist as it was read last: what a delta update skips is taken from it. */
export function readMediaPlaylist(text: string, before?: MediaPlaylist): MediaPlaylist {
  const segments: ListedSegment[] = [];
  const ends = new Map<string, number>();
  let sequence = 0;
  let discontinuity = 0;
  let targetMs: number | undefined;
  let partTargetMs: number | undefined;
  let partHoldBackMs: number | undefined;
  let isComplete = false;
  let map: Resource | undefined;
  let keys: readonly Resource[] = [];
  let isAfterKeys = false;
  let open = nothingYet();

  const resource = (uri: string, range: string | undefined): Resource => {
    const read = readRange(range, ends.get(uri) ?? 0);
    if (read !== undefined) ends.set(uri, read.last + 1);
    return { uri, range: read };
  };
  const close = (own: Resource | undefined) => {
    const { range: _, ...rest } = open;
    segments.push({ ...rest, sequence, discontinuity, resource: own, map, keys });
    const { dateMs, durationMs } = open;
    sequence += 1;
    isAfterKeys = false;
    open = nothingYet(dateMs !== undefined && durationMs ? dateMs + durationMs : undefined);
  };

  for (const line of readPlaylistLines(text)) {
    if (line.kind === "other") continue;
    if (line.kind === "uri") {
      close(resource(line.uri, open.range));
      continue;
    }
    const { name, value } = line;
    const attributes = readAttributes(value);
    const uri = attributeText(attributes, "URI");
    const range = attributeText(attributes, "BYTERANGE");
    switch (name) {
      case "EXT-X-MEDIA-SEQUENCE":
        sequence = Number.parseInt(value, 10) || 0;
        segments.length = 0;
        break;
      case "EXT-X-TARGETDURATION":
        targetMs = readMs(value);
        break;
      case "EXT-X-PART-INF":
        partTargetMs = readMs(attributeText(attributes, "PART-TARGET"));
        break;
      case "EXT-X-SERVER-CONTROL":
        partHoldBackMs = readMs(attributeText(attributes, "PART-HOLD-BACK"));
        break;
      case "EXT-X-ENDLIST":
        isComplete = true;
        break;
      case "EXT-X-SKIP": {
        const end = sequence + (Number(attributeText(attributes, "SKIPPED-SEGMENTS")) || 0);
        const first = sequence;
        const known = before?.segments.filter((one) => first <= one.sequence && one.sequence < end);
        // Half of what is skipped would leave a hole among the numbers.
        if (known?.length === end - first) segments.push(...known);
        else segments.length = 0;
        map = known?.at(-1)?.map;
        keys = known?.at(-1)?.keys ?? [];
        discontinuity = known?.at(-1)?.discontinuity ?? discontinuity;
        sequence = end;
        break;
      }
      case "EXTINF":
        open.durationMs = readMs(value);
        break;
      case "EXT-X-BYTERANGE":
        open.range = value;
        break;
      case "EXT-X-PROGRAM-DATE-TIME":
        // biome-ignore lint/style/noRestrictedGlobals: it reads a text, not the clock.
        open.dateMs = Date.parse(value) || undefined;
        break;
      case "EXT-X-DISCONTINUITY":
        open.isDiscontinuous = true;
        discontinuity += 1;
        break;
      case "EXT-X-DISCONTINUITY-SEQUENCE":
        discontinuity = Number.parseInt(value, 10) || 0;
        break;
      case "EXT-X-GAP":
        open.isGap = true;
        break;
      case "EXT-X-MAP":
        map = uri === undefined ? undefined : resource(uri, range);
        break;
      case "EXT-X-KEY": {
        // Several keys may stand side by side, one for each key system.
        const others = isAfterKeys ? keys : [];
        keys = uri === undefined ? others : [...others, { uri, range: undefined }];
        isAfterKeys = true;
        break;
      }
      case "EXT-X-PART":
        if (uri !== undefined) {
          const durationMs = readMs(attributeText(attributes, "DURATION"));
          open.parts.push({ ...resource(uri, range), durationMs });
        }
        break;
      case "EXT-X-PRELOAD-HINT":
        if (uri !== undefined && attributeText(attributes, "TYPE") === "PART") {
          const first = attributeText(attributes, "BYTERANGE-START") ?? "0";
          const length = attributeText(attributes, "BYTERANGE-LENGTH");
          const hinted = length === undefined ? undefined : `${length}@${first}`;
          open.parts.push({ uri, range: readRange(hinted, 0), durationMs: undefined });
        }
        break;
    }
  }
  if (open.parts.length > 0) close(undefined);
  return { targetMs, partTargetMs, partHoldBackMs, isComplete, segments };
}

function nothingYet(dateMs?: number): Open {
  return {
    durationMs: undefined,
    dateMs,
    isDiscontinuous: false,
    isGap: false,
    range: undefined,
    parts: [],
  };
}

/** `1.966,title` → 1966. */
function readMs(seconds: string | undefined): number | undefined {
  const ms = Math.round(Number.parseFloat(seconds ?? "") * 1_000);
  return ms > 0 ? ms : undefined;
}

/** `<length>[@<first>]`; without a first byte it follows what was listed of the same URI before. */
function readRange(written: string | undefined, follows: number): ByteRange | undefined {
  const [, length = "", at] = /^(\d+)(?:@(\d+))?$/.exec(written ?? "") ?? [];
  if (Number(length) === 0) return undefined;
  const first = at === undefined ? follows : Number(at);
  return { first, last: first + Number(length) - 1 };
}
