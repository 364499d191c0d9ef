/** Bodies of the repository's own titles, and of other containers in miniature, as tests want them. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { tileBoxes } from "./mp4-boxes.ts";
import { readTracks, type Tracks } from "./mp4-samples.ts";

const TITLES = join(import.meta.dirname, "../../../media/titles");

/** As a copy of its own, so that a test may damage it. */
export function titleBody(path: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(TITLES, path)));
}

/** Every file of the titles that the pattern finds, in order. */
export function titlePaths(pattern: string): readonly string[] {
  return globSync(pattern, { cwd: TITLES }).sort();
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function tracksOf(init: Uint8Array): Tracks | undefined {
  return readTracks(viewOf(init), tileBoxes(viewOf(init), 0, init.length) ?? []);
}

export function damagedAt(
  bytes: Uint8Array<ArrayBuffer>,
  place: number,
  mask = 0xff,
): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice();
  copy[place] = (copy[place] ?? 0) ^ mask;
  return copy;
}

export function textBody(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** So many MPEG-TS packets of filling. */
export function transportStream(packets: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(packets * 188).map((_, at) => (at % 188 === 0 ? 0x47 : at % 251));
}
