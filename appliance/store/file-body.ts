/** Moves bodies between RAM and files in large pieces, and works out their checksums on the way. */
import type { FileHandle } from "node:fs/promises";
import { crc32 } from "node:zlib";
import type { ByteRange } from "../../kernel/byte-range.ts";
import { PIECE_BYTES, readFully, writeFully } from "./file-system.ts";
import type { PieceBudget } from "./piece-budget.ts";

/** Returns the checksum of what it wrote, worked out piece by piece so that nobody waits for long. */
export async function writeBody(file: FileHandle, bytes: Buffer): Promise<number> {
  let checksum = 0;
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const piece = bytes.subarray(at, at + PIECE_BYTES);
    checksum = crc32(piece, checksum);
    await writeFully(file, piece, at);
  }
  return checksum;
}

export async function checksumOfBody(file: FileHandle, sizeBytes: number): Promise<number> {
  let checksum = 0;
  for await (const piece of bodyPieces(file, 0, sizeBytes - 1)) checksum = crc32(piece, checksum);
  return checksum;
}

/**
 * The bytes from `first` to `last`, both inclusive. Each piece is read into a buffer of its own,
 * because the socket may still hold the one before it.
 */
export async function* bodyPieces(
  file: FileHandle,
  first: number,
  last: number,
): AsyncGenerator<Buffer, void> {
  for (let at = first; at <= last; at += PIECE_BYTES) {
    const piece = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, last + 1 - at));
    await readFully(file, piece, at);
    yield piece;
  }
}

/**
 * The same for a client, in pieces as large as the budget allows: each counts until the next one is asked
 * for.
 */
export async function* budgetedPieces(
  file: FileHandle,
  { first, last }: ByteRange,
  budget: PieceBudget,
): AsyncGenerator<Buffer, void> {
  for (let at = first; at <= last; ) {
    const bytes = budget.take(last + 1 - at);
    try {
      const piece = Buffer.allocUnsafeSlow(bytes);
      await readFully(file, piece, at);
      yield piece;
    } finally {
      budget.giveBack(bytes);
    }
    at += bytes;
  }
}
