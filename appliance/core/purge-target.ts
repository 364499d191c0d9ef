/**
 * Reads what is to be purged, and says of a stored object whether it is meant.
 *
 * An object is meant as a whole: what the store keeps of it under names of their own (variants, slices)
 * has the object's key up to the first space, which no request target holds.
 */
import { readRequestPath } from "../../kernel/request-path.ts";
import type { PurgeRequest } from "../contract/purge.ts";
import { cacheKeyOf } from "./cache-key.ts";
import { bearsTag } from "./cache-tags.ts";
import type { StoredMetadata } from "./stored-metadata.ts";
import { targetOf } from "./variant.ts";

export type PurgeTarget =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "prefix"; readonly prefix: string }
  | { readonly kind: "tag"; readonly tag: string };

export type PurgeReading =
  | { readonly ok: true; readonly targets: readonly PurgeTarget[] }
  | { readonly ok: false; readonly reason: string };

export function readPurgeTargets({ url, path, prefix, tag }: PurgeRequest): PurgeReading {
  const given = [
    ...listOf(url).map((text) => readKey(pathOfUrl(text))),
    ...listOf(path).map(readKey),
    ...listOf(prefix).map(readPrefix),
    ...listOf(tag).map(readTag),
  ];
  const kinds = [url, path, prefix, tag].filter((value) => value !== undefined).length;
  if (kinds !== 1)
    return { ok: false, reason: "exactly one of url, path, prefix and tag is needed" };
  const targets: PurgeTarget[] = [];
  for (const reading of given) {
    if (typeof reading === "string") return { ok: false, reason: reading };
    targets.push(reading);
  }
  return { ok: true, targets };
}

/** Is this what one of the targets means? */
export function isMeant(stored: MeantOrNot, targets: readonly PurgeTarget[]): boolean {
  return targets.some((target) => isMeantBy(target, stored));
}

type MeantOrNot = Pick<StoredMetadata, "key" | "fields">;

function isMeantBy(target: PurgeTarget, { key, fields }: MeantOrNot): boolean {
  switch (target.kind) {
    case "key":
      return targetOf(key) === target.key;
    case "prefix":
      return key.startsWith(target.prefix);
    case "tag":
      return bearsTag(fields, target.tag);
  }
}

function listOf(given: string | readonly string[] | undefined): readonly string[] {
  if (given === undefined) return [];
  return typeof given === "string" ? [given] : given;
}

/** What stands after the authority, untouched: parsing would normalise what is a name here. */
function pathOfUrl(url: string): string {
  return url.replace(/^https?:\/\/[^/?#]+/i, "");
}

function readKey(target: string): PurgeTarget | string {
  const reading = readRequestPath(target);
  if (!reading.ok) return `${target}: ${reading.reason}`;
  return { kind: "key", key: cacheKeyOf(reading.path, reading.query) };
}

function readPrefix(prefix: string): PurgeTarget | string {
  if (!prefix.startsWith("/")) return `${prefix}: a prefix begins with a slash`;
  return /\s/.test(prefix) ? `${prefix}: a path holds no space` : { kind: "prefix", prefix };
}

function readTag(tag: string): PurgeTarget | string {
  return tag.includes(",") || tag.trim() !== tag
    ? `${tag}: a tag holds no comma, and no space at its ends`
    : { kind: "tag", tag };
}
