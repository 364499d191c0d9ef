/**
 * Reads and writes the byte ranges of RFC 9110 §14: the request's `Range` and the answer's
 * `Content-Range`.
 *
 * One range only. A request for several is answered with the whole body, which RFC 9110 §14.2
 * permits, because no media player sends one.
 */

/** Both ends are inclusive, as on the wire. */
export type ByteRange = { readonly first: number; readonly last: number };

export type RangeSelection =
  | { readonly kind: "whole" }
  | { readonly kind: "part"; readonly range: ByteRange }
  | { readonly kind: "unsatisfiable" };

const WHOLE: RangeSelection = { kind: "whole" };
const UNSATISFIABLE: RangeSelection = { kind: "unsatisfiable" };
const ONE_RANGE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i;
const CONTENT_RANGE = /^bytes (\d+)-(\d+)\/(\d+|\*)$/i;

/**
 * Selects what a `Range` header asks of a body of `sizeBytes`.
 *
 * A header that is malformed, in another unit or for several ranges selects the whole (RFC 9110
 * §14.2: "a server MAY ignore the Range header field").
 */
export function selectRange(header: string | undefined, sizeBytes: number): RangeSelection {
  const match = header === undefined ? null : ONE_RANGE.exec(header);
  if (match === null) return WHOLE;
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return WHOLE;
  if (first === "") return selectSuffix(Number(last), sizeBytes);

  const range = {
    first: Number(first),
    last: last === "" ? Number.POSITIVE_INFINITY : Number(last),
  };
  if (range.last < range.first) return WHOLE;
  if (range.first >= sizeBytes) return UNSATISFIABLE;
  return { kind: "part", range: { first: range.first, last: Math.min(range.last, sizeBytes - 1) } };
}

export type ContentRange = ByteRange & {
  /** Undefined where the sender does not know the whole size (`*`). */
  readonly sizeBytes: number | undefined;
};

/** Reads a `Content-Range` of a 206; undefined if it is malformed or contradicts itself. */
export function parseContentRange(header: string | null | undefined): ContentRange | undefined {
  const match = CONTENT_RANGE.exec(header ?? "");
  if (match === null) return undefined;
  const first = Number(match[1]);
  const last = Number(match[2]);
  const sizeBytes = match[3] === "*" ? undefined : Number(match[3]);
  if (last < first || (sizeBytes !== undefined && last >= sizeBytes)) return undefined;
  return { first, last, sizeBytes };
}

/** `bytes 0-99/1234`, for a 206. */
export function formatContentRange({ first, last }: ByteRange, sizeBytes: number): string {
  return `bytes ${first}-${last}/${sizeBytes}`;
}

/** How many bytes a range holds. */
export function lengthOf({ first, last }: ByteRange): number {
  return last - first + 1;
}

function selectSuffix(lengthBytes: number, sizeBytes: number): RangeSelection {
  if (lengthBytes === 0 || sizeBytes === 0) return UNSATISFIABLE;
  return {
    kind: "part",
    range: { first: Math.max(0, sizeBytes - lengthBytes), last: sizeBytes - 1 },
  };
}
