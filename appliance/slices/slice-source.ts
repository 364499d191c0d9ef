/** Where the bytes of one slice come from: RAM, a file of the disk tier, or a fetch under way. */
import { FillBroken, type FillFailure } from "../fill/fill-failure.ts";
import type { FillReader } from "../fill/fill-reader.ts";
import type { FileObject, MemoryObject } from "../store/cache-store.ts";

/** Offsets are those of the slice, not of the whole object. */
export type SliceSource = {
  /**
   * The bytes from `offset` that are here, and not those from `end` on.
   *
   * @throws FillBroken
   */
  read(offset: number, end: number): Promise<Buffer>;
  close(): void;
};

export function sourceInMemory({ bytes }: MemoryObject, pieceBytes: number): SliceSource {
  return {
    read: async (offset, end) => bytes.subarray(offset, Math.min(end, offset + pieceBytes)),
    close: () => {},
  };
}

export function sourceInFile(object: FileObject): SliceSource {
  let pieces: AsyncGenerator<Buffer, void> | undefined;
  return {
    read: async (offset, end) => {
      // It is read forwards, by one reader, so that one run through the file is enough.
      pieces ??= object.read(offset, end - 1);
      const { value } = await pieces.next();
      if (value === undefined) throw new FillBroken(CUT_SHORT);
      return value;
    },
    close: () => object.release(),
  };
}

/** @param key of the slice that it should be: who explored an object may have found another version. */
export function sourceInFill(reader: FillReader, key: string): SliceSource {
  return {
    read: async (offset, end) => {
      const { plan, metadata } = await reader.head();
      if (plan.action === "share") throw new FillBroken(ORIGIN_ERROR);
      if (plan.action !== "store") throw new FillBroken(wrongSlice(plan.reason));
      if (metadata.key !== key) throw new FillBroken(wrongSlice("another-version"));
      reader.cursor = offset;
      const piece = await reader.next(end);
      if (piece === undefined) throw new FillBroken(CUT_SHORT);
      return piece;
    },
    close: () => reader.leave(),
  };
}

function wrongSlice(reason: string): FillFailure {
  return { source: "origin", kind: "wrong-slice", reason };
}

const ORIGIN_ERROR: FillFailure = {
  source: "origin",
  kind: "broken",
  reason: "an error in place of a slice",
};

const CUT_SHORT: FillFailure = {
  source: "edge",
  kind: "wrong-length",
  reason: "a slice is shorter than it should be",
};
