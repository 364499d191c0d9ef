/**
 * Takes an HLS playlist apart line by line and puts it together again without loss (RFC 8216 §4).
 *
 * Rewriting must not drop what it does not know: a vendor tag, a new attribute, a comment. So a
 * playlist stays a list of lines, and only the lines that are meant to change are changed. The
 * parsers on npm turn it into a model and write the model back, which loses the rest.
 */
export type PlaylistLine =
  | { readonly kind: "tag"; readonly name: string; readonly value: string }
  | { readonly kind: "uri"; readonly uri: string }
  /** Comments and blank lines, kept as they are. */
  | { readonly kind: "other"; readonly text: string };

/** Attribute name → value exactly as written, quotes included. Order is kept. */
export type AttributeList = ReadonlyMap<string, string>;

/** From where a name begins: tried at each of its letters, a long one without a value would take its length squared. */
const ATTRIBUTE = /(?<![A-Z0-9-])([A-Z0-9-]+)=("[^"]*"|[^",]*)(?:,|$)/g;

/** True for text that starts like a playlist; a byte order mark is tolerated (RFC 8216 §4.1 forbids it). */
export function isPlaylist(text: string): boolean {
  return /^\uFEFF?#EXTM3U(?:\r?\n|$)/.test(text);
}

export function readPlaylistLines(text: string): PlaylistLine[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines.map(readLine);
}

export function writePlaylistLines(lines: readonly PlaylistLine[]): string {
  return lines.map((line) => `${writeLine(line)}\n`).join("");
}

/** Reads `A=1,B="x,y"`. A name that stands twice keeps its first value (RFC 8216 §4.2: it must not). */
export function readAttributes(value: string): AttributeList {
  const attributes = new Map<string, string>();
  for (const [, name = "", raw = ""] of value.matchAll(ATTRIBUTE)) {
    if (!attributes.has(name)) attributes.set(name, raw);
  }
  return attributes;
}

export function writeAttributes(attributes: AttributeList): string {
  return Array.from(attributes, ([name, raw]) => `${name}=${raw}`).join(",");
}

/** The attribute's text without its quotes; undefined where it is absent. */
export function attributeText(attributes: AttributeList, name: string): string | undefined {
  return attributes.get(name)?.replace(/^"(.*)"$/, "$1");
}

/** A quoted-string may hold neither quotes nor line breaks (RFC 8216 §4.2): they are dropped. */
export function quoted(text: string): string {
  return `"${text.replace(/["\r\n]/g, "")}"`;
}

function readLine(text: string): PlaylistLine {
  if (text.startsWith("#EXT")) {
    const colon = text.indexOf(":");
    if (colon === -1) return { kind: "tag", name: text.slice(1).trimEnd(), value: "" };
    return { kind: "tag", name: text.slice(1, colon), value: text.slice(colon + 1).trimEnd() };
  }
  if (text.trim() === "" || text.startsWith("#")) return { kind: "other", text };
  return { kind: "uri", uri: text.trim() };
}

function writeLine(line: PlaylistLine): string {
  switch (line.kind) {
    case "tag":
      return line.value === "" ? `#${line.name}` : `#${line.name}:${line.value}`;
    case "uri":
      return line.uri;
    case "other":
      return line.text;
  }
}
