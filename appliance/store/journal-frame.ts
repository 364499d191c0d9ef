/**
 * The journal's entries, and the frames in which they are written: many entries at once, deflated,
 * because their metadata is alike, and each frame with checksums of its own.
 *
 * A frame is taken whole or not at all. Where one is not as it was written, it and all that follows
 * are ignored: the journal only saves time, the files themselves are the truth.
 */
import { promisify } from "node:util";
import { crc32, deflateRaw, inflateRaw } from "node:zlib";
import type { StoredMetadata } from "../core/stored-metadata.ts";
import { type DiskRecord, isMetadata } from "./disk-record.ts";

export type JournalEntry =
  | (DiskRecord & { readonly kind: "stored"; readonly name: string; readonly sizeBytes: number })
  | { readonly kind: "refreshed"; readonly name: string; readonly metadata: StoredMetadata }
  | { readonly kind: "removed"; readonly name: string };

/** The last character is the version of this layout and of what stands in it. */
const MAGIC = Buffer.from("UNDJNL1", "latin1");
export const FRAME_HEADER_BYTES = MAGIC.length + 4 + 4 + 4;
const MAX_FRAME_BYTES = 16 * 1024 * 1024;
/** The fastest: entries are so alike that more effort saves little. */
const DEFLATE = { level: 1 };

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

export async function encodeFrame(entries: readonly JournalEntry[]): Promise<Buffer> {
  const content = await deflate(Buffer.from(JSON.stringify(entries), "utf8"), DEFLATE);
  const header = Buffer.alloc(FRAME_HEADER_BYTES);
  let at = MAGIC.copy(header);
  at = header.writeUInt32BE(content.length, at);
  at = header.writeUInt32BE(crc32(content), at);
  header.writeUInt32BE(crc32(header.subarray(0, at)), at);
  return Buffer.concat([header, content]);
}

export type FrameHeader = { readonly contentBytes: number; readonly contentChecksum: number };

/** Undefined where it is no header of ours. */
export function decodeFrameHeader(header: Buffer): FrameHeader | undefined {
  const checked = FRAME_HEADER_BYTES - 4;
  if (header.length !== FRAME_HEADER_BYTES) return undefined;
  if (!header.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  if (crc32(header.subarray(0, checked)) !== header.readUInt32BE(checked)) return undefined;
  const contentBytes = header.readUInt32BE(MAGIC.length);
  const contentChecksum = header.readUInt32BE(MAGIC.length + 4);
  return contentBytes > MAX_FRAME_BYTES ? undefined : { contentBytes, contentChecksum };
}

/** Undefined where it is not as it was written. */
export async function decodeFrameContent(
  content: Buffer,
  { contentChecksum }: FrameHeader,
): Promise<JournalEntry[] | undefined> {
  if (crc32(content) !== contentChecksum) return undefined;
  try {
    const inflated = await inflate(content, { maxOutputLength: MAX_FRAME_BYTES * 4 });
    const entries: unknown = JSON.parse(inflated.toString("utf8"));
    return Array.isArray(entries) && entries.every(isEntry) ? entries : undefined;
  } catch {
    // Neither inflates nor parses: whatever wrote it, it was not this layout.
    return undefined;
  }
}

function isEntry(value: unknown): value is JournalEntry {
  if (typeof value !== "object" || value === null) return false;
  const entry = value as Readonly<Record<string, unknown>>;
  if (typeof entry["name"] !== "string") return false;
  switch (entry["kind"]) {
    case "removed":
      return true;
    case "refreshed":
      return isMetadata(entry["metadata"]);
    case "stored":
      return (
        isMetadata(entry["metadata"]) &&
        isCount(entry["sizeBytes"]) &&
        isCount(entry["bodyBytes"]) &&
        isCount(entry["bodyChecksum"]) &&
        entry["bodyBytes"] < entry["sizeBytes"]
      );
    default:
      return false;
  }
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
