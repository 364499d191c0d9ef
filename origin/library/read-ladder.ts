/** Reads a title's ladder from the playlists among its files; throws an error that says what is wrong. */
import type { LadderPolicy } from "../config.ts";
import { readTitleLadder, type TitleLadder } from "../core/title-ladder.ts";
import type { MediaFile } from "./media-file.ts";
import { readHead } from "./read-media-file.ts";

export async function readLadder(
  titleId: string,
  files: ReadonlyMap<string, MediaFile>,
  policy: LadderPolicy,
): Promise<TitleLadder> {
  const reading = readTitleLadder({
    titleId,
    playlists: await readPlaylists(titleId, files, policy),
    hasFile: (path) => files.has(path),
  });
  if (reading.kind === "refused") throw new Error(reading.reason);
  return reading.ladder;
}

async function readPlaylists(
  titleId: string,
  files: ReadonlyMap<string, MediaFile>,
  { maxPlaylistBytes }: LadderPolicy,
): Promise<ReadonlyMap<string, string>> {
  const playlists = new Map<string, string>();
  for (const [path, file] of files) {
    if (!path.startsWith(`${titleId}/`) || !path.endsWith(".m3u8")) continue;
    if (file.sizeBytes > maxPlaylistBytes) {
      throw new Error(`${path} has ${file.sizeBytes} bytes of ${maxPlaylistBytes}`);
    }
    playlists.set(path, (await readHead(file, maxPlaylistBytes)).toString("utf8"));
  }
  return playlists;
}
