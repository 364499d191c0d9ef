/**
 * Decides how a body that broke off on one pathway goes on with an answer from another.
 *
 * The continuation asks for a few bytes that are already here and compares them: two pathways may
 * hold different encodings of one segment, and a spliced mixture would reach the decoder unnoticed.
 * Whatever does not fit exactly starts again from its first byte (RFC 9110 §14.4, §15.3.7).
 */
import { type ByteRange, lengthOf, parseContentRange } from "../../../kernel/byte-range.ts";
import type { FailureReason, RestartReason } from "../../contract/player-events.ts";

/** What is held of a body so far, counted from the first byte that was asked for. */
export type HeldBody = {
  readonly receivedBytes: number;
  /** Length of what was asked for; undefined while unknown. */
  readonly sizeBytes: number | undefined;
  readonly etag: string | undefined;
};

export const NOTHING_HELD: HeldBody = { receivedBytes: 0, sizeBytes: undefined, etag: undefined };

export type BodyRequest = {
  /** Undefined asks for the whole. */
  readonly rangeHeader: string | undefined;
  /** Where the answer begins within what was asked for: held bytes from here on are compared. */
  readonly fromByte: number;
};

export type RestTerms = {
  readonly overlapBytes: number;
  /** The host fails what asks for a part: all is asked for again, and what is held compared with it. */
  readonly failsRanges: boolean;
};

/** @param range the part of the resource that the player wants; undefined for all of it. */
export function requestRest(
  held: HeldBody,
  range: ByteRange | undefined,
  { overlapBytes, failsRanges }: RestTerms,
): BodyRequest {
  const mayContinue = range !== undefined || !failsRanges;
  const fromByte = mayContinue ? Math.max(0, held.receivedBytes - overlapBytes) : 0;
  const first = (range?.first ?? 0) + fromByte;
  if (range !== undefined) return { rangeHeader: `bytes=${first}-${range.last}`, fromByte };
  return { rangeHeader: fromByte === 0 ? undefined : `bytes=${first}-`, fromByte };
}

export type AnswerHead = {
  readonly status: number;
  readonly contentRange: string | null;
  readonly contentLength: string | null;
  readonly contentEncoding: string | null;
  readonly etag: string | null;
};

export type AnswerDecision =
  /** The body begins at `fromByte`; `sizeBytes` is the length of all that was asked for. */
  | {
      readonly action: "read";
      readonly fromByte: number;
      readonly sizeBytes: number | undefined;
      readonly etag: string | undefined;
    }
  /** What is held belongs to another body: drop it, and ask this pathway from the first byte. */
  | { readonly action: "restart"; readonly reason: RestartReason }
  | { readonly action: "refuse"; readonly reason: FailureReason };

const OTHER_BYTES: AnswerDecision = { action: "restart", reason: "other-bytes" };

/** Judges the head of an answer to `request` before its body is read. */
export function judgeAnswer(
  held: HeldBody,
  request: BodyRequest,
  range: ByteRange | undefined,
  head: AnswerHead,
): AnswerDecision {
  if (head.status >= 500 || head.status === 429) return { action: "refuse", reason: "status-5xx" };
  if (head.status === 416 && request.fromByte > 0) return OTHER_BYTES;
  if (head.status >= 400) return { action: "refuse", reason: "status-4xx" };
  if (head.status === 206) return judgePart(held, request, range, head);
  if (head.status !== 200 || range !== undefined) {
    return { action: "refuse", reason: "wrong-range" };
  }
  // A server may ignore Range and send the whole: it is read from its first byte, and what is held
  // is compared with it like any overlap.
  return fitting(held, 0, wholeLength(head), head);
}

function judgePart(
  held: HeldBody,
  request: BodyRequest,
  range: ByteRange | undefined,
  head: AnswerHead,
): AnswerDecision {
  const part = parseContentRange(head.contentRange);
  const base = range?.first ?? 0;
  if (head.contentRange === null && !isEncoded(head)) {
    const sizeBytes = range === undefined ? held.sizeBytes : lengthOf(range);
    const hidden = judgeHiddenRange(held, request, sizeBytes, head);
    if (hidden !== undefined) return hidden;
  }
  // Ranges of an encoded body count encoded bytes, while ours are decoded ones (RFC 9110 §8.4).
  const isReadable = part !== undefined && !isEncoded(head);
  const isAsAsked = isReadable && part.first === base + request.fromByte;
  if (request.rangeHeader === undefined || !isAsAsked) {
    if (request.fromByte === 0) return { action: "refuse", reason: "wrong-range" };
    // Without the rest, the whole will do: what is held is given up rather than asked for again.
    return isReadable ? OTHER_BYTES : { action: "restart", reason: "range-unreadable" };
  }
  if (range === undefined) {
    const endsEarly = part.sizeBytes !== undefined && part.last !== part.sizeBytes - 1;
    if (endsEarly) return OTHER_BYTES;
    return fitting(held, request.fromByte, part.sizeBytes, head);
  }
  const endsEarly = part.last < range.last && part.last !== (part.sizeBytes ?? 0) - 1;
  if (part.last > range.last || endsEarly) return { action: "refuse", reason: "wrong-range" };
  return fitting(held, request.fromByte, lengthOf({ first: base, last: part.last }), head);
}

/**
 * Content-Range is not among the headers that a page may read of another origin's answer unless that
 * origin says so (Fetch, CORS-safelisted response-header names): the length has to do, and the bytes that
 * are compared. Undefined where it does not fit.
 *
 * @param sizeBytes of all that was asked for.
 */
function judgeHiddenRange(
  held: HeldBody,
  request: BodyRequest,
  sizeBytes: number | undefined,
  head: AnswerHead,
): AnswerDecision | undefined {
  if (request.rangeHeader === undefined || sizeBytes === undefined) return undefined;
  const isRest = wholeLength(head) === sizeBytes - request.fromByte;
  return isRest ? fitting(held, request.fromByte, sizeBytes, head) : undefined;
}

function fitting(
  held: HeldBody,
  fromByte: number,
  sizeBytes: number | undefined,
  head: AnswerHead,
): AnswerDecision {
  const etag = strongEtag(head.etag);
  const isOther =
    held.receivedBytes > 0 &&
    ((etag !== undefined && held.etag !== undefined && etag !== held.etag) ||
      (sizeBytes !== undefined && held.sizeBytes !== undefined && sizeBytes !== held.sizeBytes));
  if (isOther) return OTHER_BYTES;
  return { action: "read", fromByte, sizeBytes, etag: etag ?? held.etag };
}

function wholeLength(head: AnswerHead): number | undefined {
  if (isEncoded(head) || head.contentLength === null) return undefined;
  const length = Number(head.contentLength);
  return Number.isSafeInteger(length) && length >= 0 ? length : undefined;
}

function isEncoded({ contentEncoding }: AnswerHead): boolean {
  return contentEncoding !== null && contentEncoding.trim().toLowerCase() !== "identity";
}

/** A weak validator does not promise equal bytes (RFC 9110 §8.8.1). */
function strongEtag(etag: string | null): string | undefined {
  return etag?.startsWith('"') === true ? etag : undefined;
}
