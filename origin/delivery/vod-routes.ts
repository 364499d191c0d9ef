/** `GET /vod/<title>/…`: the files of the titles, and nothing that is not in the library's list. */
import type { FileHandle } from "node:fs/promises";
import type { Readable } from "node:stream";
import type { ServiceApp } from "../../chassis/service-app.ts";
import { type ByteRange, lengthOf } from "../../kernel/byte-range.ts";
import { FileChanged, UnknownPath, UnknownTitle } from "../errors.ts";
import { type MediaFile, openUnchanged } from "../library/media-file.ts";
import type { Library } from "../library/read-library.ts";
import { deliver } from "./deliver.ts";

/** Up to here one read and one write, which costs far less than a stream of small pieces. */
const WHOLE_READ_BYTES = 2 * 1024 * 1024;
const PIECE_BYTES = 512 * 1024;

export function addVodRoutes(app: ServiceApp, library: Library): void {
  const titleIds = new Set(library.titles.map(({ id }) => id));

  app.route<{ Params: { "*": string } }>({
    method: ["GET", "HEAD"],
    url: "/vod/*",
    handler: (request, reply) => {
      const path = request.params["*"];
      const [titleId = ""] = path.split("/");
      if (!titleIds.has(titleId)) throw new UnknownTitle(titleId);
      const file = library.files.get(path);
      if (file === undefined) throw new UnknownPath(titleId, path.slice(titleId.length));
      return deliver(request, reply, {
        ...file,
        ...file.kind,
        read: (range) => readFile(file, range),
      });
    },
  });
}

async function readFile(file: MediaFile, range: ByteRange): Promise<Buffer | Readable> {
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
