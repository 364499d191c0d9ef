/**
 * Encodes one film into its renditions: an init file and segments of exactly two seconds each.
 *
 * Every rendition starts a closed group of pictures at every even second and has no B-frames, so that
 * decoding order is showing order and segment k starts at 2k s in all of them. Audio frames last
 * 21.3 ms; each audio segment starts at the first frame at or after 2k s.
 */
import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { framesPerSecond } from "../films/film.ts";
import { runFfmpeg } from "./ffmpeg.ts";

export const segmentSeconds = 2;

export type VideoRendition = {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly bitsPerSecond: number;
};

/** In the order of the multivariant playlist: most players start with the first. */
export const videoRenditions: readonly VideoRendition[] = [
  { id: "video-360", width: 640, height: 360, bitsPerSecond: 226_000 },
  { id: "video-540", width: 960, height: 540, bitsPerSecond: 424_000 },
  { id: "video-240", width: 426, height: 240, bitsPerSecond: 107_000 },
];

export const audioRendition = { id: "audio", bitsPerSecond: 56_000 };

export type Sources = {
  readonly picture: string;
  readonly sound: string;
  readonly seconds: number;
};

export async function encodeVideo({ picture }: Sources, rendition: VideoRendition, folder: string) {
  const { width, height, bitsPerSecond } = rendition;
  const groupFrames = `${framesPerSecond * segmentSeconds}`;
  const log = join(tmpdir(), `understudy-pass-${process.pid}-${rendition.id}`);
  const options = [
    "-i",
    picture,
    "-an",
    "-map_metadata",
    "-1",
    "-fflags",
    "+bitexact",
    "-flags:v",
    "+bitexact",
    "-vf",
    `scale=${width}:${height}:flags=lanczos,format=yuv420p`,
    "-c:v",
    "libx264",
    "-profile:v",
    "high",
    "-preset",
    "slower",
    "-tune",
    "animation",
    "-threads",
    "2",
    "-b:v",
    `${bitsPerSecond}`,
    "-maxrate",
    `${bitsPerSecond * 1.6}`,
    "-bufsize",
    `${bitsPerSecond * 3}`,
    "-bf",
    "0",
    "-refs",
    "4",
    "-g",
    groupFrames,
    "-keyint_min",
    groupFrames,
    "-sc_threshold",
    "0",
    "-x264-params",
    "open-gop=0:aq-mode=3",
    "-colorspace",
    "bt709",
    "-color_primaries",
    "bt709",
    "-color_trc",
    "bt709",
    "-color_range",
    "tv",
    "-passlogfile",
    log,
  ];
  await runFfmpeg([...options, "-pass", "1", "-f", "null", "-"]);
  await runFfmpeg([...options, "-pass", "2", ...(await segmentsIn(join(folder, rendition.id)))]);
  await Promise.all(["-0.log", "-0.log.mbtree"].map((end) => rm(log + end, { force: true })));
}

export async function encodeAudio({ sound, seconds }: Sources, folder: string): Promise<void> {
  const stream = join(tmpdir(), `understudy-sound-${process.pid}.aac`);
  await runFfmpeg([
    "-i",
    sound,
    "-c:a",
    "aac",
    "-b:a",
    `${audioRendition.bitsPerSecond}`,
    "-frames:a",
    `${(seconds * 48_000) / 1024}`,
    "-fflags",
    "+bitexact",
    "-flags:a",
    "+bitexact",
    stream,
  ]);
  await runFfmpeg([
    "-i",
    stream,
    "-c:a",
    "copy",
    "-bsf:a",
    "aac_adtstoasc",
    "-fflags",
    "+bitexact",
    ...(await segmentsIn(join(folder, audioRendition.id))),
  ]);
  await rm(stream);
}

/** ffmpeg's own playlist is thrown away afterwards: ours says what the files really hold. */
async function segmentsIn(folder: string): Promise<string[]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return [
    "-f",
    "hls",
    "-hls_segment_type",
    "fmp4",
    "-hls_playlist_type",
    "vod",
    "-hls_time",
    `${segmentSeconds}`,
    "-start_number",
    "1",
    "-hls_fmp4_init_filename",
    "init.mp4",
    "-hls_segment_filename",
    join(folder, "segment-%05d.m4s"),
    join(folder, "index.m3u8"),
  ];
}
