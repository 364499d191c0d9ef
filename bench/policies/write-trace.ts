/**
 * Writes a trace so that libCacheSim reads it, and we do: `time,obj_id,obj_size` with a header.
 *
 * `cachesim FILE csv lru,sieve,s3fifo 5% -t "time-col=1,obj-id-col=2,obj-size-col=3,has-header=true,
 * obj-id-is-num=false"` replays it there.
 */
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { BenchError } from "../errors.ts";
import type { Trace } from "./trace.ts";

const ROWS_A_PIECE = 10_000;

/** @throws {BenchError} where the file cannot be written. */
export async function writeTrace(trace: Trace, file: string): Promise<void> {
  try {
    await pipeline(Readable.from(formatTrace(trace)), createWriteStream(file));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new BenchError(`--write-trace: ${file} cannot be written (${code}).`);
  }
}

export function* formatTrace({ objects, asked, timesMs }: Trace): Generator<string> {
  let piece = "time,obj_id,obj_size\n";
  for (const [row, index] of asked.entries()) {
    const object = objects[index];
    if (object === undefined) continue;
    // A comma in a path would be a column.
    const name = object.key.replaceAll(",", "%2C");
    piece += `${((timesMs[row] ?? 0) / 1_000).toFixed(3)},${name},${object.sizeBytes}\n`;
    if ((row + 1) % ROWS_A_PIECE !== 0) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}

/** `night.csv` for the workload `mixed` is `night-mixed.csv`. */
export function nameTraceFile(file: string, workload: string): string {
  const dotAt = file.lastIndexOf(".");
  const stemEnd = dotAt > file.lastIndexOf("/") + 1 ? dotAt : file.length;
  return `${file.slice(0, stemEnd)}-${workload}${file.slice(stemEnd)}`;
}
