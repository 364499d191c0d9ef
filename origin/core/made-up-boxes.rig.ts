/** Init sections and segments made up for tests: the few boxes that say when things begin. */
type TrackClockFacts = { readonly version?: 0 | 1; readonly tracks?: number };

export function boxOf(type: string, ...content: readonly Uint8Array[]): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(8), ...content]);
  bytes.writeUInt32BE(bytes.length);
  bytes.write(type, 4, "latin1");
  return bytes;
}

export function initOf(
  timescale: number,
  { version = 0, tracks = 1 }: TrackClockFacts = {},
): Buffer {
  const header = Buffer.alloc(version === 1 ? 36 : 24);
  header.writeUInt8(version);
  header.writeUInt32BE(timescale, version === 1 ? 20 : 12);
  const track = boxOf("trak", boxOf("tkhd"), boxOf("mdia", boxOf("mdhd", header)));
  return Buffer.concat([
    boxOf("ftyp"),
    boxOf("moov", boxOf("mvhd"), ...Array.from({ length: tracks }, () => track)),
  ]);
}

/** @param samples whatever is to follow. */
export function segmentOf(ticks: number, samples = "", version: 0 | 1 = 1): Buffer {
  const time = Buffer.alloc(version === 1 ? 12 : 8);
  time.writeUInt8(version);
  if (version === 1) time.writeBigUInt64BE(BigInt(ticks), 4);
  else time.writeUInt32BE(ticks, 4);
  return Buffer.concat([
    boxOf("styp"),
    boxOf("moof", boxOf("mfhd"), boxOf("traf", boxOf("tfhd"), boxOf("tfdt", time))),
    boxOf("mdat", Buffer.from(samples)),
  ]);
}
