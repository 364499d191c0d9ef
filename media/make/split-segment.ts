/**
 * Splits a segment into parts, as a low-latency packager would have written it: each with a header and
 * samples of its own, and no sample copied twice (ISO/IEC 14496-12 §8.8).
 */
import { boxesAt, decodeTimeOf } from "./mp4-boxes.ts";

export type Part = { readonly bytes: Buffer; readonly duration: number };

type Sample = { readonly size: number; readonly duration: number; readonly flags: number };

const HAS_DATA_OFFSET = 0x1;
const HAS_FIRST_FLAGS = 0x4;
const HAS_DURATION = 0x100;
const HAS_SIZE = 0x200;
const HAS_FLAGS = 0x400;
const HAS_COMPOSITION_OFFSET = 0x800;
const FULL_RUN = HAS_DATA_OFFSET | HAS_DURATION | HAS_SIZE | HAS_FLAGS;
const BOX_HEADER_BYTES = 8;

/** @param segment one `moof` with one track and one run, as our encoder writes it. */
export function splitSegment(segment: Buffer, count: number): readonly Part[] {
  const [header, others] = boxesAt(segment, "moof", "traf", "tfhd");
  const [run] = boxesAt(segment, "moof", "traf", "trun");
  const [media] = boxesAt(segment, "mdat");
  if (header === undefined || run === undefined || media === undefined || others !== undefined) {
    throw new TypeError("A segment to be split has one fragment with one run");
  }
  const samples = readSamples(header, run);
  const perPart = Math.ceil(samples.length / count);
  let decodeTime = decodeTimeOf(segment);
  let mediaAt = 0;
  const parts: Part[] = [];
  for (let first = 0; first < samples.length; first += perPart) {
    const own = samples.slice(first, first + perPart);
    const duration = own.reduce((sum, sample) => sum + sample.duration, 0);
    const sizeBytes = own.reduce((sum, sample) => sum + sample.size, 0);
    const bytes = media.subarray(mediaAt, mediaAt + sizeBytes);
    parts.push({ bytes: writePart({ header, samples: own, decodeTime, media: bytes }), duration });
    decodeTime += duration;
    mediaAt += sizeBytes;
  }
  return parts;
}

function readSamples(header: Buffer, run: Buffer): readonly Sample[] {
  const defaults = readDefaults(header);
  const flags = run.readUInt32BE(0);
  if ((flags & HAS_COMPOSITION_OFFSET) !== 0) throw new TypeError("There are no B-frames in ours");
  let at = 8 + (flags & HAS_DATA_OFFSET ? 4 : 0);
  const next = () => {
    at += 4;
    return run.readUInt32BE(at - 4);
  };
  const firstFlags = flags & HAS_FIRST_FLAGS ? next() : undefined;
  return Array.from({ length: run.readUInt32BE(4) }, (_, index) => {
    const duration = flags & HAS_DURATION ? next() : defaults.duration;
    const size = flags & HAS_SIZE ? next() : defaults.size;
    const own = flags & HAS_FLAGS ? next() : defaults.flags;
    return { duration, size, flags: index === 0 ? (firstFlags ?? own) : own };
  });
}

/** Of tfhd: base data offset, sample description, default duration, size and flags, each if it is there. */
function readDefaults(header: Buffer): Sample {
  const flags = header.readUInt32BE(0);
  if ((flags & 0x1) !== 0) throw new TypeError("A fragment's data is counted from its own start");
  let at = 8;
  const next = (flag: number) => {
    if ((flags & flag) === 0) return 0;
    at += 4;
    return header.readUInt32BE(at - 4);
  };
  next(0x2);
  return { duration: next(0x8), size: next(0x10), flags: next(0x20) };
}

function writePart({
  header,
  samples,
  decodeTime,
  media,
}: {
  readonly header: Buffer;
  readonly samples: readonly Sample[];
  readonly decodeTime: number;
  readonly media: Buffer;
}): Buffer {
  const time = Buffer.alloc(12);
  time.writeUInt32BE(0x01000000);
  time.writeBigUInt64BE(BigInt(decodeTime), 4);
  const run = Buffer.alloc(12 + samples.length * 12);
  run.writeUInt32BE(FULL_RUN);
  run.writeUInt32BE(samples.length, 4);
  for (const [index, { duration, size, flags }] of samples.entries()) {
    run.writeUInt32BE(duration, 12 + index * 12);
    run.writeUInt32BE(size, 16 + index * 12);
    run.writeUInt32BE(flags, 20 + index * 12);
  }
  const fragment = () =>
    box("moof", [
      box("mfhd", [Buffer.alloc(8)]),
      box("traf", [box("tfhd", [header]), box("tfdt", [time]), box("trun", [run])]),
    ]);
  run.writeUInt32BE(fragment().length + BOX_HEADER_BYTES, 8);
  return Buffer.concat([fragment(), box("mdat", [media])]);
}

function box(type: string, payload: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(BOX_HEADER_BYTES);
  header.writeUInt32BE(BOX_HEADER_BYTES + payload.reduce((sum, { length }) => sum + length, 0));
  header.write(type, 4, "latin1");
  return Buffer.concat([header, ...payload]);
}
