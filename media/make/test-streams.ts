/**
 * Derives small test streams from the beginning of a title: the same picture and sound, packaged in each
 * of the ways that a player has to get right.
 *
 * They follow from committed bytes by arithmetic alone, in a moment and without ffmpeg: so they are made
 * where they are needed, and not committed. Every stream has one rendition of the picture, with the sound
 * apart from it.
 */
import { createCipheriv, createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { codecOf, durationOf, timescaleOf } from "./mp4-boxes.ts";
import { splitSegment } from "./split-segment.ts";

const TRACKS = { video: "video-240", audio: "audio" } as const;
const PARTS_PER_SEGMENT = 4;
const PART_TARGET_SECONDS = 0.55;
/** From this segment on, another key. */
const SECOND_KEY_FROM = 8;
/** Nobody has this one. */
const GAP = 4;
const CAPTION_SECONDS = 4;
const BITS_PER_SECOND = 250_000;

type Track = {
  readonly name: keyof typeof TRACKS;
  readonly init: Buffer;
  readonly timescale: number;
  readonly segments: readonly { readonly bytes: Buffer; readonly seconds: number }[];
};

export type TestStreamOptions = {
  readonly titleFolder: string;
  /** Gets a folder for each stream, with its `master.m3u8`. */
  readonly folder: string;
  readonly segments: number;
};

export async function writeTestStreams(options: TestStreamOptions): Promise<void> {
  const video = await readTrack("video", options);
  const audio = await readTrack("audio", options);
  for (const [name, writeTrack] of Object.entries(PACKAGERS)) {
    const folder = join(options.folder, name);
    await mkdir(folder, { recursive: true });
    for (const track of [video, audio]) {
      await writeFile(join(folder, `${track.name}-init.mp4`), track.init);
      await writeTrack(track, folder);
    }
    const hasCaptions = name === "captions";
    if (hasCaptions) await writeCaptions(folder, options.segments);
    await writeFile(join(folder, "master.m3u8"), multivariant(video, audio, hasCaptions));
  }
}

const PACKAGERS: Readonly<Record<string, (track: Track, folder: string) => Promise<void>>> = {
  keys: writeEncrypted,
  ranges: writeOneFile,
  captions: writePlain,
  gap: writeWithGap,
  parts: writeParts,
};

/** Whole segments in AES-128; one track says its IVs, the other's follow from the sequence (RFC 8216 §5.2). */
async function writeEncrypted({ name, segments }: Track, folder: string): Promise<void> {
  const keys = [1, 2].map((number) => digest(`${name} key ${number}`));
  for (const [index, key] of keys.entries()) {
    await writeFile(join(folder, `${name}-${index + 1}.key`), key);
  }
  const lines = [`#EXT-X-MAP:URI="${name}-init.mp4"`];
  for (const [index, { bytes, seconds }] of segments.entries()) {
    const key = index < SECOND_KEY_FROM ? 0 : 1;
    const saysIv = name === "video";
    const iv = saysIv ? digest(`${name} iv ${index}`) : sequenceIv(index + 1);
    if (saysIv || index === 0 || index === SECOND_KEY_FROM) {
      const written = saysIv ? `,IV=0x${iv.toString("hex")}` : "";
      lines.push(`#EXT-X-KEY:METHOD=AES-128,URI="${name}-${key + 1}.key"${written}`);
    }
    const cipher = createCipheriv("aes-128-cbc", keys[key] as Buffer, iv);
    const file = segmentName(name, index);
    await writeFile(join(folder, file), Buffer.concat([cipher.update(bytes), cipher.final()]));
    lines.push(extinf(seconds), file);
  }
  await writePlaylist(folder, name, lines);
}

/** Everything in one file; only the first range of a row says where it begins (RFC 8216 §4.3.2.2). */
async function writeOneFile({ name, init, segments }: Track, folder: string): Promise<void> {
  const file = `${name}.mp4`;
  await writeFile(join(folder, file), Buffer.concat([init, ...segments.map(({ bytes }) => bytes)]));
  const lines = [`#EXT-X-MAP:URI="${file}",BYTERANGE="${init.length}@0"`];
  for (const [index, { bytes, seconds }] of segments.entries()) {
    const at = index === 0 ? `@${init.length}` : "";
    lines.push(extinf(seconds), `#EXT-X-BYTERANGE:${bytes.length}${at}`, file);
  }
  await writePlaylist(folder, name, lines);
}

async function writePlain(track: Track, folder: string): Promise<void> {
  await writeSegments(track, folder, () => false);
}

async function writeWithGap(track: Track, folder: string): Promise<void> {
  await writeSegments(track, folder, (index) => index === GAP);
}

async function writeSegments(
  { name, segments }: Track,
  folder: string,
  isGap: (index: number) => boolean,
): Promise<void> {
  const lines = [`#EXT-X-MAP:URI="${name}-init.mp4"`];
  for (const [index, { bytes, seconds }] of segments.entries()) {
    const file = segmentName(name, index);
    if (isGap(index)) lines.push("#EXT-X-GAP");
    else await writeFile(join(folder, file), bytes);
    lines.push(extinf(seconds), file);
  }
  await writePlaylist(folder, name, lines);
}

/** Segments that exist in parts, too. Who serves them live cuts the window out of this playlist. */
async function writeParts({ name, timescale, segments }: Track, folder: string): Promise<void> {
  const lines = [
    `#EXT-X-PART-INF:PART-TARGET=${PART_TARGET_SECONDS}`,
    `#EXT-X-MAP:URI="${name}-init.mp4"`,
  ];
  for (const [index, { bytes, seconds }] of segments.entries()) {
    const parts = splitSegment(bytes, PARTS_PER_SEGMENT);
    for (const [place, part] of parts.entries()) {
      const file = segmentName(name, index).replace(".", `.${place}.`);
      await writeFile(join(folder, file), part.bytes);
      const isIndependent = name === "audio" || place === 0;
      const duration = (part.duration / timescale).toFixed(6);
      const independent = isIndependent ? ",INDEPENDENT=YES" : "";
      lines.push(`#EXT-X-PART:DURATION=${duration},URI="${file}"${independent}`);
    }
    const file = segmentName(name, index);
    await writeFile(join(folder, file), Buffer.concat(parts.map((part) => part.bytes)));
    lines.push(extinf(seconds), file);
  }
  await writePlaylist(folder, name, lines);
}

async function writeCaptions(folder: string, segments: number): Promise<void> {
  const lines: string[] = [];
  for (let from = 0; from < segments * 2; from += CAPTION_SECONDS) {
    const file = segmentName("captions", from / CAPTION_SECONDS).replace("m4s", "vtt");
    const cue = `${clock(from)} --> ${clock(from + CAPTION_SECONDS)}\nFrom second ${from} on\n`;
    await writeFile(
      join(folder, file),
      `WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n${cue}`,
    );
    lines.push(extinf(CAPTION_SECONDS), file);
  }
  await writePlaylist(folder, "captions", lines, CAPTION_SECONDS);
}

async function writePlaylist(
  folder: string,
  name: string,
  lines: readonly string[],
  targetSeconds = 2,
): Promise<void> {
  const head = [
    "#EXTM3U",
    "#EXT-X-VERSION:9",
    `#EXT-X-TARGETDURATION:${targetSeconds}`,
    "#EXT-X-MEDIA-SEQUENCE:1",
  ];
  await writeFile(
    join(folder, `${name}.m3u8`),
    `${[...head, ...lines, "#EXT-X-ENDLIST"].join("\n")}\n`,
  );
}

function multivariant(video: Track, audio: Track, hasCaptions: boolean): string {
  const subtitles =
    '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="text",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,URI="captions.m3u8"';
  const lines = [
    "#EXTM3U",
    "#EXT-X-VERSION:9",
    "#EXT-X-INDEPENDENT-SEGMENTS",
    '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Music",LANGUAGE="zxx",DEFAULT=YES,AUTOSELECT=YES,URI="audio.m3u8"',
    ...(hasCaptions ? [subtitles] : []),
    `#EXT-X-STREAM-INF:BANDWIDTH=${BITS_PER_SECOND},CODECS="${codecOf(video.init)},${codecOf(audio.init)}",AUDIO="sound"${hasCaptions ? ',SUBTITLES="text"' : ""}`,
    "video.m3u8",
  ];
  return `${lines.join("\n")}\n`;
}

async function readTrack(
  name: Track["name"],
  { titleFolder, segments }: TestStreamOptions,
): Promise<Track> {
  const folder = join(titleFolder, TRACKS[name]);
  const init = await readFile(join(folder, "init.mp4"));
  const timescale = timescaleOf(init);
  const files = (await readdir(folder)).filter((file) => file.endsWith(".m4s")).sort();
  const read = files.slice(0, segments).map(async (file) => {
    const bytes = await readFile(join(folder, file));
    return { bytes, seconds: durationOf(bytes) / timescale };
  });
  return { name, init, timescale, segments: await Promise.all(read) };
}

function segmentName(track: string, index: number): string {
  return `${track}-${String(index + 1).padStart(3, "0")}.m4s`;
}

function extinf(seconds: number): string {
  return `#EXTINF:${seconds.toFixed(6)},`;
}

/** 16 bytes that follow from a text. */
function digest(text: string): Buffer {
  return createHash("md5").update(text).digest();
}

function sequenceIv(sequence: number): Buffer {
  const iv = Buffer.alloc(16);
  iv.writeUInt32BE(sequence, 12);
  return iv;
}

function clock(seconds: number): string {
  const minutes = String(Math.floor(seconds / 60)).padStart(2, "0");
  return `00:${minutes}:${String(seconds % 60).padStart(2, "0")}.000`;
}
