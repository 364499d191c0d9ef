/**
 * Decides how a request for a stored representation is answered: whole, in part, or not at all.
 *
 * Follows the order of RFC 9110 §13.2.2: `If-Match` first, then `If-None-Match`, then (only without
 * it) `If-Modified-Since`, and last the range, which `If-Range` may widen to the whole.
 */
import { type ByteRange, selectRange } from "../../kernel/byte-range.ts";

export type Representation = {
  /** A strong entity tag, with its quotes. */
  readonly etag: string;
  /** `Last-Modified` as it is sent, and the same instant; absent for what was never modified. */
  readonly lastModified?: { readonly httpDate: string; readonly wallMs: number };
  readonly sizeBytes: number;
};

/** The request's headers that decide. A date that cannot be read is left out by the reader. */
export type Conditions = {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly ifModifiedSinceMs?: number | undefined;
  readonly ifRange?: string | undefined;
  readonly range?: string | undefined;
};

export type Delivery =
  | { readonly kind: "whole"; readonly reason: "no-range" | "range-outdated" }
  | { readonly kind: "part"; readonly reason: "range"; readonly range: ByteRange }
  | { readonly kind: "not-modified"; readonly reason: "same-etag" | "not-modified-since" }
  | { readonly kind: "precondition-failed"; readonly reason: "other-etag" }
  | { readonly kind: "unsatisfiable"; readonly reason: "range-beyond-end" };

export function decideDelivery(conditions: Conditions, stored: Representation): Delivery {
  if (conditions.ifMatch !== undefined && !names(conditions.ifMatch, stored.etag, "strong")) {
    return { kind: "precondition-failed", reason: "other-etag" };
  }
  if (conditions.ifNoneMatch !== undefined) {
    if (names(conditions.ifNoneMatch, stored.etag, "weak")) {
      return { kind: "not-modified", reason: "same-etag" };
    }
  } else if (isUnmodifiedSince(conditions.ifModifiedSinceMs, stored)) {
    return { kind: "not-modified", reason: "not-modified-since" };
  }
  if (conditions.ifRange !== undefined && !isCurrent(conditions.ifRange, stored)) {
    return { kind: "whole", reason: "range-outdated" };
  }
  const selection = selectRange(conditions.range, stored.sizeBytes);
  switch (selection.kind) {
    case "whole":
      return { kind: "whole", reason: "no-range" };
    case "part":
      return { kind: "part", reason: "range", range: selection.range };
    case "unsatisfiable":
      return { kind: "unsatisfiable", reason: "range-beyond-end" };
  }
}

const ENTITY_TAG = /(W\/)?("[^"]*")/g;

function names(list: string, etag: string, comparison: "strong" | "weak"): boolean {
  if (list.trim() === "*") return true;
  return Array.from(list.matchAll(ENTITY_TAG)).some(
    ([, weak, tag]) => tag === etag && (comparison === "weak" || weak === undefined),
  );
}

function isUnmodifiedSince(sinceMs: number | undefined, { lastModified }: Representation): boolean {
  return sinceMs !== undefined && lastModified !== undefined && lastModified.wallMs <= sinceMs;
}

/** `If-Range` compares strongly, and a date only exactly (RFC 9110 §13.1.5). */
function isCurrent(ifRange: string, { etag, lastModified }: Representation): boolean {
  return ifRange === etag || ifRange === lastModified?.httpDate;
}
