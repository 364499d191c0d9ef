/** Names what a channel serves below `/live/<channel>/`, and reads those names again. */
export type LivePath =
  | { readonly kind: "multivariant" }
  | { readonly kind: "playlist"; readonly streamId: string }
  | { readonly kind: "init"; readonly streamId: string; readonly titleId: string }
  | { readonly kind: "segment"; readonly streamId: string; readonly sequence: number };

export const MULTIVARIANT_NAME = "master.m3u8";
const PLAYLIST_NAME = "index.m3u8";
/** One spelling for each number: another one would be another object in every cache. */
const SEGMENT_NAME = /^(0|[1-9]\d{0,11})\.m4s$/;
const INIT_NAME = /^init-([a-z0-9][a-z0-9-]*)\.mp4$/;

export function playlistPath(streamId: string): string {
  return `${streamId}/${PLAYLIST_NAME}`;
}

/** Beside the playlist. */
export function segmentName(sequence: number): string {
  return `${sequence}.m4s`;
}

/** Beside the playlist. Named by the title, whose init section never changes under its name. */
export function initName(titleId: string): string {
  return `init-${titleId}.mp4`;
}

/** @param path below the channel, without a slash at its begin. */
export function readLivePath(path: string): LivePath | undefined {
  if (path === MULTIVARIANT_NAME) return { kind: "multivariant" };
  const [streamId = "", name = "", ...deeper] = path.split("/");
  if (deeper.length > 0) return undefined;
  if (name === PLAYLIST_NAME) return { kind: "playlist", streamId };
  const sequence = SEGMENT_NAME.exec(name)?.[1];
  if (sequence !== undefined) return { kind: "segment", streamId, sequence: Number(sequence) };
  const titleId = INIT_NAME.exec(name)?.[1];
  return titleId === undefined ? undefined : { kind: "init", streamId, titleId };
}
