/**
 * Can these bytes be the media that they are meant to be?
 *
 * An error page that says 200 never can. An MP4's boxes must fill it exactly and hold what an
 * initialization section or a segment consists of; MPEG-TS has its sync byte every 188 bytes. What is
 * of another kind (packed audio, captions, something new) is not judged: only damage that is certain to
 * be damage is worth a second request.
 */
import type { ListedBody } from "./listed-bodies.ts";
import { type Box, isNamedMp4, tileBoxes, typeAt } from "./mp4-boxes.ts";
import { readTracks, samplesFit, type Tracks } from "./mp4-samples.ts";

export type MediaVerdict =
  | { readonly verdict: "sound"; readonly tracks?: Tracks }
  | { readonly verdict: "not-media" | "corrupt" };

const SOUND: MediaVerdict = { verdict: "sound" };
const CORRUPT: MediaVerdict = { verdict: "corrupt" };
const PACKET_BYTES = 188;
const SYNC = 0x47;
/** Players look no further for the first packet (hls.js: `TSDemuxer.syncOffset`). */
const SYNC_WITHIN_BYTES = 1_000;
const BLOCK_BYTES = 16;
const PAGE = /^\uFEFF?\s*<(?:!doctype\s+html|html|head|body|script)\b/i;
const PAGE_WITHIN_BYTES = 256;
/** What an MP4 may begin with. */
const FIRST_BOXES = [..."ftyp styp moov moof sidx ssix prft emsg free skip mdat uuid".split(" ")];

export type Meant = {
  readonly url: string;
  /** What a playlist says of it; undefined where none does. */
  readonly listed: Exclude<ListedBody, { readonly role: "key" }> | undefined;
  /** Of its initialization section; undefined where that is unknown, or no MP4. */
  readonly tracks: Tracks | undefined;
  /** Nothing lists what there is, as an MPD does not, and this is all of a body: its name must do. */
  readonly isKnownByName: boolean;
};

export function inspectMedia(bytes: Uint8Array<ArrayBuffer>, meant: Meant): MediaVerdict {
  if (isPage(bytes)) return { verdict: "not-media" };
  const { listed, tracks } = meant;
  if (listed !== undefined && listed.cipher !== "none") {
    const isWhole = listed.cipher === "stream" || bytes.length % BLOCK_BYTES === 0;
    return isWhole ? SOUND : CORRUPT;
  }
  const view = viewOf(bytes);
  if (isMp4(meant) || FIRST_BOXES.includes(typeAt(view, 4))) {
    return inspectMp4(view, listed, tracks);
  }
  if (listed?.role === "init" && !isOtherInit(bytes)) return CORRUPT;
  if (isStream(meant) || hasSyncAt(bytes, 0)) return inspectTransportStream(bytes);
  return SOUND;
}

/** Whether the first bytes of a body tell already that it cannot be what it is meant to be. */
export function beginsWrong(bytes: Uint8Array<ArrayBuffer>, meant: Meant): boolean {
  if (isPage(bytes)) return true;
  const { listed } = meant;
  if (listed !== undefined && listed.cipher !== "none") return false;
  if (isMp4(meant)) return !FIRST_BOXES.includes(typeAt(viewOf(bytes), 4));
  return isStream(meant) && inspectTransportStream(bytes).verdict === "corrupt";
}

export function isPage(bytes: Uint8Array): boolean {
  return PAGE.test(String.fromCharCode(...bytes.subarray(0, PAGE_WITHIN_BYTES)));
}

function viewOf(bytes: Uint8Array<ArrayBuffer>): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function isMp4({ url, tracks, isKnownByName }: Meant): boolean {
  return tracks !== undefined || (isKnownByName && isNamedMp4(url));
}

function isStream({ url, listed }: Meant): boolean {
  return /\.ts$/i.test(new URL(url).pathname) && listed?.role === "segment";
}

function inspectMp4(
  view: DataView,
  listed: Meant["listed"],
  tracks: Tracks | undefined,
): MediaVerdict {
  if (listed?.role === "segment" && listed.isPart) return SOUND;
  const boxes = tileBoxes(view, 0, view.byteLength);
  if (boxes === undefined) return CORRUPT;
  const has = (type: string) => boxes.some((box: Box) => box.type === type);
  if (listed?.role === "init") {
    const read = readTracks(view, boxes);
    return read === undefined ? CORRUPT : { verdict: "sound", tracks: read };
  }
  // A segment may bring its own initialization (self-initializing) or a progressive file's index.
  if (listed?.role === "segment" && !(has("moof") && has("mdat"))) return CORRUPT;
  return has("moof") && !samplesFit(view, boxes, tracks) ? CORRUPT : SOUND;
}

/** Packets with their tables, or the header of captions. */
function isOtherInit(bytes: Uint8Array): boolean {
  return (
    hasSyncAt(bytes, 0) || /^\uFEFF?WEBVTT/.test(new TextDecoder().decode(bytes.subarray(0, 9)))
  );
}

/** What follows the last whole packet is not judged: players leave it out. */
function inspectTransportStream(bytes: Uint8Array): MediaVerdict {
  let at = 0;
  while (!hasSyncAt(bytes, at)) {
    at += 1;
    if (at >= Math.min(SYNC_WITHIN_BYTES, bytes.length)) return CORRUPT;
  }
  for (; at + PACKET_BYTES <= bytes.length; at += PACKET_BYTES) {
    if (bytes[at] !== SYNC) return CORRUPT;
  }
  return SOUND;
}

/** Three packets in a row, or as many as there are: one sync byte proves nothing. */
function hasSyncAt(bytes: Uint8Array, at: number): boolean {
  return (
    at + PACKET_BYTES <= bytes.length &&
    [0, 1, 2].every((packet) => {
      const place = at + packet * PACKET_BYTES;
      return place >= bytes.length || bytes[place] === SYNC;
    })
  );
}
