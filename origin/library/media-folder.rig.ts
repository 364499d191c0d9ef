/** Folders of titles and channels for tests, with segments that say in their bytes which they are. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHANNELS_POLICY, type ChannelsPolicy, DASH_POLICY, LIBRARY_POLICY } from "../config.ts";
import { initOf, segmentOf } from "../core/made-up-boxes.rig.ts";
import { type DashManifests, makeDashManifests } from "./make-dash-manifests.ts";
import { type Channel, readChannels } from "./read-channels.ts";
import { type Library, readLibrary } from "./read-library.ts";

export type MediaFolder = {
  /** @param streams stream id → seconds of each segment; `audio` is of sound. */
  writeTitle(id: string, streams: Readonly<Record<string, readonly number[]>>): Promise<void>;
  /** The same with boxes in the files and codecs in the playlist, so that a DASH manifest can be made. */
  writeBoxedTitle(id: string, streams: Readonly<Record<string, readonly number[]>>): Promise<void>;
  /** @param facts that differ from those of a channel which shows `one` and `two`. */
  writeChannel(fileName: string, facts: object | string): Promise<void>;
  read(policy?: Partial<ChannelsPolicy>): Promise<{
    readonly library: Library;
    readonly channels: readonly Channel[];
    /** Channel and reason. */
    readonly warnings: readonly (readonly [channel: string, reason: string])[];
  }>;
  makeManifests(library: Library): Promise<{
    readonly manifests: DashManifests;
    /** Title and reason. */
    readonly warnings: readonly (readonly [title: string, reason: string])[];
  }>;
  readonly path: string;
  remove(): Promise<void>;
};

/** Ticks a second of what is written with boxes. */
const TIMESCALE = 48_000;

export async function openMediaFolder(): Promise<MediaFolder> {
  const path = await mkdtemp(join(tmpdir(), "understudy-media-"));
  await mkdir(join(path, "titles"));
  return {
    path,
    writeTitle: (id, streams) =>
      writeTitleFolder(join(path, "titles"), id, streams, {
        codecs: "",
        init: (name) => name,
        segment: (name) => name,
      }),
    writeBoxedTitle: (id, streams) =>
      writeTitleFolder(join(path, "titles"), id, streams, {
        codecs: 'CODECS="avc1.64001e,mp4a.40.2",',
        init: () => initOf(TIMESCALE),
        segment: (name, startSeconds) => segmentOf(Math.round(startSeconds * TIMESCALE), name),
      }),
    async writeChannel(fileName, facts) {
      const channel = {
        id: fileName,
        name: "A Channel",
        synopsis: "What is on.",
        accentColor: "#0000ff",
        titles: ["one", "two"],
      };
      await mkdir(join(path, "channels"), { recursive: true });
      const text = typeof facts === "string" ? facts : JSON.stringify({ ...channel, ...facts });
      await writeFile(join(path, "channels", `${fileName}.json`), text);
    },
    async read(policy) {
      const warnings: (readonly [string, string])[] = [];
      const library = await readLibrary({
        folder: join(path, "titles"),
        policy: LIBRARY_POLICY,
        warn: () => {},
      });
      const channels = await readChannels({
        folder: join(path, "channels"),
        library,
        policy: { ...CHANNELS_POLICY, ...policy },
        warn: ({ channel, reason }) => warnings.push([channel, reason]),
      });
      return { library, channels, warnings };
    },
    async makeManifests(library) {
      const warnings: (readonly [string, string])[] = [];
      const manifests = await makeDashManifests({
        library,
        policy: DASH_POLICY,
        warn: ({ title, reason }) => warnings.push([title, reason]),
      });
      return { manifests, warnings };
    },
    remove: () => rm(path, { recursive: true }),
  };
}

type Contents = {
  /** As they stand before the other attributes of a variant. */
  readonly codecs: string;
  readonly init: (name: string) => string | Buffer;
  readonly segment: (name: string, startSeconds: number) => string | Buffer;
};

async function writeTitleFolder(
  titles: string,
  id: string,
  streams: Readonly<Record<string, readonly number[]>>,
  { codecs, init, segment }: Contents,
): Promise<void> {
  const facts = {
    id,
    title: id,
    synopsis: "s",
    year: 2026,
    genre: "g",
    durationSeconds: 9,
    accentColor: "#00ff00",
  };
  const folder = join(titles, id);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "title.json"), JSON.stringify(facts));
  await writeFile(join(folder, "poster.jpg"), "picture");
  await writeFile(join(folder, "master.m3u8"), multivariantOf(Object.keys(streams), codecs));
  for (const [streamId, seconds] of Object.entries(streams)) {
    const streamFolder = join(folder, streamId);
    await mkdir(streamFolder, { recursive: true });
    await writeFile(join(streamFolder, "index.m3u8"), mediaPlaylistOf(seconds));
    await writeFile(join(streamFolder, "init.mp4"), init(`${id} ${streamId} init`));
    let startSeconds = 0;
    for (const [place, length] of seconds.entries()) {
      const content = segment(`${id} ${streamId} ${place}`, startSeconds);
      await writeFile(join(streamFolder, `${place}.m4s`), content);
      startSeconds += length;
    }
  }
}

function multivariantOf(streamIds: readonly string[], codecs: string): string {
  const streams = streamIds.map((id) =>
    id === "audio"
      ? `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="g",NAME="n",STABLE-RENDITION-ID="${id}",URI="${id}/index.m3u8"\n`
      : `#EXT-X-STREAM-INF:BANDWIDTH=9,${codecs}AUDIO="g",STABLE-VARIANT-ID="${id}"\n${id}/index.m3u8\n`,
  );
  return `#EXTM3U\n#EXT-X-INDEPENDENT-SEGMENTS\n${streams.join("")}`;
}

function mediaPlaylistOf(seconds: readonly number[]): string {
  const segments = seconds.map((length, place) => `#EXTINF:${length},\n${place}.m4s\n`).join("");
  return `#EXTM3U\n#EXT-X-MAP:URI="init.mp4"\n${segments}#EXT-X-ENDLIST\n`;
}
