/**
 * One file as it was when the origin started: what it is, and proof of what it held.
 *
 * The digest is announced to everybody, so a file that has changed since is refused rather than
 * served under it; device, inode, size and time of change tell, without reading it again.
 */
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Representation } from "../core/delivery.ts";
import type { MediaKind } from "../core/media-kind.ts";
import { validatorsOf } from "./content-validators.ts";

export type MediaFile = Required<Representation> & {
  readonly path: string;
  readonly kind: MediaKind;
  /** `Repr-Digest` (RFC 9530), over the whole file. */
  readonly reprDigest: string;
  readonly identity: string;
};

const READ_BYTES = 1024 * 1024;

export async function examineMediaFile(path: string, kind: MediaKind): Promise<MediaFile> {
  const handle = await openForReading(path);
  try {
    const { mtimeMs } = await handle.stat();
    const hash = createHash("sha256");
    const block = Buffer.allocUnsafe(READ_BYTES);
    let sizeBytes = 0;
    for (;;) {
      const { bytesRead } = await handle.read(block, 0, READ_BYTES, sizeBytes);
      if (bytesRead === 0) break;
      hash.update(block.subarray(0, bytesRead));
      sizeBytes += bytesRead;
    }
    // HTTP dates have whole seconds.
    const wallMs = Math.floor(mtimeMs / 1000) * 1000;
    return {
      path,
      kind,
      sizeBytes,
      ...validatorsOf(hash.digest()),
      lastModified: { httpDate: new Date(wallMs).toUTCString(), wallMs },
      identity: await identityOf(handle),
    };
  } finally {
    await handle.close();
  }
}

/** Undefined if the file is gone or is no longer what was examined. The caller closes the handle. */
export async function openUnchanged(file: MediaFile): Promise<FileHandle | undefined> {
  let handle: FileHandle;
  try {
    handle = await openForReading(file.path);
  } catch {
    return undefined;
  }
  if ((await identityOf(handle)) === file.identity) return handle;
  await handle.close();
  return undefined;
}

/** A name that has become a symbolic link is not followed. */
function openForReading(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
}

async function identityOf(handle: FileHandle): Promise<string> {
  const { dev, ino, size, mtimeMs, ctimeMs } = await handle.stat();
  return `${dev} ${ino} ${size} ${mtimeMs} ${ctimeMs}`;
}
