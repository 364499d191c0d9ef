/**
 * Selects what of a stored answer goes to one client: nothing because it has it already, a part, or
 * the whole. The order is that of RFC 9110 §13.2.2: conditions first, then the range.
 */
import { type ByteRange, selectRange } from "../../kernel/byte-range.ts";
import { httpDateMs } from "./http-date.ts";
import type { HeaderFields } from "./response-headers.ts";

export type RequestConditions = {
  readonly ifNoneMatch: string | undefined;
  readonly ifModifiedSince: string | undefined;
  readonly ifRange: string | undefined;
  readonly range: string | undefined;
};

export type StoredAnswer = {
  readonly status: number;
  readonly fields: HeaderFields;
  /** Undefined while an object of unknown length is arriving. */
  readonly sizeBytes: number | undefined;
};

export type AnswerSelection =
  | { readonly kind: "whole" }
  | { readonly kind: "part"; readonly range: ByteRange }
  | { readonly kind: "not-modified" }
  | { readonly kind: "unsatisfiable" };

const WHOLE: AnswerSelection = { kind: "whole" };

export function selectAnswer(conditions: RequestConditions, stored: StoredAnswer): AnswerSelection {
  // Conditions and ranges are about a 200 only (RFC 9110 §13.2.1, §14.2).
  if (stored.status !== 200) return WHOLE;
  if (hasItAlready(conditions, stored.fields)) return { kind: "not-modified" };
  // Without the size, nothing can be said about which bytes a range means.
  if (conditions.range === undefined || stored.sizeBytes === undefined) return WHOLE;
  if (!isOfThisVersion(conditions.ifRange, stored.fields)) return WHOLE;
  return selectRange(conditions.range, stored.sizeBytes);
}

/** The bytes that a selection wants: offsets of the first and of the one after the last. */
export function spanOf(
  selection: AnswerSelection,
  sizeBytes: number | undefined,
): { readonly first: number; readonly end: number } {
  switch (selection.kind) {
    case "whole":
      return { first: 0, end: sizeBytes ?? Number.POSITIVE_INFINITY };
    case "part":
      return { first: selection.range.first, end: selection.range.last + 1 };
    case "not-modified":
    case "unsatisfiable":
      return { first: 0, end: 0 };
  }
}

/** True where the client's conditions say that it need not be sent the answer (RFC 9110 §13.1). */
export function hasItAlready(conditions: RequestConditions, fields: HeaderFields): boolean {
  const { ifNoneMatch, ifModifiedSince } = conditions;
  // If-None-Match compares weakly, and makes If-Modified-Since void.
  if (ifNoneMatch !== undefined) {
    const etag = fields["etag"];
    if (ifNoneMatch.trim() === "*") return true;
    return etag !== undefined && entityTagsIn(ifNoneMatch).includes(opaqueTag(etag));
  }
  if (ifModifiedSince === undefined) return false;
  const sinceMs = httpDateMs(ifModifiedSince);
  // Without a Last-Modified, what was made since has not been seen by the client (RFC 9111 §4.3.2).
  const modifiedMs = httpDateMs(fields["last-modified"] ?? fields["date"]);
  return sinceMs !== undefined && modifiedMs !== undefined && modifiedMs <= sinceMs;
}

/** A date tells versions apart only where a later one would bear another (RFC 9110 §8.8.2.2). */
const DATE_IS_STRONG_AFTER_MS = 60_000;

/**
 * Whether If-Range permits to send a part (RFC 9110 §13.1.5). It compares strongly, so that a weak tag
 * never matches, and a date only where the answer was made long after it: within a second a live playlist
 * may have had two versions.
 */
export function isOfThisVersion(ifRange: string | undefined, fields: HeaderFields): boolean {
  if (ifRange === undefined) return true;
  if (ifRange.startsWith('"')) return ifRange === fields["etag"];
  const modified = fields["last-modified"];
  const modifiedMs = httpDateMs(modified);
  if (modifiedMs === undefined || ifRange !== modified) return false;
  const dateMs = httpDateMs(fields["date"]) ?? Number.NEGATIVE_INFINITY;
  return dateMs - modifiedMs >= DATE_IS_STRONG_AFTER_MS;
}

function entityTagsIn(header: string): string[] {
  return Array.from(header.matchAll(/(?:W\/)?("[^"]*")/g), ([, tag = ""]) => tag);
}

function opaqueTag(etag: string): string {
  return etag.replace(/^W\//, "");
}
