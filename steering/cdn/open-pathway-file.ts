/**
 * Keeps the file of real CDNs in step with what stands on the disk.
 *
 * The loop asks it to look; it reads again only when the file has changed. A new version that is broken
 * is told once, and the last good one stays in force: an operator's slip must not take CDNs away from
 * viewers.
 */
import { readFile, stat } from "node:fs/promises";
import {
  MAX_PATHWAY_FILE_BYTES,
  type PathwayFile,
  type PathwayFileReading,
  readPathwayFile,
} from "./read-pathway-file.ts";

export type PathwayFileOptions = {
  readonly path: string;
  /** Ids that an appliance has: no pathway of the file may have one. */
  readonly isTaken: (id: string) => boolean;
};

/** What a look at the file has found. */
export type PathwayFileLook =
  | { readonly outcome: "unchanged" }
  | { readonly outcome: "changed"; readonly file: PathwayFile }
  | { readonly outcome: "broken"; readonly problems: readonly string[] };

export type OpenPathwayFile = {
  /** The last version that was good. */
  readonly file: PathwayFile;
  /** One look at a time: one that is asked for meanwhile is the one under way. */
  look(): Promise<PathwayFileLook>;
};

/** @returns the problems, where there is no good version to begin with. */
export async function openPathwayFile({
  path,
  isTaken,
}: PathwayFileOptions): Promise<
  | { readonly ok: true; readonly opened: OpenPathwayFile }
  | { readonly ok: false; readonly problems: readonly string[] }
> {
  let version = await versionOf(path);
  const first = await readVersion(path, version, isTaken);
  if (!first.ok) return first;
  let { file } = first;
  let looking: Promise<PathwayFileLook> | undefined;

  async function lookOnce(): Promise<PathwayFileLook> {
    const found = await versionOf(path);
    if (found.name === version.name) return { outcome: "unchanged" };
    // Before it is read: what is written meanwhile is another version, to be read next time.
    version = found;
    const reading = await readVersion(path, found, isTaken);
    if (!reading.ok) return { outcome: "broken", problems: reading.problems };
    file = reading.file;
    return { outcome: "changed", file };
  }

  return {
    ok: true,
    opened: {
      get file() {
        return file;
      },
      look() {
        looking ??= lookOnce().finally(() => {
          looking = undefined;
        });
        return looking;
      },
    },
  };
}

type Version = { readonly name: string; readonly problem: string | undefined };

/** A file that is replaced has another inode, though its size and time may be the same. */
async function versionOf(path: string): Promise<Version> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    const problem =
      size > MAX_PATHWAY_FILE_BYTES
        ? `it is longer than ${MAX_PATHWAY_FILE_BYTES} bytes`
        : undefined;
    return { name: `${mtimeMs} ${size} ${ino}`, problem };
  } catch (error) {
    return { name: "unreadable", problem: reasonOf(error) };
  }
}

async function readVersion(
  path: string,
  { problem }: Version,
  isTaken: (id: string) => boolean,
): Promise<PathwayFileReading> {
  if (problem !== undefined) return { ok: false, problems: [problem] };
  try {
    return readPathwayFile(await readFile(path, "utf8"), isTaken);
  } catch (error) {
    return { ok: false, problems: [reasonOf(error)] };
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  return `it cannot be read (${code})`;
}
