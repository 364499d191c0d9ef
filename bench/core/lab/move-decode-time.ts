/**
 * Lets a segment begin later: adds to every `tfdt` of its `moof` (ISO/IEC 14496-12 §8.8.12), so that a
 * title can be shown again and again as one stream without a discontinuity.
 */

const HEADER_BYTES = 8;
const PATH = ["moof", "traf"];

/** Changes the bytes it is given. @throws {RangeError} if there is no `tfdt`, or a time does not fit. */
export function moveDecodeTime(segment: Uint8Array, ticks: number): void {
  const view = new DataView(segment.buffer, segment.byteOffset, segment.byteLength);
  if (moveIn(view, { first: 0, end: segment.length, path: PATH }, ticks) === 0) {
    throw new RangeError("Cannot move a segment: it does not say when it begins");
  }
}

type Place = { readonly first: number; readonly end: number; readonly path: readonly string[] };

/** @returns how many were moved. */
function moveIn(view: DataView, { first, end, path }: Place, ticks: number): number {
  const [wanted = "tfdt", ...rest] = path;
  let moved = 0;
  for (let at = first; at + HEADER_BYTES <= end; ) {
    const sizeBytes = view.getUint32(at);
    if (sizeBytes < HEADER_BYTES) break;
    if (typeAt(view, at) === wanted) {
      const inside = { first: at + HEADER_BYTES, end: at + sizeBytes, path: rest };
      if (wanted !== "tfdt") moved += moveIn(view, inside, ticks);
      else {
        addTicks(view, at + HEADER_BYTES, ticks);
        moved += 1;
      }
    }
    at += sizeBytes;
  }
  return moved;
}

function addTicks(view: DataView, at: number, ticks: number): void {
  if (view.getUint8(at) === 1) {
    view.setBigUint64(at + 4, view.getBigUint64(at + 4) + BigInt(ticks));
    return;
  }
  const moved = view.getUint32(at + 4) + ticks;
  if (moved > 0xff_ff_ff_ff) throw new RangeError(`Cannot move a segment to ${moved}`);
  view.setUint32(at + 4, moved);
}

function typeAt(view: DataView, at: number): string {
  return String.fromCharCode(...[4, 5, 6, 7].map((offset) => view.getUint8(at + offset)));
}
