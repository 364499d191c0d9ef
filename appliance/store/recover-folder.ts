/**
 * Looks into files that an earlier process left in a folder, oldest first, so that the index comes
 * out in the order in which they were stored.
 *
 * Reads only the end of each file; bodies are checked when they are first asked for. Files whose
 * names are not ours are left alone: somebody may have named the wrong folder. It takes a disk access
 * or two for each file, so it is for the few that the journal does not know, or for want of a journal.
 */
import { join } from "node:path";
import {
  type DiskRecord,
  type DiskRecordFault,
  type DiskRecordReading,
  decodeFooter,
  decodeMetadata,
  FOOTER_BYTES,
} from "./disk-record.ts";
import { type FileSystem, isMissing, readFully, UnexpectedEnd } from "./file-system.ts";

export const OBJECT_SUFFIX = ".object";
export const WRITING_SUFFIX = ".writing";
const OUR_NAME = /^[0-9a-f]{12}-[0-9a-z]+\.(?:object|writing)$/;
/** Enough to keep a disk busy, few enough to leave threads for those who are being served. */
const FILES_AT_ONCE = 2;

type FoundFile = { readonly name: string; readonly sizeBytes: number; readonly modifiedMs: number };

export type RecoveryReceiver = {
  shouldStop(): boolean;
  onListed(totalBytes: number): void;
  onRecord(found: { name: string; sizeBytes: number; record: DiskRecord }): void;
  onRefused(found: {
    name: string;
    sizeBytes: number;
    fault: DiskRecordFault | "never-finished";
  }): void;
};

export async function listNames(folder: string, fileSystem: FileSystem): Promise<string[]> {
  return (await fileSystem.readdir(folder)).filter((name) => OUR_NAME.test(name));
}

export async function recoverFiles(
  from: {
    readonly names: readonly string[];
    readonly folder: string;
    readonly fileSystem: FileSystem;
  },
  receiver: RecoveryReceiver,
): Promise<void> {
  const { folder, fileSystem } = from;
  const files = await findFiles(from.names, folder, fileSystem);
  receiver.onListed(files.reduce((total, { sizeBytes }) => total + sizeBytes, 0));
  for (let at = 0; at < files.length && !receiver.shouldStop(); at += FILES_AT_ONCE) {
    const batch = files.slice(at, at + FILES_AT_ONCE);
    const readings = await Promise.all(batch.map((file) => readRecord(folder, file, fileSystem)));
    for (const [index, file] of batch.entries()) {
      const reading = readings[index];
      if (reading?.ok) receiver.onRecord({ ...file, record: reading.record });
      else receiver.onRefused({ ...file, fault: reading?.fault ?? "no-footer" });
    }
  }
}

async function findFiles(
  names: readonly string[],
  folder: string,
  fileSystem: FileSystem,
): Promise<FoundFile[]> {
  const files: FoundFile[] = [];
  for (const name of names) {
    try {
      const { size, mtimeMs, isFile } = await statOf(join(folder, name), fileSystem);
      if (isFile) files.push({ name, sizeBytes: size, modifiedMs: mtimeMs });
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return files.sort((a, b) => a.modifiedMs - b.modifiedMs || (a.name < b.name ? -1 : 1));
}

async function statOf(path: string, fileSystem: FileSystem) {
  const stats = await fileSystem.stat(path);
  return { size: stats.size, mtimeMs: stats.mtimeMs, isFile: stats.isFile() };
}

async function readRecord(
  folder: string,
  { name, sizeBytes }: FoundFile,
  fileSystem: FileSystem,
): Promise<DiskRecordReading | { readonly ok: false; readonly fault: "never-finished" }> {
  if (name.endsWith(WRITING_SUFFIX)) return { ok: false, fault: "never-finished" };
  if (sizeBytes < FOOTER_BYTES) return { ok: false, fault: "no-footer" };
  const file = await fileSystem.open(join(folder, name), "r");
  try {
    const end = Buffer.alloc(FOOTER_BYTES);
    await readFully(file, end, sizeBytes - FOOTER_BYTES);
    const footer = decodeFooter(end, sizeBytes);
    if (typeof footer === "string") return { ok: false, fault: footer };
    const metadata = Buffer.alloc(footer.metadataBytes);
    await readFully(file, metadata, footer.bodyBytes);
    return decodeMetadata(metadata, footer);
  } catch (error) {
    if (error instanceof UnexpectedEnd) return { ok: false, fault: "wrong-length" };
    throw error;
  } finally {
    await file.close();
  }
}
