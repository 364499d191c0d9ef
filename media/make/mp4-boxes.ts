/**
 * Reads the few boxes of a fragmented MP4 (ISO/IEC 14496-12) that playlists and tests depend on.
 */
export type Box = { readonly type: string; readonly payload: Buffer };

/** All boxes at the end of a path, as in `boxesAt(file, "moof", "traf", "trun")`. */
export function boxesAt(bytes: Buffer, ...path: readonly string[]): Buffer[] {
  const [type, ...rest] = path;
  const found = readBoxes(bytes).filter((box) => box.type === type);
  if (rest.length === 0) return found.map(({ payload }) => payload);
  return found.flatMap(({ payload }) => boxesAt(payload, ...rest));
}

/** The codec as CODECS names it (RFC 6381): `avc1.64001f` or `mp4a.40.2`. */
export function codecOf(init: Buffer): string {
  const [description] = boxesAt(init, "moov", "trak", "mdia", "minf", "stbl", "stsd");
  const [entry] = description === undefined ? [] : readBoxes(description.subarray(8));
  if (entry?.type === "avc1") {
    const [configuration] = boxesAt(entry.payload.subarray(78), "avcC");
    return `avc1.${configuration?.subarray(1, 4).toString("hex")}`;
  }
  if (entry?.type === "mp4a") {
    const [streamDescriptor] = boxesAt(entry.payload.subarray(28), "esds");
    return `mp4a.40.${audioObjectType(streamDescriptor ?? Buffer.alloc(0))}`;
  }
  throw new TypeError(`No codec is known for sample entry ${entry?.type}`);
}

export function timescaleOf(init: Buffer): number {
  const header = only(boxesAt(init, "moov", "trak", "mdia", "mdhd"));
  return header.readUInt32BE(header[0] === 1 ? 20 : 12);
}

/** Pixels as coded in the sample entry. */
export function pictureSizeOf(init: Buffer): { readonly width: number; readonly height: number } {
  const entry = only(
    boxesAt(
      only(boxesAt(init, "moov", "trak", "mdia", "minf", "stbl", "stsd")).subarray(8),
      "avc1",
    ),
  );
  return { width: entry.readUInt16BE(24), height: entry.readUInt16BE(26) };
}

/** When the segment's first sample is decoded, in the track's timescale (tfdt). */
export function decodeTimeOf(segment: Buffer): number {
  const time = boxesAt(segment, "moof", "traf", "tfdt")[0] ?? Buffer.alloc(0);
  return time[0] === 1 ? Number(time.readBigUInt64BE(4)) : time.readUInt32BE(4);
}

/** How long the segment's samples last together, in the track's timescale (trun, else tfhd). */
export function durationOf(segment: Buffer): number {
  let sum = 0;
  for (const fragment of boxesAt(segment, "moof", "traf")) {
    const defaultDuration = defaultSampleDuration(only(boxesAt(fragment, "tfhd")));
    for (const run of boxesAt(fragment, "trun")) sum += durationOfRun(run, defaultDuration);
  }
  return sum;
}

/** True if any sample is shown at another time than it is decoded, as B-frames are. */
export function hasCompositionOffsets(segment: Buffer): boolean {
  return boxesAt(segment, "moof", "traf", "trun").some(
    (run) => (run.readUInt32BE(0) & 0x800) !== 0,
  );
}

function readBoxes(bytes: Buffer): Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    if (size < 8 || at + size > bytes.length)
      throw new RangeError(
        `Cannot read box at byte ${at}: size ${size} of ${bytes.length - at} left`,
      );
    boxes.push({
      type: bytes.toString("latin1", at + 4, at + 8),
      payload: bytes.subarray(at + 8, at + size),
    });
    at += size;
  }
  return boxes;
}

function defaultSampleDuration(header: Buffer): number {
  const flags = header.readUInt32BE(0);
  if ((flags & 0x8) === 0) return 0;
  return header.readUInt32BE(8 + (flags & 0x1 ? 8 : 0) + (flags & 0x2 ? 4 : 0));
}

function durationOfRun(run: Buffer, defaultDuration: number): number {
  const flags = run.readUInt32BE(0);
  const samples = run.readUInt32BE(4);
  if ((flags & 0x100) === 0) return samples * defaultDuration;
  const stride = 4 * [0x100, 0x200, 0x400, 0x800].filter((flag) => flags & flag).length;
  const first = 8 + (flags & 0x1 ? 4 : 0) + (flags & 0x4 ? 4 : 0);
  let sum = 0;
  for (let sample = 0; sample < samples; sample += 1)
    sum += run.readUInt32BE(first + sample * stride);
  return sum;
}

/** Walks the descriptors of an esds to the DecoderSpecificInfo (tag 5), whose first five bits are it. */
function audioObjectType(streamDescriptor: Buffer): number {
  for (let at = 4; at + 1 < streamDescriptor.length; ) {
    const tag = streamDescriptor[at];
    at += 1;
    while (((streamDescriptor[at] ?? 0) & 0x80) !== 0) at += 1;
    at += 1;
    if (tag === 5) return (streamDescriptor[at] ?? 0) >> 3;
    at += tag === 3 ? 3 : 13;
  }
  throw new TypeError("The audio description holds no DecoderSpecificInfo");
}

function only(boxes: readonly Buffer[]): Buffer {
  const [box] = boxes;
  if (box === undefined || boxes.length !== 1)
    throw new TypeError(`One box was expected, ${boxes.length} were found`);
  return box;
}
