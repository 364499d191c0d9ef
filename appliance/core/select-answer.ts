/**
 * Selects what of a stored answer goes to one client: nothing because it has it already, a part, or
 * the whole. The order is that of RFC 9110 §13.2.2: conditions first, then the range.
 */
import { type ByteRange, selectRange } from "../../kernel/byte-range.ts";
import { httpDateMs } from "./freshness.ts";
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
  if (!isRangeOfThisVersion(conditions.ifRange, stored.fields["etag"])) return WHOLE;
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

/** If-None-Match compares weakly, and makes If-Modified-Since void (RFC 9110 §13.1.2, §13.1.3). */
function hasItAlready(conditions: RequestConditions, fields: HeaderFields): boolean {
  const { ifNoneMatch, ifModifiedSince } = conditions;
  if (ifNoneMatch !== undefined) {
    const etag = fields["etag"];
    if (ifNoneMatch.trim() === "*") return true;
    return etag !== undefined && entityTagsIn(ifNoneMatch).includes(opaqueTag(etag));
  }
  const sinceMs = httpDateMs(ifModifiedSince);
  const modifiedMs = httpDateMs(fields["last-modified"]);
  return sinceMs !== undefined && modifiedMs !== undefined && modifiedMs <= sinceMs;
}

/**
 * If-Range compares strongly, so a weak tag never matches (RFC 9110 §13.1.5). A date is not taken:
 * one second is too coarse to tell two versions of a live playlist apart.
 */
function isRangeOfThisVersion(ifRange: string | undefined, etag: string | undefined): boolean {
  if (ifRange === undefined) return true;
  return ifRange.startsWith('"') && ifRange === etag;
}

function entityTagsIn(header: string): string[] {
  return Array.from(header.matchAll(/(?:W\/)?("[^"]*")/g), ([, tag = ""]) => tag);
}

function opaqueTag(etag: string): string {
  return etag.replace(/^W\//, "");
}
