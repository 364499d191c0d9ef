/**
 * Writes elements of XML, escaped, one to a line.
 *
 * What XML cannot hold in any form (control characters, halves of a surrogate pair) is dropped: one
 * of them in a name would make the whole document unreadable.
 */
export type XmlElement = {
  readonly name: string;
  /** One that is undefined is left out. */
  readonly attributes: Readonly<Record<string, string | number | undefined>>;
  readonly content: readonly XmlElement[] | string;
};

const UNWRITABLE = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;
const SPECIAL = /[&<>"'\t\n\r\u0085\u2028\u2029]/g;
const INDENT = "  ";

export function element(
  name: string,
  attributes: XmlElement["attributes"],
  content: XmlElement["content"] = [],
): XmlElement {
  return { name, attributes, content };
}

export function writeXml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${linesOf(root).join("\n")}\n`;
}

function linesOf({ name, attributes, content }: XmlElement): string[] {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([attribute, value]) => ` ${attribute}="${escapeText(String(value))}"`)
    .join("");
  if (content.length === 0) return [`<${name}${written}/>`];
  if (typeof content === "string") return [`<${name}${written}>${escapeText(content)}</${name}>`];
  const inside = content.flatMap(linesOf).map((line) => `${INDENT}${line}`);
  return [`<${name}${written}>`, ...inside, `</${name}>`];
}

/**
 * White space too, since a reader turns it into plain spaces where it stands in an attribute, and what ends a
 * line for some (XML 1.1 §2.11): they turn that into a plain end of a line.
 */
function escapeText(text: string): string {
  return text
    .replace(UNWRITABLE, "")
    .replace(SPECIAL, (character) => `&#${character.charCodeAt(0)};`);
}
