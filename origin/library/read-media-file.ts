/** Reads a part of a file of the library, if the file is still what was announced. */
import type { FileHandle } from "node:fs/promises";
import type { Readable } from "node:stream";
import { type ByteRange, lengthOf } from "../../kernel/byte-range.ts";
import { FileChanged } from "../errors.ts";
import { type MediaFile, openUnchanged } from "./media-file.ts";

/** Up to here one read and one write, which costs far less than a stream of small pieces. */
const WHOLE_READ_BYTES = 2 * 1024 * 1024;
const PIECE_BYTES = 512 * 1024;

export async function readMediaFile(file: MediaFile, range: ByteRange): Promise<Buffer | Readable> {
  const handle = await openUnchanged(file);
  if (handle === undefined) throw new FileChanged(file.path.split("/").pop());
  // A stream of a handle closes it at its end, also when the client leaves early.
  if (lengthOf(range) > WHOLE_READ_BYTES) {
    return handle.createReadStream({
      start: range.first,
      end: range.last,
      highWaterMark: PIECE_BYTES,
    });
  }
  try {
    return await readExactly(handle, range, file);
  } finally {
    await handle.close();
  }
}

/** The first bytes of a file, or all of them if there are no more. */
export async function readHead(file: MediaFile, maxBytes: number): Promise<Buffer> {
  const handle = await openUnchanged(file);
  if (handle === undefined) throw new FileChanged(file.path.split("/").pop());
  try {
    const last = Math.min(file.sizeBytes, maxBytes) - 1;
    return await readExactly(handle, { first: 0, last }, file);
  } finally {
    await handle.close();
  }
}

async function readExactly(handle: FileHandle, range: ByteRange, file: MediaFile): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(lengthOf(range));
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(
      bytes,
      filled,
      bytes.length - filled,
      range.first + filled,
    );
    // It shrank after it was opened.
    if (bytesRead === 0) throw new FileChanged(file.path.split("/").pop());
    filled += bytesRead;
  }
  return bytes;
}
