/**
 * Finds the boxes of an MP4 body (ISO/IEC 14496-12 §4.2), and sees whether they fill it exactly.
 *
 * Any bytes may come: nothing here throws, and each step moves on by at least one box's head.
 */
export type Box = {
  readonly type: string;
  readonly start: number;
  /** Where its head ends. */
  readonly bodyStart: number;
  readonly end: number;
};

const HEAD_BYTES = 8;
const LARGE_HEAD_BYTES = 16;
/** Every type that is registered is printable ASCII. */
const TYPE = /^[ -~]{4}$/;

/** How names of MP4 files, segments and CMAF tracks end. */
export const MP4_ENDINGS: readonly string[] = ["m4s", "mp4", "m4v", "m4a", "cmfv", "cmfa", "cmft"];

/** What the name ends in, in lower case; "" where it has no ending. */
export function endingOf(url: string): string {
  return /\.(\w+)$/.exec(new URL(url).pathname)?.[1]?.toLowerCase() ?? "";
}

export const isNamedMp4 = (url: string): boolean => MP4_ENDINGS.includes(endingOf(url));

/** The boxes from `start` to `end`; undefined if they do not fill it exactly. */
export function tileBoxes(view: DataView, start: number, end: number): readonly Box[] | undefined {
  const boxes: Box[] = [];
  for (let at = start; at < end; ) {
    const box = readBox(view, at, end);
    if (box === undefined) return undefined;
    boxes.push(box);
    at = box.end;
  }
  return boxes;
}

/** What `box` consists of, after `skipBytes` of its own fields; undefined if that does not fill it. */
export function tileInside(view: DataView, box: Box, skipBytes = 0): readonly Box[] | undefined {
  const start = box.bodyStart + skipBytes;
  return start > box.end ? undefined : tileBoxes(view, start, box.end);
}

export function typeAt(view: DataView, at: number): string {
  if (at + 4 > view.byteLength) return "";
  return String.fromCharCode(...[0, 1, 2, 3].map((offset) => view.getUint8(at + offset)));
}

function readBox(view: DataView, start: number, limit: number): Box | undefined {
  if (limit - start < HEAD_BYTES) return undefined;
  const type = typeAt(view, start + 4);
  const shortSize = view.getUint32(start);
  const isLarge = shortSize === 1;
  if (!TYPE.test(type) || (isLarge && limit - start < LARGE_HEAD_BYTES)) return undefined;
  const headBytes = isLarge ? LARGE_HEAD_BYTES : HEAD_BYTES;
  // 0 means: to the end.
  const size = isLarge ? Number(view.getBigUint64(start + 8)) : shortSize || limit - start;
  if (size < headBytes || size > limit - start) return undefined;
  return { type, start, bodyStart: start + headBytes, end: start + size };
}
