/**
 * Reads the clock of a track out of its files: ticks a second from the init section, and from a segment
 * the tick at which it begins (ISO/IEC 14496-12 §8.4.2 and §8.8.12).
 *
 * Playlists round their lengths, by up to half a millisecond a segment in the common form: over a
 * film that adds up to a second. The boxes say it exactly. Only the head of a file is needed, so a
 * box may go on beyond the end of what was read.
 */
type Span = { readonly first: number; readonly end: number };

const HEADER_BYTES = 8;

/** Undefined for bytes that are no init section of exactly one track. */
export function readTimescale(init: Uint8Array): number | undefined {
  const view = viewOf(init);
  const tracks = spansAt(view, wholeOf(view), ["moov", "trak"]);
  const [header] = spansAt(view, wholeOf(view), ["moov", "trak", "mdia", "mdhd"]);
  if (header === undefined || tracks.length !== 1 || header.end - header.first < 24)
    return undefined;
  const timescale = view.getUint32(header.first + (view.getUint8(header.first) === 1 ? 20 : 12));
  return timescale === 0 ? undefined : timescale;
}

/** @param head of the segment, as far as its first `tfdt`. Undefined where there is none. */
export function readDecodeTime(head: Uint8Array): number | undefined {
  const view = viewOf(head);
  const [box] = spansAt(view, wholeOf(view), ["moof", "traf", "tfdt"]);
  if (box === undefined || box.end - box.first < 8) return undefined;
  if (view.getUint8(box.first) !== 1) return view.getUint32(box.first + 4);
  if (box.end - box.first < 12) return undefined;
  const ticks = Number(view.getBigUint64(box.first + 4));
  return Number.isSafeInteger(ticks) ? ticks : undefined;
}

/** What lies within every box at the end of a path. */
function spansAt(view: DataView, within: Span, [type, ...rest]: readonly string[]): Span[] {
  const found: Span[] = [];
  for (let at = within.first; at + HEADER_BYTES <= within.end; ) {
    const sizeBytes = view.getUint32(at);
    // 0 and 1 announce sizes of another kind, which no box on the way has.
    if (sizeBytes < HEADER_BYTES) break;
    const inside = { first: at + HEADER_BYTES, end: Math.min(at + sizeBytes, within.end) };
    if (typeAt(view, at) === type) {
      found.push(...(rest.length === 0 ? [inside] : spansAt(view, inside, rest)));
    }
    at += sizeBytes;
  }
  return found;
}

function typeAt(view: DataView, at: number): string {
  return String.fromCharCode(...[4, 5, 6, 7].map((offset) => view.getUint8(at + offset)));
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function wholeOf({ byteLength }: DataView): Span {
  return { first: 0, end: byteLength };
}
