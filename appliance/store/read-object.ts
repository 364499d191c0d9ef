/**
 * Reads one object of the disk tier: a small one whole, a large one as a stream of pieces.
 *
 * No body is given out before its checksum was right once since the start: what a power cut or a bad
 * disk has damaged is found here. Whatever goes wrong is a fault with a name, never an exception.
 */
import type { FileHandle } from "node:fs/promises";
import { crc32 } from "node:zlib";
import type { StoredMetadata } from "../core/stored-metadata.ts";
import type { StoredObject } from "./cache-store.ts";
import type { DiskFile, DiskFiles } from "./disk-files.ts";
import type { DiskRecord } from "./disk-record.ts";
import { bodyPieces, checksumOfBody, readBody } from "./file-body.ts";
import { isMissing, UnexpectedEnd } from "./file-system.ts";

/** An object on disk, as the index knows it. */
export type DiskObject = DiskRecord & {
  metadata: StoredMetadata;
  readonly file: DiskFile;
  isVerified: boolean;
};

export type ObjectReading = { readonly ok: true; readonly object: StoredObject } | BrokenReading;

export type BrokenReading =
  | { readonly ok: false; readonly fault: "damaged" | "cut-short" | "missing" }
  /** It is the disk's fault rather than the object's. */
  | { readonly ok: false; readonly fault: "unreadable"; readonly error: unknown };

export type ReadOptions = {
  readonly files: DiskFiles;
  /** Bodies up to this size are read whole; larger ones are streamed. */
  readonly wholeReadBytes: number;
  /** An object that is being streamed could not be read to its end. */
  readonly onBroken: (broken: BrokenReading) => void;
  readonly onCloseFailed: (error: unknown) => void;
};

export async function readObject(entry: DiskObject, options: ReadOptions): Promise<ObjectReading> {
  const { files, onBroken, onCloseFailed } = options;
  let handle: FileHandle | undefined;
  let object: StoredObject | undefined;
  const close = async (open: FileHandle) => {
    await files.close(entry.file, open).catch(onCloseFailed);
  };
  try {
    handle = await files.open(entry.file);
    const isSmall = entry.bodyBytes <= options.wholeReadBytes;
    object = isSmall
      ? await readWhole(entry, handle)
      : await openStream(entry, handle, { close, onBroken });
    return object === undefined ? { ok: false, fault: "damaged" } : { ok: true, object };
  } catch (error) {
    return brokenBy(error);
  } finally {
    // A stream closes its file when it is released.
    if (handle !== undefined && object?.kind !== "file") await close(handle);
  }
}

async function readWhole(entry: DiskObject, handle: FileHandle): Promise<StoredObject | undefined> {
  const bytes = await readBody(handle, entry.bodyBytes);
  if (!entry.isVerified && crc32(bytes) !== entry.bodyChecksum) return undefined;
  entry.isVerified = true;
  return { kind: "memory", metadata: entry.metadata, bytes };
}

async function openStream(
  entry: DiskObject,
  handle: FileHandle,
  {
    close,
    onBroken,
  }: Pick<ReadOptions, "onBroken"> & { readonly close: (handle: FileHandle) => Promise<void> },
): Promise<StoredObject | undefined> {
  if (!entry.isVerified) {
    if ((await checksumOfBody(handle, entry.bodyBytes)) !== entry.bodyChecksum) return undefined;
    entry.isVerified = true;
  }
  let isReleased = false;
  return {
    kind: "file",
    metadata: entry.metadata,
    read: async function* (first, last) {
      try {
        yield* bodyPieces(handle, first, last);
      } catch (error) {
        onBroken(brokenBy(error));
        throw error;
      }
    },
    release: () => {
      if (isReleased) return;
      isReleased = true;
      void close(handle);
    },
  };
}

function brokenBy(error: unknown): BrokenReading {
  if (error instanceof UnexpectedEnd) return { ok: false, fault: "cut-short" };
  if (isMissing(error)) return { ok: false, fault: "missing" };
  return { ok: false, fault: "unreadable", error };
}
