/**
 * Reads the tags by which an origin names the groups that an answer belongs to, so that a group can be
 * purged at once: `Surrogate-Key`, parted by white space, and `Cache-Tag`, parted by commas.
 *
 * They stay in the stored fields as they came and are read when something is purged: that is rare, and
 * what is stored costs no byte more for it. They go on to the client too, for it may be another cache
 * of the fleet, which has to know them as well.
 */
import type { HeaderFields } from "./response-headers.ts";

/** Tags are compared to the letter. */
export function bearsTag(fields: HeaderFields, tag: string): boolean {
  return (
    listNames(fields["surrogate-key"], SURROGATE_KEY_SEPARATOR, tag) ||
    listNames(fields["cache-tag"], CACHE_TAG_SEPARATOR, tag)
  );
}

// A field that stood twice has been joined with a comma, which no surrogate key holds.
const SURROGATE_KEY_SEPARATOR = /[\s,]+/;
const CACHE_TAG_SEPARATOR = ",";

function listNames(list: string | undefined, separator: RegExp | string, tag: string): boolean {
  // Most objects are not meant: a look for the letters spares them the parting.
  return list?.includes(tag) === true && list.split(separator).some((name) => name.trim() === tag);
}
