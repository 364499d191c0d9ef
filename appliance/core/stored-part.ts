/**
 * Decides what can be done with a stored part of an object (RFC 9111 §3.3, §3.4): which requests it
 * answers by itself, what of the object is missing, and whether another part may be joined to it.
 *
 * Parts are joined only where one strong validator says that they are of one version (RFC 9110 §8.8.1).
 * One contradiction is read in the origin's favour: a body that is complete by its `Content-Length` and
 * reaches the object's end by its `Content-Range`, but is one byte shorter than that says. Such an origin
 * counts its last byte from one; the bytes begin where it says, and the object ends with them. They are
 * used for ranges within them, never joined with others, and so never presented as a whole.
 */
import {
  type ByteRange,
  type ContentRange,
  lengthOf,
  selectRange,
} from "../../kernel/byte-range.ts";
import type { HeaderFields } from "./response-headers.ts";
import { strongTagOf } from "./slicing.ts";
import type { StoredMetadata, StoredPart } from "./stored-metadata.ts";

/** A part of an object as it is stored. */
export type PartMetadata = StoredMetadata & { readonly part: StoredPart };

/** Which part an answer with status 206 is; undefined where it does not say so without contradiction. */
export function partOf(range: ContentRange | undefined, bodyBytes: number): StoredPart | undefined {
  if (range?.sizeBytes === undefined || bodyBytes === 0) return undefined;
  const { first, last, sizeBytes } = range;
  const isExact = lengthOf(range) === bodyBytes;
  if (isExact) return { firstByte: first, completeBytes: sizeBytes, isExact };
  const countsFromOne = last === sizeBytes - 1 && lengthOf(range) === bodyBytes + 1;
  return countsFromOne ? { firstByte: first, completeBytes: sizeBytes - 1, isExact } : undefined;
}

export function isPart(metadata: StoredMetadata): metadata is PartMetadata {
  return metadata.part !== undefined;
}

export type PartCoverage =
  | { readonly kind: "covered"; readonly range: ByteRange }
  /** The rest of the object lies on one side of the part. */
  | { readonly kind: "rest-missing"; readonly missing: ByteRange; readonly isTail: boolean }
  | { readonly kind: "not-covered" };

/** @param range the client's `Range`, as far as it counts; undefined where it wants the whole. */
export function coverageOf(range: string | undefined, metadata: PartMetadata): PartCoverage {
  const { part, sizeBytes } = metadata;
  const { completeBytes } = part;
  const held = heldRange(metadata);
  const selection = selectRange(range, completeBytes);
  if (selection.kind === "unsatisfiable") return NOT_COVERED;
  if (selection.kind === "part") {
    const { first, last } = selection.range;
    return first >= held.first && last <= held.last
      ? { kind: "covered", range: selection.range }
      : NOT_COVERED;
  }
  if (!part.isExact || sizeBytes >= completeBytes) return NOT_COVERED;
  if (held.first === 0) {
    const missing = { first: held.last + 1, last: completeBytes - 1 };
    return { kind: "rest-missing", missing, isTail: true };
  }
  if (held.last === completeBytes - 1) {
    return { kind: "rest-missing", missing: { first: 0, last: held.first - 1 }, isTail: false };
  }
  return NOT_COVERED;
}

export function heldRange({ part, sizeBytes }: PartMetadata): ByteRange {
  return { first: part.firstByte, last: part.firstByte + sizeBytes - 1 };
}

/** Two parts as one: from where on the bytes of each are taken. */
export type PartJoin = {
  readonly metadata: StoredMetadata;
  /** How many bytes of the earlier one come first, and of the later one after. */
  readonly pieces: readonly {
    readonly of: "stored" | "arrived";
    readonly from: number;
    readonly to: number;
  }[];
};

/** How a part that has arrived is joined to the stored one; undefined where it stands alone. */
export function joinParts(
  stored: StoredMetadata | undefined,
  arrived: PartMetadata,
): PartJoin | undefined {
  if (stored === undefined || !isPart(stored) || !isSameObject(stored, arrived)) return undefined;
  const earlier = heldRange(stored);
  const later = heldRange(arrived);
  const areApart = later.first > earlier.last + 1 || earlier.first > later.last + 1;
  if (areApart) return undefined;
  const first = Math.min(earlier.first, later.first);
  const last = Math.max(earlier.last, later.last);
  const arrivedPiece = { of: "arrived", from: 0, to: arrived.sizeBytes } as const;
  const before = { of: "stored", from: 0, to: Math.max(0, later.first - earlier.first) } as const;
  const after = {
    of: "stored",
    from: Math.max(0, later.last + 1 - earlier.first),
    to: stored.sizeBytes,
  } as const;
  const pieces = [before, arrivedPiece, after].filter(({ from, to }) => to > from);
  const sizeBytes = last - first + 1;
  const { part, ...whole } = arrived;
  const isWhole = sizeBytes === part.completeBytes;
  return {
    pieces,
    metadata: isWhole
      ? { ...whole, status: 200, sizeBytes }
      : { ...arrived, sizeBytes, part: { ...part, firstByte: first } },
  };
}

/** True where the bytes of both are of one version of one object. */
export function isSameObject(
  stored: PartMetadata,
  arrived: { readonly fields: HeaderFields; readonly part: StoredPart },
): boolean {
  const tag = strongTagOf(stored.fields);
  return (
    tag !== undefined &&
    tag === strongTagOf(arrived.fields) &&
    stored.part.isExact &&
    arrived.part.isExact &&
    stored.part.completeBytes === arrived.part.completeBytes
  );
}

const NOT_COVERED: PartCoverage = { kind: "not-covered" };
