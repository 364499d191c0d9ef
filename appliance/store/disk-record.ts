/**
 * One object as one file: the body, then its metadata, then a footer of fixed length that holds the
 * lengths and checksums of both.
 *
 * The footer comes last, so a file that was cut short, or whose end was never written, has none and
 * is recognised at once; one that was damaged inside is recognised by a checksum.
 */
import { crc32 } from "node:zlib";
import type { StoredMetadata } from "../core/stored-metadata.ts";

export type DiskRecord = {
  readonly metadata: StoredMetadata;
  readonly bodyBytes: number;
  readonly bodyChecksum: number;
};

export type DiskRecordFault =
  | "no-footer"
  | "wrong-length"
  | "metadata-damaged"
  | "metadata-foreign";

export type DiskRecordReading =
  | { readonly ok: true; readonly record: DiskRecord }
  | { readonly ok: false; readonly fault: DiskRecordFault };

/** The last character is the version of this layout. */
const MAGIC = Buffer.from("UNDRSTD4", "latin1");
export const FOOTER_BYTES = MAGIC.length + 6 + 4 + 4 + 4 + 4;
const MAX_METADATA_BYTES = 256 * 1024;

/** What is written after the body. */
export function encodeTail(record: DiskRecord): Buffer {
  const metadata = Buffer.from(JSON.stringify(record.metadata), "utf8");
  const footer = Buffer.alloc(FOOTER_BYTES);
  let at = MAGIC.copy(footer);
  at = footer.writeUIntBE(record.bodyBytes, at, 6);
  at = footer.writeUInt32BE(metadata.length, at);
  at = footer.writeUInt32BE(record.bodyChecksum, at);
  at = footer.writeUInt32BE(crc32(metadata), at);
  footer.writeUInt32BE(crc32(footer.subarray(0, at)), at);
  return Buffer.concat([metadata, footer]);
}

export type Footer = {
  readonly bodyBytes: number;
  readonly metadataBytes: number;
  readonly bodyChecksum: number;
  readonly metadataChecksum: number;
};

export function decodeFooter(bytes: Buffer, fileBytes: number): Footer | DiskRecordFault {
  const checked = FOOTER_BYTES - 4;
  if (bytes.length !== FOOTER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    return "no-footer";
  }
  if (crc32(bytes.subarray(0, checked)) !== bytes.readUInt32BE(checked)) return "no-footer";
  const footer = {
    bodyBytes: bytes.readUIntBE(8, 6),
    metadataBytes: bytes.readUInt32BE(14),
    bodyChecksum: bytes.readUInt32BE(18),
    metadataChecksum: bytes.readUInt32BE(22),
  };
  const isWhole = footer.bodyBytes + footer.metadataBytes + FOOTER_BYTES === fileBytes;
  return isWhole && footer.metadataBytes <= MAX_METADATA_BYTES ? footer : "wrong-length";
}

export function decodeMetadata(bytes: Buffer, footer: Footer): DiskRecordReading {
  if (crc32(bytes) !== footer.metadataChecksum) return { ok: false, fault: "metadata-damaged" };
  const metadata: unknown = JSON.parse(bytes.toString("utf8"));
  // What a checksum vouches for was written by us, but perhaps by another version of us.
  if (!isMetadata(metadata)) return { ok: false, fault: "metadata-foreign" };
  const { bodyBytes, bodyChecksum } = footer;
  return { ok: true, record: { metadata, bodyBytes, bodyChecksum } };
}

/** Whether it has what no answer can do without; the rest is the business of who wrote it. */
export function isMetadata(value: unknown): value is StoredMetadata {
  if (typeof value !== "object" || value === null) return false;
  const metadata = value as Readonly<Record<string, unknown>>;
  const { key, status, fields } = metadata as { key?: unknown; status?: unknown; fields?: unknown };
  return (
    typeof key === "string" &&
    Number.isInteger(status) &&
    typeof fields === "object" &&
    fields !== null &&
    Object.values(fields).every((field) => typeof field === "string") &&
    REQUIRED_NUMBERS.every((name) => Number.isFinite(metadata[name]))
  );
}

const REQUIRED_NUMBERS = ["sizeBytes", "arrivedAtWallMs", "initialAgeMs", "freshForMs"] as const;
