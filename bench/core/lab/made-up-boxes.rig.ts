/** Boxes of ISO/IEC 14496-12, made up for the tests. */
export function box(type: string, ...content: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, "latin1"), ...content]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(body.length + 4);
  return new Uint8Array(Buffer.concat([size, body]));
}

/** @param version 1 has 64 bits for the time, 0 has 32. */
export function decodeTimeBox(version: 0 | 1, ticks: bigint): Uint8Array {
  const content = Buffer.alloc(version === 1 ? 12 : 8);
  content.writeUInt8(version);
  if (version === 1) content.writeBigUInt64BE(ticks, 4);
  else content.writeUInt32BE(Number(ticks), 4);
  return box("tfdt", content);
}
