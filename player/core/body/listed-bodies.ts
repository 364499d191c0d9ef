/**
 * What a media playlist says of the bodies that it lists: which are initialization sections, which
 * segments need which of them, which are encrypted as a whole, and how long a key is.
 *
 * A body can be judged only by what it is meant to be: an encrypted segment looks like damage.
 */
import type { ByteRange } from "../../../kernel/byte-range.ts";
import {
  attributeText,
  readAttributes,
  readPlaylistLines,
} from "../../../kernel/playlist-lines.ts";

/** How a body is encrypted as a whole: in blocks of 16 bytes, byte by byte, or not. */
export type Cipher = "none" | "blocks" | "stream";

export type ListedBody =
  | { readonly role: "init"; readonly cipher: Cipher }
  | { readonly role: "key"; readonly keyBytes: number }
  | {
      readonly role: "segment";
      /** Name of its initialization section. */
      readonly init: string | undefined;
      readonly cipher: Cipher;
      /** Of an I-frame playlist: begins like a segment and ends where the picture does. */
      readonly isPart: boolean;
    };

const KEY_BYTES: Readonly<Record<string, number>> = {
  "AES-128": 16,
  "AES-256": 32,
  "AES-256-CTR": 32,
};
const CIPHERS: Readonly<Record<string, Cipher>> = {
  "AES-128": "blocks",
  "AES-256": "blocks",
  "AES-256-CTR": "stream",
};

/** Name of a body: several parts of one resource are several bodies. */
export function bodyName(url: string, range: Pick<ByteRange, "first"> | undefined): string {
  return range === undefined ? url : `${url}@${range.first}`;
}

/** By name, for the media playlist that was found at `playlistUrl`. */
export function readListedBodies(
  text: string,
  playlistUrl: string,
): ReadonlyMap<string, ListedBody> {
  const bodies = new Map<string, ListedBody>();
  const isPart = /^#EXT-X-I-FRAMES-ONLY/m.test(text);
  const ends = new Map<string, number>();
  let cipher: Cipher = "none";
  let range: string | undefined;
  let segment: ListedBody = { role: "segment", init: undefined, cipher, isPart };
  const note = (uri: string | undefined, byteRange: string | undefined, body: ListedBody) => {
    if (uri === undefined || !URL.canParse(uri, playlistUrl)) return undefined;
    const { href } = new URL(uri, playlistUrl);
    const name = bodyName(href, byteRange === undefined ? undefined : place(byteRange, href, ends));
    bodies.set(name, body);
    return name;
  };

  for (const line of readPlaylistLines(text)) {
    if (line.kind === "uri") {
      note(line.uri, range, segment);
      range = undefined;
    }
    if (line.kind !== "tag") continue;
    const attributes = readAttributes(line.value);
    const attribute = (name: string) => attributeText(attributes, name);
    const uri = attribute("URI");
    switch (line.name) {
      case "EXT-X-BYTERANGE":
        range = line.value;
        break;
      case "EXT-X-KEY": {
        const method = attribute("METHOD") ?? "";
        const isOurs = (attribute("KEYFORMAT") ?? "identity") === "identity";
        const keyBytes = isOurs ? KEY_BYTES[method] : undefined;
        if (keyBytes !== undefined) note(uri, undefined, { role: "key", keyBytes });
        cipher = CIPHERS[method] ?? "none";
        segment = { role: "segment", init: segment.init, cipher, isPart };
        break;
      }
      case "EXT-X-MAP": {
        const init = note(uri, attribute("BYTERANGE"), { role: "init", cipher });
        segment = { role: "segment", init, cipher, isPart };
        break;
      }
      case "EXT-X-PART":
        note(uri, attribute("BYTERANGE"), segment);
        break;
      default:
    }
  }
  return bodies;
}

/** `<length>[@<first>]`: what gives no place follows what the playlist listed of that resource before. */
function place(
  byteRange: string,
  href: string,
  ends: Map<string, number>,
): Pick<ByteRange, "first"> {
  const [length = "", start] = byteRange.split("@");
  const first = start === undefined ? (ends.get(href) ?? 0) : Number(start);
  ends.set(href, first + Number(length));
  return { first };
}
