/** Gives a segment a certain size with a box before it that players skip (ISO/IEC 14496-12 §8.1.2). */

const HEADER_BYTES = 8;

/** One that is as large already, or too little smaller for a box, is left as it is. */
export function weighDown(segment: Uint8Array, sizeBytes: number): Uint8Array {
  const ballastBytes = sizeBytes - segment.length;
  if (ballastBytes < HEADER_BYTES) return segment;
  const weighed = new Uint8Array(sizeBytes);
  new DataView(weighed.buffer).setUint32(0, ballastBytes);
  weighed.set(FREE, 4);
  weighed.set(segment, ballastBytes);
  return weighed;
}

const FREE = Uint8Array.from("free", (letter) => letter.charCodeAt(0));
