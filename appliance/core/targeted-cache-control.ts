/**
 * Finds the field by which an origin tells this cache in particular for how long to keep an answer
 * (RFC 9213), and reads it.
 *
 * Such a field is a dictionary of structured fields (RFC 8941 §3.2), read by strict rules: what does not
 * parse, or is empty, is as if it were not there. The first that counts replaces `Cache-Control` and
 * `Expires` entirely. `Surrogate-Control`, its ancestor (W3C Edge Architecture, 2001), comes last: there
 * names know no case, and a parameter says for which surrogate a directive is meant.
 */
import {
  type CacheControl,
  cacheControlFrom,
  type Directives,
  parseCacheControl,
} from "./cache-control.ts";
import type { HeaderFields } from "./response-headers.ts";

export type EffectiveCacheControl = {
  readonly cacheControl: CacheControl;
  /** It came by a field that is for this cache: `Expires` does not count then. */
  readonly isTargeted: boolean;
};

/** Ours before that of every content delivery network, and that before the one of old. */
const TARGETS = ["understudy-cdn-cache-control", "cdn-cache-control"] as const;
const SURROGATE = "surrogate-control";
/** By this name `Surrogate-Control` can address us; sent along as `Surrogate-Capability`. */
export const SURROGATE_NAME = "understudy";
export const SURROGATE_CAPABILITY = `${SURROGATE_NAME}="Surrogate/1.0"`;

export function effectiveCacheControl(fields: HeaderFields): EffectiveCacheControl {
  for (const name of TARGETS) {
    const members = fields[name] === undefined ? undefined : parseDictionary(fields[name]);
    if (members !== undefined) {
      return { cacheControl: cacheControlFrom(directivesOf(members)), isTargeted: true };
    }
  }
  const surrogate = fields[SURROGATE];
  const members = surrogate === undefined ? undefined : parseDictionary(surrogate.toLowerCase());
  const ours = members?.filter(({ parameters }) =>
    parameters.every((name) => name === SURROGATE_NAME),
  );
  if (ours !== undefined && ours.length > 0) {
    return { cacheControl: cacheControlFrom(directivesOf(ours)), isTargeted: true };
  }
  return { cacheControl: parseCacheControl(fields["cache-control"]), isTargeted: false };
}

type Member = {
  readonly key: string;
  readonly type: "boolean" | "integer" | "text" | "other";
  readonly value: string;
  /** Names of its parameters; their values are of no use here. */
  readonly parameters: readonly string[];
};

const KEY = /[a-z*][a-z0-9_\-.*]*/y;
const ITEM =
  /(?<integer>-?\d{1,15}(?![\d.]))|(?<decimal>-?\d{1,12}\.\d{1,3}(?!\d))|"(?<text>(?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"|(?<token>[A-Za-z*][!#$%&'*+\-.^_`|~:/\w]*)|\?(?<boolean>[01])|:(?<bytes>[A-Za-z0-9+/=]*):|\((?<list>[^()"]*)\)/y;
const COMMA = /[ \t]*,[ \t]*/y;
const PARAMETER = /; */y;

/** The members of a dictionary; undefined where it is empty or does not parse (RFC 8941 §4.2.2). */
export function parseDictionary(text: string): readonly Member[] | undefined {
  const members = new Map<string, Member>();
  const field = text.trim();
  let at = 0;
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const match = pattern.exec(field);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  const takeValue = (): Pick<Member, "type" | "value"> | undefined => {
    if (field[at] !== "=") return { type: "boolean", value: "1" };
    at += 1;
    const groups = take(ITEM)?.groups;
    if (groups === undefined) return undefined;
    const { integer, text: quoted, token, boolean } = groups;
    if (integer !== undefined) return { type: "integer", value: integer };
    if (boolean !== undefined) return { type: "boolean", value: boolean };
    const words = token ?? quoted;
    return words === undefined ? { type: "other", value: "" } : { type: "text", value: words };
  };
  while (at < field.length) {
    const key = take(KEY)?.[0];
    const value = key === undefined ? undefined : takeValue();
    if (key === undefined || value === undefined) return undefined;
    const parameters: string[] = [];
    while (take(PARAMETER) !== null) {
      const name = take(KEY)?.[0];
      if (name === undefined || takeValue() === undefined) return undefined;
      parameters.push(name);
    }
    // The last one of a name counts (RFC 8941 §3.2).
    members.set(key, { key, ...value, parameters });
    if (at === field.length) break;
    if (take(COMMA) === null || at === field.length) return undefined;
  }
  return members.size === 0 ? undefined : [...members.values()];
}

const TAKES_SECONDS = new Set(["max-age", "s-maxage", "stale-while-revalidate", "stale-if-error"]);

/** A value of a type that its directive does not have is not consumed (RFC 9213 §2.1). */
function directivesOf(members: readonly Member[]): Directives {
  const directives = new Map<string, readonly (string | undefined)[]>();
  for (const { key, type, value } of members) {
    if (TAKES_SECONDS.has(key)) {
      if (type === "integer") directives.set(key, [value]);
    } else if (type === "text") directives.set(key, [value]);
    else if (type === "boolean" && value === "1") directives.set(key, [undefined]);
  }
  return directives;
}
