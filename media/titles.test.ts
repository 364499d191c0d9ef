/** Checks the titles as they are committed: what a player would trip over, not how they were made. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { attributeText, readAttributes, readPlaylistLines } from "../kernel/playlist-lines.ts";
import {
  codecOf,
  decodeTimeOf,
  durationOf,
  hasCompositionOffsets,
  pictureSizeOf,
  timescaleOf,
} from "./make/mp4-boxes.ts";

type Segment = { readonly path: string; readonly seconds: number };
type MediaPlaylist = {
  readonly init: string;
  readonly targetDuration: number;
  readonly segments: readonly Segment[];
};
type Variant = {
  readonly playlist: string;
  readonly attributes: ReturnType<typeof readAttributes>;
};

const titlesFolder = join(import.meta.dirname, "titles");
const titlesMaxBytes = 30e6;
const posterMaxBytes = 70e3;
const segmentSeconds = 2;
const audioFrameSeconds = 1024 / 48_000;
const factKeys = [
  "accentColor",
  "durationSeconds",
  "genre",
  "id",
  "rating",
  "synopsis",
  "title",
  "year",
];
const titleIds = readdirSync(titlesFolder).sort();

test("there are at least four titles, and together they stay small enough to be committed", () => {
  assert.ok(titleIds.length >= 4);
  const sizeBytes = titleIds.flatMap(filesOf).reduce((sum, path) => sum + statSync(path).size, 0);
  assert.ok(sizeBytes <= titlesMaxBytes, `${sizeBytes} bytes of ${titlesMaxBytes}`);
});

for (const id of titleIds) {
  const folder = join(titlesFolder, id);
  const facts = JSON.parse(readFileSync(join(folder, "title.json"), "utf8"));
  const { variants, audio } = readMultivariant(folder);
  const videos = variants.map(({ playlist }) => readMedia(playlist));
  const all = [...videos, audio];

  test(`${id}: is described`, () => {
    for (const key of factKeys) assert.ok(facts[key], key);
    assert.equal(facts.id, id);
    assert.match(facts.accentColor, /^#[0-9a-f]{6}$/);
    assert.ok(facts.durationSeconds >= 60);
  });

  test(`${id}: has a JPEG poster of 960×540 that loads quickly`, () => {
    const poster = readFileSync(join(folder, "poster.jpg"));
    assert.deepEqual(sizeOfJpeg(poster), { width: 960, height: 540 });
    assert.ok(poster.length <= posterMaxBytes, `${poster.length} bytes`);
  });

  test(`${id}: holds every file its playlists name, and no other`, () => {
    const playlists = [
      ...variants.map(({ playlist }) => playlist),
      join(folder, "audio/index.m3u8"),
    ];
    const named = all.flatMap(({ init, segments }) => [init, ...segments.map(({ path }) => path)]);
    const besides = ["title.json", "poster.jpg", "master.m3u8"].map((name) => join(folder, name));
    assert.deepEqual(filesOf(id).sort(), [...besides, ...playlists, ...named].sort());
  });

  test(`${id}: starts at 360p and offers three sizes`, () => {
    assert.deepEqual(
      variants.map(({ attributes }) => attributeText(attributes, "RESOLUTION")),
      ["640x360", "960x540", "426x240"],
    );
  });

  test(`${id}: names no pathway, which is for steering to do`, () => {
    assert.doesNotMatch(readFileSync(join(folder, "master.m3u8"), "utf8"), /PATHWAY|STEERING/);
  });

  test(`${id}: CODECS, RESOLUTION and BANDWIDTH say what the files hold`, () => {
    const audioBitrates = bitratesOf(audio);
    for (const [index, { attributes }] of variants.entries()) {
      const video = videos[index] ?? audio;
      const init = readFileSync(video.init);
      assert.equal(
        attributeText(attributes, "CODECS"),
        `${codecOf(init)},${codecOf(readFileSync(audio.init))}`,
      );
      assert.match(codecOf(init), /^avc1\.(4d|64)/);
      const { width, height } = pictureSizeOf(init);
      assert.equal(attributes.get("RESOLUTION"), `${width}x${height}`);
      const peak = Math.max(
        ...bitratesOf(video).map((bitrate, segment) => bitrate + (audioBitrates[segment] ?? 0)),
      );
      assert.equal(Number(attributes.get("BANDWIDTH")), Math.ceil(peak));
      assert.ok(Number(attributes.get("AVERAGE-BANDWIDTH")) < peak);
    }
    assert.equal(codecOf(readFileSync(audio.init)), "mp4a.40.2");
  });

  test(`${id}: all renditions have as many segments, as long as the title`, () => {
    for (const { segments, targetDuration } of all) {
      assert.equal(segments.length, videos[0]?.segments.length);
      const seconds = segments.reduce((sum, segment) => sum + segment.seconds, 0);
      assert.ok(Math.abs(seconds - facts.durationSeconds) < audioFrameSeconds, `${seconds} s`);
      for (const segment of segments) assert.ok(Math.round(segment.seconds) <= targetDuration);
    }
  });

  test(`${id}: EXTINF is what each segment lasts`, () => {
    for (const { init, segments } of all) {
      const timescale = timescaleOf(readFileSync(init));
      for (const { path, seconds } of segments) {
        assert.ok(Math.abs(durationOf(readFileSync(path)) / timescale - seconds) < 1e-6, path);
      }
    }
  });

  test(`${id}: segment k starts at 2k s in every video rendition, shown as it is decoded`, () => {
    for (const { init, segments } of videos) {
      const timescale = timescaleOf(readFileSync(init));
      for (const [index, { path }] of segments.entries()) {
        const segment = readFileSync(path);
        assert.equal(decodeTimeOf(segment), index * segmentSeconds * timescale, path);
        assert.ok(!hasCompositionOffsets(segment), path);
      }
    }
  });

  test(`${id}: audio segment k starts within one frame of 2k s`, () => {
    const timescale = timescaleOf(readFileSync(audio.init));
    for (const [index, { path }] of audio.segments.entries()) {
      const late = decodeTimeOf(readFileSync(path)) / timescale - index * segmentSeconds;
      assert.ok(late >= 0 && late < audioFrameSeconds, `${path} is ${late} s late`);
    }
  });
}

function filesOf(id: string): string[] {
  const entries = readdirSync(join(titlesFolder, id), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function readMultivariant(folder: string): { variants: Variant[]; audio: MediaPlaylist } {
  const variants: Variant[] = [];
  let audio: MediaPlaylist | undefined;
  let pending = readAttributes("");
  for (const line of readPlaylistLines(readFileSync(join(folder, "master.m3u8"), "utf8"))) {
    if (line.kind === "uri")
      variants.push({
        playlist: besides(join(folder, "master.m3u8"), line.uri),
        attributes: pending,
      });
    if (line.kind !== "tag") continue;
    if (line.name === "EXT-X-STREAM-INF") pending = readAttributes(line.value);
    if (line.name === "EXT-X-MEDIA") {
      audio = readMedia(
        besides(
          join(folder, "master.m3u8"),
          attributeText(readAttributes(line.value), "URI") ?? "",
        ),
      );
    }
  }
  assert.ok(audio, `${folder} has no audio rendition`);
  return { variants, audio };
}

function readMedia(playlist: string): MediaPlaylist {
  const segments: Segment[] = [];
  let init = "";
  let targetDuration = 0;
  let seconds = 0;
  for (const line of readPlaylistLines(readFileSync(playlist, "utf8"))) {
    if (line.kind === "uri") segments.push({ path: besides(playlist, line.uri), seconds });
    if (line.kind !== "tag") continue;
    if (line.name === "EXTINF") seconds = Number.parseFloat(line.value);
    if (line.name === "EXT-X-TARGETDURATION") targetDuration = Number(line.value);
    if (line.name === "EXT-X-MAP")
      init = besides(playlist, attributeText(readAttributes(line.value), "URI") ?? "");
  }
  return { init, targetDuration, segments };
}

/** Resolves a URI of a playlist to a file; only relative ones below the title can be served by any host. */
function besides(playlist: string, uri: string): string {
  assert.doesNotMatch(uri, /^[a-z]+:|^\/|\.\./, `${uri} in ${playlist}`);
  return normalize(join(dirname(playlist), uri));
}

function bitratesOf({ segments }: MediaPlaylist): number[] {
  return segments.map(({ path, seconds }) => (statSync(path).size * 8) / seconds);
}

/** Reads the frame header (SOF0 or SOF2) behind the other marker segments. */
function sizeOfJpeg(bytes: Buffer): { width: number; height: number } {
  assert.equal(bytes.readUInt16BE(0), 0xffd8, "starts as a JPEG");
  let at = 2;
  while (bytes[at + 1] !== 0xc0 && bytes[at + 1] !== 0xc2) at += 2 + bytes.readUInt16BE(at + 2);
  return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
}
