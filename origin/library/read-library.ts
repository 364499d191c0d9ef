/**
 * Reads the folder of titles once, at the start: what each title is, and every file it may serve.
 *
 * Requests are answered from this list and from nothing else, so a path cannot lead outside the
 * folder whatever it says; symbolic links in the folder are left out. A title whose description is
 * broken is skipped with one warning, because one bad folder must not take the others off the air.
 */
import type { Dirent } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { LibraryPolicy } from "../config.ts";
import { Title } from "../contract/catalog.ts";
import { mediaKindOf } from "../core/media-kind.ts";
import { examineMediaFile, type MediaFile } from "./media-file.ts";
import { readDescription } from "./read-description.ts";

export type Library = {
  readonly titles: readonly LibraryTitle[];
  /** By path below `/vod/`, such as `a-film/video-240/init.mp4`. */
  readonly files: ReadonlyMap<string, MediaFile>;
};

export type LibraryTitle = Title & { readonly posterPath: string };

export type LibraryOptions = {
  readonly folder: string;
  readonly policy: LibraryPolicy;
  readonly warn: (warning: { readonly title: string; readonly reason: string }) => void;
};

/** The folder itself cannot be read, or holds more than the origin is willing to list. */
export class LibraryError extends Error {
  override readonly name = "LibraryError";
}

const DESCRIPTION = "title.json";
const PLAYLIST = "master.m3u8";
const POSTER = "poster.jpg";

export async function readLibrary({ folder, policy, warn }: LibraryOptions): Promise<Library> {
  const titles: LibraryTitle[] = [];
  const files = new Map<string, MediaFile>();
  const root = await openFolder(folder);

  for (const entry of await sortedEntries(root)) {
    if (!entry.isDirectory()) continue;
    try {
      const title = await readTitle(join(root, entry.name), entry.name, policy);
      const found = new Map<string, MediaFile>();
      await collect(join(root, entry.name), entry.name, found);
      requireFile(found, `${entry.name}/${PLAYLIST}`);
      requireFile(found, title.posterPath);
      for (const [path, file] of found) files.set(path, file);
      titles.push({ ...title, posterPath: `/vod/${title.posterPath}` });
    } catch (error) {
      warn({ title: entry.name, reason: error instanceof Error ? error.message : String(error) });
    }
    if (files.size > policy.maxFiles) {
      throw new LibraryError(
        `The folder of titles ${folder} holds more than ${policy.maxFiles} files.`,
      );
    }
  }
  return { titles, files };
}

async function openFolder(folder: string): Promise<string> {
  try {
    const root = await realpath(folder);
    await readdir(root);
    return root;
  } catch (error) {
    throw new LibraryError(`Cannot read the folder of titles ${folder}.`, { cause: error });
  }
}

async function readTitle(
  folder: string,
  name: string,
  { maxTitleFileBytes }: LibraryPolicy,
): Promise<LibraryTitle> {
  const facts = await readDescription(join(folder, DESCRIPTION), Title, maxTitleFileBytes);
  if (facts.id !== name) throw new Error(`${DESCRIPTION} has the id ${facts.id}`);
  return { ...pickTitle(facts), posterPath: `${name}/${posterOf(facts)}` };
}

/** The description may say more than the catalogue shows. */
function pickTitle(facts: Title): Title {
  const { id, title, synopsis, year, genre, rating, durationSeconds, accentColor } = facts;
  const shown = { id, title, synopsis, year, genre, durationSeconds, accentColor };
  return rating === undefined ? shown : { ...shown, rating };
}

function posterOf(facts: object): string {
  return "poster" in facts && typeof facts.poster === "string" ? facts.poster : POSTER;
}

async function collect(folder: string, path: string, found: Map<string, MediaFile>): Promise<void> {
  for (const entry of await sortedEntries(folder)) {
    const below = { file: join(folder, entry.name), path: `${path}/${entry.name}` };
    if (entry.isDirectory()) await collect(below.file, below.path, found);
    const kind = entry.isFile() ? mediaKindOf(entry.name) : undefined;
    if (kind !== undefined) found.set(below.path, await examineMediaFile(below.file, kind));
  }
}

function requireFile(found: ReadonlyMap<string, MediaFile>, path: string): void {
  if (!found.has(path)) throw new Error(`${path} is missing`);
}

async function sortedEntries(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.sort((left, right) => (left.name < right.name ? -1 : 1));
}
