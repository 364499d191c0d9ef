/**
 * Replaces the variables of a playlist, `{$name}`, by their values (rfc8216bis §4.3).
 *
 * One that has no value stays as it is written: the media player will say what is wrong with it.
 */
import { attributeText, readAttributes } from "../../../kernel/playlist-lines.ts";

export type Variables = ReadonlyMap<string, string>;

export const NO_VARIABLES: Variables = new Map();

const DEFINE = /^#EXT-X-DEFINE:(.*)$/gm;
const REFERENCE = /\{\$([A-Za-z0-9_-]+)\}/g;

/**
 * @param url of the playlist, whose query `QUERYPARAM` refers to.
 * @param imported of the multivariant playlist, which `IMPORT` refers to.
 */
export function readVariables(
  text: string,
  url: string,
  imported: Variables = NO_VARIABLES,
): Variables {
  const variables = new Map<string, string>();
  for (const [, written = ""] of text.matchAll(DEFINE)) {
    const attributes = readAttributes(written.trimEnd());
    const text = (attribute: string) => attributeText(attributes, attribute);
    const imports = text("IMPORT") ?? "";
    const parameter = text("QUERYPARAM") ?? "";
    const name = text("NAME") ?? (imports || parameter);
    const value =
      text("VALUE") ?? imported.get(imports) ?? new URL(url).searchParams.get(parameter);
    if (typeof value === "string") variables.set(name, value);
  }
  return variables;
}

export function replaceVariables(text: string, variables: Variables): string {
  if (variables.size === 0) return text;
  return text.replace(REFERENCE, (whole, name: string) => variables.get(name) ?? whole);
}
