/** What the disk tier asks of a file system; `node:fs/promises` is one, and tests have others that fail. */
import type { FileHandle, mkdir, open, readdir, rename, stat, unlink } from "node:fs/promises";

export type FileSystem = {
  readonly mkdir: typeof mkdir;
  readonly open: typeof open;
  readonly readdir: typeof readdir;
  readonly rename: typeof rename;
  readonly stat: typeof stat;
  readonly unlink: typeof unlink;
};

/** Large enough that the cost of a call does not show, small enough not to hold up other calls. */
export const PIECE_BYTES = 1024 * 1024;

/** Fills `target` from `position`; throws where the file ends before that. */
export async function readFully(file: FileHandle, target: Buffer, position: number): Promise<void> {
  let at = 0;
  while (at < target.length) {
    const length = Math.min(PIECE_BYTES, target.length - at);
    const { bytesRead } = await file.read(target, at, length, position + at);
    if (bytesRead === 0) throw new UnexpectedEnd(position + at);
    at += bytesRead;
  }
}

/** Writes all of `source` at `position`. */
export async function writeFully(
  file: FileHandle,
  source: Buffer,
  position: number,
): Promise<void> {
  let at = 0;
  while (at < source.length) {
    const length = Math.min(PIECE_BYTES, source.length - at);
    const { bytesWritten } = await file.write(source, at, length, position + at);
    at += bytesWritten;
  }
}

export class UnexpectedEnd extends Error {
  override readonly name = "UnexpectedEnd";
  constructor(position: number) {
    super(`The file ends at byte ${position}`);
  }
}

/** `ENOSPC: no space left on device, write`, without the path, which is nobody's business. */
export function describeFileError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message.replace(/ '.*$/, "");
}

/** `ENOTDIR` means that the folder itself is none, so nothing can be in it. */
export function isMissing(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    (error.code === "ENOENT" || error.code === "ENOTDIR")
  );
}

/** The file is as well as before: this process, or the machine, has no means left to read it. */
export function isShortage(error: unknown): boolean {
  return error instanceof Error && "code" in error && SHORTAGES.has(String(error.code));
}

const SHORTAGES: ReadonlySet<string> = new Set(["EMFILE", "ENFILE", "ENOMEM"]);
