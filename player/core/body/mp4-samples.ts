/**
 * Do the samples that a fragmented MP4 announces lie where it says, and is each what it says?
 *
 * Without a digest this is what tells damaged bytes from sound ones before the decoder does: the runs
 * of every `moof` must fill its `mdat` (ISO/IEC 14496-12 §8.8), and the NAL units of AVC and HEVC must
 * tile each sample exactly (ISO/IEC 14496-15 §4.3.3). It reads lengths and no pictures, so it costs
 * little, and sees no damage within a unit.
 */
import { type Box, tileInside } from "./mp4-boxes.ts";

export type Track = {
  /** Size of a sample where the fragment gives none. */
  readonly sampleBytes: number;
  /** How many bytes tell a NAL unit's length; undefined where samples are no NAL units in the clear. */
  readonly nalLengthBytes: number | undefined;
};

/** By track id. */
export type Tracks = ReadonlyMap<number, Track>;

/** Samples that lie one after the other. */
type Run = {
  readonly start: number;
  readonly sampleCount: number;
  readonly sampleBytes: (sample: number) => number;
  readonly nalLengthBytes: number | undefined;
};

type Fragment = {
  readonly nalLengthBytes: number | undefined;
  readonly sampleBytes: number | undefined;
  /** What the offsets of its runs count from; undefined where that is not in these bytes. */
  readonly base: number | undefined;
};

/** Visual sample entries have so many bytes before their boxes. */
const VISUAL_ENTRY_BYTES = 78;
const CONFIGURATIONS: Readonly<Record<string, number>> = { avcC: 4, hvcC: 21 };
const AVC_AND_HEVC = ["avc1", "avc3", "hvc1", "hev1", "dvh1", "dvhe", "dva1", "dvav"];

/** What an initialization segment says of its tracks; undefined if it is damaged. */
export function readTracks(view: DataView, boxes: readonly Box[]): Tracks | undefined {
  const movie = boxes.find(({ type }) => type === "moov");
  const parts = movie && tileInside(view, movie);
  if (parts === undefined) return undefined;
  const sampleBytes = new Map<number, number>();
  for (const { bodyStart, end } of inside(view, parts, "mvex").filter(isOf("trex"))) {
    if (end - bodyStart < 20) return undefined;
    sampleBytes.set(view.getUint32(bodyStart + 4), view.getUint32(bodyStart + 16));
  }
  const tracks = new Map<number, Track>();
  for (const track of parts.filter(isOf("trak"))) {
    const id = trackIdOf(view, track);
    if (id === undefined) return undefined;
    const nalLengthBytes = nalLengthBytesOf(view, track);
    tracks.set(id, { sampleBytes: sampleBytes.get(id) ?? 0, nalLengthBytes });
  }
  return tracks;
}

/**
 * Whether all samples lie in an `mdat`, fill it, and are tiled by their NAL units. What cannot be told
 * without an initialization segment is taken to be right.
 *
 * @param boxes of the whole segment.
 */
export function samplesFit(
  view: DataView,
  boxes: readonly Box[],
  tracks: Tracks | undefined,
): boolean {
  const stores = boxes.filter(isOf("mdat"));
  let unclaimedBytes = stores.reduce((sum, { bodyStart, end }) => sum + end - bodyStart, 0);
  for (const run of runsOf(view, boxes, tracks)) {
    if (run === "damaged") return false;
    if (run === "unknown") return true;
    const end = endOfRun(view, run, stores);
    if (end === undefined) return false;
    unclaimedBytes -= end - run.start;
  }
  return unclaimedBytes === 0;
}

function* runsOf(
  view: DataView,
  boxes: readonly Box[],
  tracks: Tracks | undefined,
): Generator<Run | "damaged" | "unknown"> {
  for (const moof of boxes.filter(isOf("moof"))) {
    // The first track fragment counts from its moof, the next from where the one before ended.
    let previousEnd: number | undefined = moof.start;
    for (const traf of (tileInside(view, moof) ?? []).filter(isOf("traf"))) {
      const parts = tileInside(view, traf) ?? [];
      const header = parts.find(isOf("tfhd"));
      const fragment = header && readFragment(view, header, tracks, { moof, previousEnd });
      if (fragment === undefined) return yield "damaged";
      previousEnd = undefined;
      for (const box of parts.filter(isOf("trun"))) {
        const run = readRun(view, box, fragment, previousEnd);
        yield run;
        if (typeof run === "string") return;
        previousEnd = run.start + totalBytes(run);
      }
    }
  }
}

/** Of a run that lies in its `mdat`, so that there are not too many samples to count. */
function totalBytes({ sampleCount, sampleBytes }: Run): number {
  let sum = 0;
  for (let sample = 0; sample < sampleCount; sample += 1) sum += sampleBytes(sample);
  return sum;
}

/** Where the run ends; undefined if it leaves its `mdat`, or a sample is not what it should be. */
function endOfRun(
  view: DataView,
  { start, sampleCount, sampleBytes, nalLengthBytes }: Run,
  stores: readonly Box[],
): number | undefined {
  const store = stores.find(({ bodyStart, end }) => bodyStart <= start && start <= end);
  if (store === undefined) return undefined;
  let at = start;
  for (let sample = 0; sample < sampleCount; sample += 1) {
    const end = at + sampleBytes(sample);
    if (end > store.end) return undefined;
    if (nalLengthBytes !== undefined && !nalUnitsTile(view, at, end, nalLengthBytes)) {
      return undefined;
    }
    at = end;
  }
  return at;
}

function nalUnitsTile(view: DataView, start: number, end: number, lengthBytes: number): boolean {
  for (let at = start; at < end; ) {
    if (end - at <= lengthBytes) return false;
    let length = 0;
    for (let byte = 0; byte < lengthBytes; byte += 1)
      length = length * 256 + view.getUint8(at + byte);
    at += lengthBytes;
    // The first bit of every unit is zero (forbidden_zero_bit).
    if (length === 0 || length > end - at || view.getUint8(at) >= 0x80) return false;
    at += length;
  }
  return true;
}

function readFragment(
  view: DataView,
  { bodyStart, end }: Box,
  tracks: Tracks | undefined,
  place: { readonly moof: Box; readonly previousEnd: number | undefined },
): Fragment | undefined {
  if (end - bodyStart < 8) return undefined;
  const flags = view.getUint32(bodyStart) & 0xffffff;
  const track = tracks?.get(view.getUint32(bodyStart + 4));
  // Base data offset, description index, default duration; then the default size.
  const sizeAt = bodyStart + 8 + bytesFor(flags, [0x1, 0x1, 0x2, 0x8]);
  const hasSize = (flags & 0x10) !== 0;
  if (hasSize && sizeAt + 4 > end) return undefined;
  const countsFromMoof = (flags & 0x20000) !== 0;
  // An explicit base counts from the start of a file that need not be ours.
  const base = flags & 0x1 ? undefined : countsFromMoof ? place.moof.start : place.previousEnd;
  return {
    base,
    sampleBytes: hasSize ? view.getUint32(sizeAt) : track?.sampleBytes,
    nalLengthBytes: track?.nalLengthBytes,
  };
}

function readRun(
  view: DataView,
  { bodyStart, end }: Box,
  { base, sampleBytes: defaultBytes, nalLengthBytes }: Fragment,
  previousEnd: number | undefined,
): Run | "damaged" | "unknown" {
  if (end - bodyStart < 8) return "damaged";
  const flags = view.getUint32(bodyStart) & 0xffffff;
  const sampleCount = view.getUint32(bodyStart + 4);
  const firstAt = bodyStart + 8 + bytesFor(flags, [0x1, 0x4]);
  const entryBytes = bytesFor(flags, [0x100, 0x200, 0x400, 0x800]);
  if (firstAt + sampleCount * entryBytes !== end) return "damaged";
  const hasOffset = (flags & 0x1) !== 0;
  if (hasOffset && base === undefined) return "unknown";
  const start = hasOffset ? (base ?? 0) + view.getInt32(bodyStart + 8) : previousEnd;
  if (start === undefined) return "unknown";
  if (flags & 0x200) {
    const sizeAt = firstAt + bytesFor(flags, [0x100]);
    const sampleBytes = (sample: number) => view.getUint32(sizeAt + sample * entryBytes);
    return { start, sampleCount, sampleBytes, nalLengthBytes };
  }
  if (defaultBytes === undefined) return "unknown";
  // Four thousand million samples of no bytes must not be counted one by one.
  const count = defaultBytes === 0 ? 0 : sampleCount;
  return { start, sampleCount: count, sampleBytes: () => defaultBytes, nalLengthBytes };
}

function bytesFor(flags: number, fields: readonly number[]): number {
  return fields.reduce((sum, field) => sum + (flags & field ? 4 : 0), 0);
}

function trackIdOf(view: DataView, track: Box): number | undefined {
  const header = tileInside(view, track)?.find(isOf("tkhd"));
  if (header === undefined || header.end - header.bodyStart < 24) return undefined;
  return view.getUint32(header.bodyStart + (view.getUint8(header.bodyStart) === 1 ? 20 : 12));
}

/** Undefined where several descriptions differ, or one is encrypted: its units may not be readable. */
function nalLengthBytesOf(view: DataView, track: Box): number | undefined {
  let boxes: readonly Box[] = [track];
  for (const type of ["trak", "mdia", "minf", "stbl"]) boxes = inside(view, boxes, type);
  const descriptions = boxes.find(isOf("stsd"));
  const entries = (descriptions && tileInside(view, descriptions, 8)) ?? [];
  const lengths = new Set(entries.map((entry) => nalLengthBytesOfEntry(view, entry)));
  return lengths.size === 1 ? [...lengths][0] : undefined;
}

function nalLengthBytesOfEntry(view: DataView, entry: Box): number | undefined {
  if (!AVC_AND_HEVC.includes(entry.type)) return undefined;
  for (const { type, bodyStart, end } of tileInside(view, entry, VISUAL_ENTRY_BYTES) ?? []) {
    const at = bodyStart + (CONFIGURATIONS[type] ?? Number.POSITIVE_INFINITY);
    if (at < end) return (view.getUint8(at) & 3) + 1;
  }
  return undefined;
}

/** The parts of the first box of that type; none if it is missing or damaged. */
function inside(view: DataView, boxes: readonly Box[], type: string): readonly Box[] {
  const box = boxes.find(isOf(type));
  return (box && tileInside(view, box)) ?? [];
}

const isOf = (type: string) => (box: Box) => box.type === type;
