/** Boxes of ISO/IEC 14496-12, made up for the tests. */
export function box(type: string, ...content: readonly Uint8Array[]): Uint8Array {
  const body = joined([bytesOf(type), ...content]);
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, body.length + size.length);
  return joined([size, body]);
}

/** @param version 1 has 64 bits for the time, 0 has 32. */
export function decodeTimeBox(version: 0 | 1, ticks: bigint): Uint8Array {
  const content = new DataView(new ArrayBuffer(version === 1 ? 12 : 8));
  content.setUint8(0, version);
  if (version === 1) content.setBigUint64(4, ticks);
  else content.setUint32(4, Number(ticks));
  return box("tfdt", new Uint8Array(content.buffer));
}

export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
