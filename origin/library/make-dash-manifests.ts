/**
 * Makes the DASH manifest of each title once, at the start, from the files that its playlists list.
 *
 * A title that brings its own is left as it is. One whose manifest cannot be made truthfully is still
 * on the air over HLS: it goes without, with one warning.
 */
import type { DashPolicy } from "../config.ts";
import {
  type DashSegment,
  type DashStream,
  MANIFEST_NAME,
  writeDashManifest,
} from "../core/dash-manifest.ts";
import type { TitleSegment, TitleStream } from "../core/title-ladder.ts";
import { readDecodeTime, readTimescale } from "../core/track-clock.ts";
import type { MediaFile } from "./media-file.ts";
import { readLadder } from "./read-ladder.ts";
import type { Library } from "./read-library.ts";
import { readHead } from "./read-media-file.ts";

export type ManifestsOptions = {
  readonly library: Library;
  readonly policy: DashPolicy;
  readonly warn: (warning: { readonly title: string; readonly reason: string }) => void;
};

/** Path below `/vod/`, such as `a-film/manifest.mpd`, → text. */
export type DashManifests = ReadonlyMap<string, string>;

export async function makeDashManifests(options: ManifestsOptions): Promise<DashManifests> {
  const { library, warn } = options;
  const manifests = new Map<string, string>();
  for (const { id } of library.titles) {
    const path = `${id}/${MANIFEST_NAME}`;
    if (library.files.has(path)) continue;
    try {
      manifests.set(path, await makeManifest(id, options));
    } catch (error) {
      warn({ title: id, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return manifests;
}

async function makeManifest(
  titleId: string,
  { library: { files }, policy }: ManifestsOptions,
): Promise<string> {
  const ladder = await readLadder(titleId, files, policy);
  const streams: DashStream[] = [];
  for (const stream of ladder.streams) streams.push(await timeStream(stream, files, policy));
  const writing = writeDashManifest({ titleId, streams });
  if (writing.kind === "refused") throw new Error(writing.reason);
  return writing.text;
}

async function timeStream(
  stream: TitleStream,
  files: ReadonlyMap<string, MediaFile>,
  policy: DashPolicy,
): Promise<DashStream> {
  // A ladder lists only what the library has.
  const init = files.get(stream.initPath) as MediaFile;
  const timescale = readTimescale(await readHead(init, policy.maxInitBytes));
  if (timescale === undefined) throw new Error(`${stream.initPath} describes no single track`);
  const segments: DashSegment[] = [];
  for (const segment of stream.segments) {
    segments.push(await timeSegment(segment, files.get(segment.path) as MediaFile, policy));
  }
  return { ...stream, timescale, segments };
}

async function timeSegment(
  segment: TitleSegment,
  file: MediaFile,
  { segmentHeadBytes }: DashPolicy,
): Promise<DashSegment> {
  const decodeTimeTicks = readDecodeTime(await readHead(file, segmentHeadBytes));
  if (decodeTimeTicks === undefined) throw new Error(`${segment.path} does not say when it begins`);
  return { ...segment, sizeBytes: file.sizeBytes, decodeTimeTicks };
}
