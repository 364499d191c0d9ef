/**
 * Reads a trace as libCacheSim does: a CSV of time in seconds, object and size in bytes, with a header
 * or without. A header may name the columns in another order; other columns are passed over.
 *
 * An object keeps the size with which it first came, and one without size counts as a byte, because an
 * index holds whole bytes. Keys that look like segments are taken for segments, as in an appliance.
 */
import { createReadStream } from "node:fs";
import { BenchError } from "../errors.ts";
import { type Trace, TraceBuilder } from "./trace.ts";

export type TraceLimits = {
  readonly maxRequests: number;
  readonly maxObjects: number;
  readonly maxLineLength: number;
};

export const TRACE_LIMITS: TraceLimits = {
  maxRequests: 10_000_000,
  maxObjects: 5_000_000,
  maxLineLength: 4_096,
};

const COLUMN_NAMES = {
  time: ["time", "timestamp", "ts", "clock_time"],
  object: ["obj_id", "object", "object_id", "id", "key"],
  size: ["obj_size", "size", "object_size", "bytes"],
} as const;

type Columns = { readonly time: number; readonly object: number; readonly size: number };

const WITHOUT_HEADER: Columns = { time: 0, object: 1, size: 2 };

/** @throws {BenchError} in one line, where the file is not there or is no such trace. */
export async function readTrace(file: string, limits: TraceLimits = TRACE_LIMITS): Promise<Trace> {
  try {
    return await parseTrace(createReadStream(file, "utf8"), limits);
  } catch (error) {
    if (error instanceof BenchError) throw new BenchError(`--trace ${file}: ${error.message}`);
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new BenchError(`--trace: ${file} cannot be read (${code}).`);
  }
}

/** @throws {BenchError} that names the line. */
export async function parseTrace(
  pieces: AsyncIterable<string>,
  limits: TraceLimits,
): Promise<Trace> {
  const builder = new TraceBuilder();
  let columns: Columns | undefined;
  let firstSeconds: number | undefined;
  for await (const { text, number } of splitLines(pieces, limits)) {
    const fields = text.split(",").map((field) => field.trim());
    if (columns === undefined) {
      columns = findColumns(fields);
      if (columns !== WITHOUT_HEADER) continue;
    }
    const { seconds, object, sizeBytes } = readRow(fields, columns, number);
    firstSeconds ??= seconds;
    builder.ask((seconds - firstSeconds) * 1_000, builder.objectIndex(object, sizeBytes));
    if (builder.requests > limits.maxRequests || builder.objects > limits.maxObjects) {
      throw new BenchError(
        `more than ${limits.maxRequests} requests or ${limits.maxObjects} objects do not fit.`,
      );
    }
  }
  if (builder.requests === 0) throw new BenchError("there is no request in it.");
  return builder.build();
}

function findColumns(fields: readonly string[]): Columns {
  const names = fields.map((field) => field.toLowerCase());
  const find = (known: readonly string[]) => names.findIndex((name) => known.includes(name));
  const time = find(COLUMN_NAMES.time);
  const object = find(COLUMN_NAMES.object);
  const size = find(COLUMN_NAMES.size);
  return time === -1 || object === -1 || size === -1 ? WITHOUT_HEADER : { time, object, size };
}

function readRow(fields: readonly string[], columns: Columns, line: number) {
  const object = fields[columns.object] ?? "";
  const seconds = readNumber(fields[columns.time]);
  const sizeBytes = readNumber(fields[columns.size]);
  if (seconds === undefined || sizeBytes === undefined || object === "") {
    throw new BenchError(`line ${line} is not "time in seconds, object, size in bytes".`);
  }
  return { seconds, object, sizeBytes: Math.max(1, Math.round(sizeBytes)) };
}

function readNumber(field: string | undefined): number | undefined {
  if (field === undefined || field === "") return undefined;
  const value = Number(field);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** Lines that say nothing are left out. */
async function* splitLines(pieces: AsyncIterable<string>, { maxLineLength }: TraceLimits) {
  let rest = "";
  let number = 0;
  for await (const piece of pieces) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      number += 1;
      const text = line.trim();
      if (text !== "") yield { text, number };
    }
    if (rest.length > maxLineLength) {
      throw new BenchError(`line ${number + 1} is longer than ${maxLineLength} characters.`);
    }
  }
  const text = rest.trim();
  if (text !== "") yield { text, number: number + 1 };
}
