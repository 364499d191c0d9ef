/**
 * Reads one object of the disk tier: a small one whole, a large one as a stream of pieces.
 *
 * No body is given out before its own file has vouched for it once since the start: what a power cut or
 * a bad disk has damaged is found here, and so is a journal that tells of another file than there is.
 * Whatever goes wrong is a fault with a name, never an exception.
 */
import type { FileHandle } from "node:fs/promises";
import { crc32 } from "node:zlib";
import type { StoredMetadata } from "../core/stored-metadata.ts";
import type { FileObject } from "./cache-store.ts";
import type { DiskFile, DiskFiles } from "./disk-files.ts";
import { type DiskRecord, decodeFooter, decodeMetadata, FOOTER_BYTES } from "./disk-record.ts";
import { budgetedPieces, checksumOfBody } from "./file-body.ts";
import { isMissing, isShortage, readFully, UnexpectedEnd } from "./file-system.ts";
import type { PieceBudget } from "./piece-budget.ts";

/** An object on disk, as the index knows it. */
export type DiskObject = DiskRecord & {
  metadata: StoredMetadata;
  readonly file: DiskFile;
  /** Its file has vouched for it since the start. */
  isVerified: boolean;
};

export type Reading<Value> = { readonly ok: true; readonly value: Value } | BrokenReading;

export type BrokenReading =
  | { readonly ok: false; readonly fault: "damaged" | "cut-short" | "missing" }
  /** It is the disk's fault rather than the object's; or not even that, but our own lack of means. */
  | { readonly ok: false; readonly fault: "unreadable" | "shortage"; readonly error: unknown };

export type OpenFiles = {
  readonly files: DiskFiles;
  readonly onCloseFailed: (error: unknown) => void;
};

/** How large a buffer `readWhole` needs: the first time it reads what vouches for the body as well. */
export function bytesToRead({ isVerified, bodyBytes, file }: DiskObject): number {
  return isVerified ? bodyBytes : file.sizeBytes;
}

/** Reads the body to the beginning of `target`. */
export function readWhole(
  entry: DiskObject,
  target: Buffer,
  { files, onCloseFailed }: OpenFiles,
): Promise<Reading<Buffer>> {
  return withoutThrowing(async () => {
    const handle = await files.open(entry.file);
    try {
      const bytes = target.subarray(0, bytesToRead(entry));
      await readFully(handle, bytes, 0);
      if (!entry.isVerified && !(await isAsWritten(entry, handle, bytes))) return undefined;
      entry.isVerified = true;
      return bytes.subarray(0, entry.bodyBytes);
    } finally {
      // Nobody need wait for that.
      void files.close(entry.file, handle).catch(onCloseFailed);
    }
  });
}

/** Opens the body for reading in pieces; whoever gets it must release it. */
export function openStream(
  entry: DiskObject,
  options: OpenFiles & {
    readonly budget: PieceBudget;
    /** It could not be read to its end. */
    readonly onBroken: (broken: BrokenReading) => void;
  },
): Promise<Reading<FileObject>> {
  const { files, budget, onCloseFailed, onBroken } = options;
  return withoutThrowing(async () => {
    const handle = await files.open(entry.file);
    let isReleased = false;
    const release = () => {
      if (isReleased) return;
      isReleased = true;
      void files.close(entry.file, handle).catch(onCloseFailed);
    };
    try {
      if (!entry.isVerified && !(await isFileAsWritten(entry, handle))) {
        release();
        return undefined;
      }
    } catch (error) {
      release();
      throw error;
    }
    entry.isVerified = true;
    const read = async function* (first: number, last: number) {
      try {
        yield* budgetedPieces(handle, { first, last }, budget);
      } catch (error) {
        onBroken(brokenBy(error));
        throw error;
      }
    };
    return { kind: "file", metadata: entry.metadata, read, release };
  });
}

/** Reads the whole file, piece by piece, and says whether it is as it was written. */
export function verifyObject(
  entry: DiskObject,
  { files, onCloseFailed }: OpenFiles,
): Promise<Reading<true>> {
  return withoutThrowing(async () => {
    const handle = await files.open(entry.file);
    try {
      return (await isFileAsWritten(entry, handle)) ? true : undefined;
    } finally {
      await files.close(entry.file, handle).catch(onCloseFailed);
    }
  });
}

async function isFileAsWritten(entry: DiskObject, handle: FileHandle): Promise<boolean> {
  const tail = Buffer.allocUnsafe(entry.file.sizeBytes - entry.bodyBytes);
  await readFully(handle, tail, entry.bodyBytes);
  if (!(await hasKnownSize(entry, handle)) || !isTailOf(entry, tail)) return false;
  return (await checksumOfBody(handle, entry.bodyBytes)) === entry.bodyChecksum;
}

async function isAsWritten(entry: DiskObject, handle: FileHandle, file: Buffer): Promise<boolean> {
  if (!(await hasKnownSize(entry, handle))) return false;
  if (!isTailOf(entry, file.subarray(entry.bodyBytes))) return false;
  return crc32(file.subarray(0, entry.bodyBytes)) === entry.bodyChecksum;
}

/** One that has grown would take more of the disk than is counted. */
async function hasKnownSize({ file }: DiskObject, handle: FileHandle): Promise<boolean> {
  return (await handle.stat()).size === file.sizeBytes;
}

/** The metadata may have been refreshed since, but a file is of one object for ever. */
function isTailOf(entry: DiskObject, tail: Buffer): boolean {
  const footer = decodeFooter(tail.subarray(-FOOTER_BYTES), entry.file.sizeBytes);
  if (typeof footer === "string") return false;
  if (footer.bodyBytes !== entry.bodyBytes) return false;
  if (footer.bodyChecksum !== entry.bodyChecksum) return false;
  const reading = decodeMetadata(tail.subarray(0, -FOOTER_BYTES), footer);
  return reading.ok && reading.record.metadata.key === entry.metadata.key;
}

/** Undefined means that it is not as it was written. */
async function withoutThrowing<Value>(
  read: () => Promise<Value | undefined>,
): Promise<Reading<Value>> {
  try {
    const value = await read();
    return value === undefined ? { ok: false, fault: "damaged" } : { ok: true, value };
  } catch (error) {
    return brokenBy(error);
  }
}

function brokenBy(error: unknown): BrokenReading {
  if (error instanceof UnexpectedEnd) return { ok: false, fault: "cut-short" };
  if (isMissing(error)) return { ok: false, fault: "missing" };
  return { ok: false, fault: isShortage(error) ? "shortage" : "unreadable", error };
}
