/**
 * Writes a title's playlists from what the encoded files really hold: durations, sizes and codecs.
 *
 * ffmpeg's playlists are not kept because it rounds, guesses CODECS and knows no STABLE ids. There is
 * no pathway here: the steering service adds those (DESIGN §3).
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { framesPerSecond } from "../films/film.ts";
import { audioRendition, segmentSeconds, videoRenditions } from "./encode-title.ts";
import { codecOf, durationOf, timescaleOf } from "./mp4-boxes.ts";

type Segment = { readonly name: string; readonly seconds: number; readonly sizeBytes: number };
type Rendition = { readonly codec: string; readonly segments: readonly Segment[] };

export async function writePlaylists(titleFolder: string): Promise<void> {
  const audio = await readRendition(join(titleFolder, audioRendition.id));
  const variants: string[] = [];
  for (const { id, width, height } of videoRenditions) {
    const video = await readRendition(join(titleFolder, id));
    await writeFile(join(titleFolder, id, "index.m3u8"), mediaPlaylist(video));
    variants.push(
      `#EXT-X-STREAM-INF:BANDWIDTH=${peakBitrate(video, audio)},AVERAGE-BANDWIDTH=${averageBitrate(video) + averageBitrate(audio)},` +
        `CODECS="${video.codec},${audio.codec}",RESOLUTION=${width}x${height},FRAME-RATE=${framesPerSecond}.000,` +
        `AUDIO="sound",STABLE-VARIANT-ID="${id}"`,
      `${id}/index.m3u8`,
    );
  }
  await writeFile(join(titleFolder, audioRendition.id, "index.m3u8"), mediaPlaylist(audio));
  await writeFile(
    join(titleFolder, "master.m3u8"),
    `${[
      "#EXTM3U",
      "#EXT-X-VERSION:7",
      "#EXT-X-INDEPENDENT-SEGMENTS",
      `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Music",LANGUAGE="zxx",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",STABLE-RENDITION-ID="audio",URI="${audioRendition.id}/index.m3u8"`,
      ...variants,
    ].join("\n")}\n`,
  );
}

function mediaPlaylist({ segments }: Rendition): string {
  const lines = [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${segmentSeconds}`,
    "#EXT-X-MEDIA-SEQUENCE:1",
    "#EXT-X-PLAYLIST-TYPE:VOD",
    "#EXT-X-INDEPENDENT-SEGMENTS",
    '#EXT-X-MAP:URI="init.mp4"',
    ...segments.flatMap(({ name, seconds }) => [`#EXTINF:${seconds.toFixed(6)},`, name]),
    "#EXT-X-ENDLIST",
  ];
  return `${lines.join("\n")}\n`;
}

async function readRendition(folder: string): Promise<Rendition> {
  const init = await readFile(join(folder, "init.mp4"));
  const timescale = timescaleOf(init);
  const names = (await readdir(folder)).filter((name) => name.endsWith(".m4s")).sort();
  const segments = await Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(join(folder, name));
      return { name, seconds: durationOf(bytes) / timescale, sizeBytes: bytes.length };
    }),
  );
  return { codec: codecOf(init), segments };
}

/** The greatest bitrate of a video segment together with the audio segment beside it (RFC 8216 §4.3.4.2). */
function peakBitrate(video: Rendition, audio: Rendition): number {
  const bitrates = video.segments.map(
    (segment, index) => bitrateOf(segment) + bitrateOf(audio.segments[index]),
  );
  return Math.ceil(Math.max(...bitrates));
}

function averageBitrate({ segments }: Rendition): number {
  const bits = segments.reduce((sum, { sizeBytes }) => sum + sizeBytes * 8, 0);
  return Math.ceil(bits / segments.reduce((sum, { seconds }) => sum + seconds, 0));
}

function bitrateOf(segment: Segment | undefined): number {
  return segment === undefined ? 0 : (segment.sizeBytes * 8) / segment.seconds;
}
