/** Titles and channels made up for tests, and a reader of media playlists that knows none of our names. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { attributeText, readAttributes, readPlaylistLines } from "../../kernel/playlist-lines.ts";
import { type ChannelProgram, composeProgram } from "./channel-program.ts";
import type { LivePolicy } from "./live-playlist.ts";
import type { TitleLadder, TitleStream } from "./title-ladder.ts";

export const EPOCH = 1_767_225_600_000;

export const POLICY: LivePolicy = {
  epochWallMs: EPOCH,
  windowTargets: 6,
  holdBackTargets: 4,
  lingerTargets: 12,
  clockSkewMs: 500,
  segmentMaxAgeSeconds: 300,
  absenceMaxAgeSeconds: 10,
};

/** @param streams stream id → seconds of each segment. Ids that begin with `a` are of sound. */
export function madeUpTitle(
  titleId: string,
  streams: Readonly<Record<string, readonly number[]>>,
  bandwidths: { readonly peak: number; readonly average: number } = { peak: 200, average: 100 },
): TitleLadder {
  return {
    titleId,
    streams: Object.entries(streams).map(
      ([id, seconds]): TitleStream => ({
        kind: id.startsWith("a") ? "rendition" : "variant",
        id,
        attributes: id.startsWith("a")
          ? readAttributes(`TYPE=AUDIO,GROUP-ID="g",NAME="n",STABLE-RENDITION-ID="${id}",URI="x"`)
          : readAttributes(
              `BANDWIDTH=${bandwidths.peak},AVERAGE-BANDWIDTH=${bandwidths.average},AUDIO="g",STABLE-VARIANT-ID="${id}"`,
            ),
        initPath: `${titleId}/${id}/init.mp4`,
        segments: seconds.map((length, place) => ({
          path: `${titleId}/${id}/${place}.m4s`,
          durationMicroseconds: Math.round(length * 1e6),
        })),
      }),
    ),
  };
}

export function madeUpProgram(...ladders: TitleLadder[]): ChannelProgram {
  const composition = composeProgram(ladders);
  assert.equal(composition.kind, "program", JSON.stringify(composition));
  return composition.kind === "program" ? composition.program : assert.fail();
}

/** A title of two segments and one of three; the sound's are a little longer than the picture's. */
export function twoTitles(): ChannelProgram {
  return madeUpProgram(
    madeUpTitle("one", { v: [2, 2], a: [2.005333, 1.984] }),
    madeUpTitle("two", { v: [2, 2, 1.5], a: [2.005333, 1.984, 1.5] }),
  );
}

/** Titles of a few segments of 0.5 to 4 s, whose sound is cut at other places than the picture. */
export const anyProgram: fc.Arbitrary<ChannelProgram> = fc
  .array(
    fc.record({
      video: fc.array(fc.integer({ min: 500, max: 4_000 }), { minLength: 1, maxLength: 6 }),
      // In thousandths of a millisecond, all of them together.
      shift: fc.integer({ min: -30_000, max: 30_000 }),
      shorter: fc.integer({ min: 0, max: 90_000 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((titles) =>
    madeUpProgram(
      ...titles.map(({ video, shift, shorter }, number) => {
        const seconds = video.map((ms) => ms / 1000);
        const audio = [...seconds];
        const [first = 0, second] = audio;
        if (second !== undefined) audio.splice(0, 2, first + shift / 1e6, second - shift / 1e6);
        audio.push((audio.pop() ?? 0) - shorter / 1e6);
        return madeUpTitle(`title-${number}`, { v: seconds, a: audio });
      }),
    ),
  );

export type ListedSegment = {
  readonly uri: string;
  readonly sequence: number;
  readonly discontinuity: number;
  readonly followsDiscontinuity: boolean;
  readonly map: string | undefined;
  readonly startWallMs: number;
  readonly seconds: number;
};

export type ReadPlaylist = {
  readonly tags: ReadonlyMap<string, string>;
  readonly segments: readonly ListedSegment[];
};

/** Counts as RFC 8216bis §4.4.3.2 and §4.4.3.3 tell a player to. */
export function readPlaylist(text: string): ReadPlaylist {
  const tags = new Map<string, string>();
  const segments: ListedSegment[] = [];
  let map: string | undefined;
  let startWallMs = Number.NaN;
  let seconds = Number.NaN;
  let discontinuities = 0;
  let followsDiscontinuity = false;
  for (const line of readPlaylistLines(text)) {
    if (line.kind === "uri") {
      segments.push({
        uri: line.uri,
        sequence: Number(tags.get("EXT-X-MEDIA-SEQUENCE")) + segments.length,
        discontinuity: Number(tags.get("EXT-X-DISCONTINUITY-SEQUENCE")) + discontinuities,
        followsDiscontinuity,
        map,
        startWallMs,
        seconds,
      });
      followsDiscontinuity = false;
    } else if (line.kind === "tag") {
      tags.set(line.name, line.value);
      if (line.name === "EXTINF") seconds = Number.parseFloat(line.value);
      // biome-ignore lint/style/noRestrictedGlobals: it reads a text here, not the clock.
      if (line.name === "EXT-X-PROGRAM-DATE-TIME") startWallMs = Date.parse(line.value);
      if (line.name === "EXT-X-MAP") map = attributeText(readAttributes(line.value), "URI");
      if (line.name === "EXT-X-DISCONTINUITY") {
        discontinuities += 1;
        followsDiscontinuity = true;
      }
    }
  }
  return { tags, segments };
}
