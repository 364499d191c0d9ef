/**
 * Tells apart the answers that one URL has for different requests (RFC 9111 §4.1, `Vary`).
 *
 * Each variant is stored under a key of its own, made of the URL and of what the request says in the
 * fields that select it. Under the URL itself stands an index of them: which fields select, and which
 * variants there are. So an answer that does not vary is found with one look, as if there were no
 * variants in the world, and the index lives, is evicted and comes back after a restart like any object.
 */
import { isNeverForwarded } from "./origin-request.ts";
import type { HeaderFields } from "./response-headers.ts";
import type { StoredMetadata, StoredVariant } from "./stored-metadata.ts";

/** Fetches that are shared bear none, so nobody can say which variant theirs is. */
const CREDENTIALS = new Set(["authorization", "cookie", "proxy-authorization"]);
/** A key is held in RAM for every object; who varies by more than this is not worth it. */
const LONGEST_SUFFIX = 1024;
/** Between the URL and what selects the variant: no request target holds a space. */
const VARIANT_MARK = " vary ";

export type VaryNames = readonly string[] | "anything";

/** Names of the fields that select this answer, in alphabetical order; none where it suits everybody. */
export function varyNamesOf(fields: HeaderFields): VaryNames {
  if (fields["vary"] === undefined) return NO_NAMES;
  const names = new Set<string>();
  for (const member of fields["vary"].toLowerCase().split(",")) {
    const name = member.trim();
    if (name === "*" || CREDENTIALS.has(name)) return "anything";
    // What the origin is never told cannot change its answer; access across origins is granted to all.
    if (name !== "" && !isNeverForwarded(name)) names.add(name);
  }
  return [...names].sort();
}

/** The key of what suits this request; undefined where what it says is too long to be a key. */
export function variantKey(
  target: string,
  names: readonly string[],
  request: HeaderFields,
): string | undefined {
  if (names.length === 0) return target;
  const said = names.map((name) => [name, normalised(name, request[name])]);
  const suffix = JSON.stringify(said);
  return suffix.length > LONGEST_SUFFIX ? undefined : target + VARIANT_MARK + suffix;
}

export function isVariantKey(key: string): boolean {
  return key.includes(VARIANT_MARK);
}

/** What the origin is asked for, and what an index of variants stands under. */
export function targetOf(key: string): string {
  const end = key.indexOf(" ");
  return end === -1 ? key : key.slice(0, end);
}

export type VariantChoice = {
  readonly key: string;
  /** False where no such variant has been stored, so that this one would be another. */
  readonly isListed: boolean;
};

/** Chooses among stored variants: the newest that this request selects, else the one it would make. */
export function chooseVariant(
  target: string,
  variants: readonly StoredVariant[],
  request: HeaderFields,
): VariantChoice {
  for (const variant of variants) {
    if (variantKey(target, variant.names, request) === variant.key) {
      return { key: variant.key, isListed: true };
    }
  }
  const newest = variants[0]?.names ?? NO_NAMES;
  // Nothing is ever stored for who says too much, and the URL itself is the name of the index.
  const key = variantKey(target, newest, request) ?? `${target}${VARIANT_MARK}too long`;
  return { key, isListed: false };
}

/** The index after this variant has been stored: the newest first, the oldest forgotten beyond a limit. */
export function indexWith(
  earlier: StoredMetadata | undefined,
  variant: StoredMetadata,
  names: readonly string[],
  maxVariants: number,
): StoredMetadata {
  const others = (earlier?.variants ?? []).filter(({ key }) => key !== variant.key);
  // As long-lived and as well placed as the variant, since neither is of use without the other.
  const { slicing: _, part: __, ...described } = variant;
  return {
    ...described,
    key: targetOf(variant.key),
    sizeBytes: 0,
    fields: { "content-type": variant.fields["content-type"] ?? "" },
    variants: [{ names, key: variant.key }, ...others].slice(0, maxVariants),
  };
}

const NO_NAMES: readonly string[] = [];

/**
 * Two requests that mean the same select the same (RFC 9111 §4.1): whitespace between the members of a
 * list means nothing in any field, and case and order mean nothing in a list of languages.
 */
function normalised(name: string, value: string | undefined): string | null {
  if (value === undefined) return null;
  const members = value.split(",").map((member) => member.trim());
  if (name !== "accept-language") return members.join(",");
  const languages = members.map((member) => member.toLowerCase().replace(/\s+/g, ""));
  return languages.sort().join(",");
}
