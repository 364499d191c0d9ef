/**
 * Decides which objects are kept in aligned slices rather than whole, and what a slice must be to belong
 * to its object.
 *
 * A film in one file is too large to be held at once, to be fetched for the sake of a range near its
 * end, and to be evicted as one. Kept in slices it is a head (what is known of the whole, with no body)
 * under the object's own key, and each slice a stored object beside it. Slices of two versions must
 * never meet in one body: so only what has a strong validator is sliced (RFC 9110 §8.8.1), every slice
 * is asked for under the condition that it is still that version, and the names of slices hold the head's.
 */
import { type ByteRange, lengthOf, parseContentRange } from "../../kernel/byte-range.ts";
import type { StoringDecision } from "./decide-storing.ts";
import type { HeaderFields } from "./response-headers.ts";
import type { OriginAnswer, StoredMetadata } from "./stored-metadata.ts";

export type SlicingPolicy = {
  /** Objects larger than this are kept in slices. */
  readonly sliceAboveBytes: number;
  readonly sliceBytes: number;
};

/** Part of the metadata of an object that is kept in slices. */
export type Slicing = {
  readonly sliceBytes: number;
  /** Tells the slices of this head from those of an earlier one: an object that was purged has none. */
  readonly version: string;
};

/** What is known of an object of which the slices are kept, and of which the body is not. */
export type SlicedHead = StoredMetadata & { readonly slicing: Slicing };

export type SlicingDecision =
  | StoringDecision
  | { readonly action: "slice"; readonly reason: "large" };

/** Between the key and the name of the slice: no request target holds a space. */
export const SLICE_MARK = " slice ";

/**
 * @param storing what would become of it, were it kept whole.
 * @returns `storing`, where slices are of no use or would not be safe.
 */
export function decideSlicing(
  answer: OriginAnswer,
  storing: StoringDecision,
  policy: SlicingPolicy,
): SlicingDecision {
  const { status, fields } = answer;
  const mayBeStored = storing.action === "store" || storing.reason === "too-large";
  if (!mayBeStored || status !== 200) return storing;
  const sizeBytes = Number(fields["content-length"] ?? Number.NaN);
  if (!(sizeBytes > policy.sliceAboveBytes)) return storing;
  return maySlice(fields) && takesRanges(fields) ? { action: "slice", reason: "large" } : storing;
}

/** A slice is asked for in the name of no client, so there must be one version for all of them. */
export function maySlice(fields: HeaderFields): boolean {
  const varies = /[^,\s]/.test((fields["vary"] ?? "").replace(HARMLESS_VARY, ""));
  return !varies && strongTagOf(fields) !== undefined;
}

export function isSliced(metadata: StoredMetadata): metadata is SlicedHead {
  return metadata.slicing !== undefined;
}

/** The head of an object that is to be kept in slices. */
export function slicedHead(
  metadata: StoredMetadata,
  sizeBytes: number,
  { sliceBytes }: SlicingPolicy,
): SlicedHead {
  const { "content-range": _, ...fields } = metadata.fields;
  const version = metadata.arrivedAtWallMs.toString(36);
  return { ...metadata, status: 200, fields, sizeBytes, slicing: { sliceBytes, version } };
}

/** True for two heads of which the bytes are the same: by size and by strong validator. */
export function isSameVersion(one: StoredMetadata, other: StoredMetadata): boolean {
  const tag = strongTagOf(one.fields);
  return (
    tag !== undefined && tag === strongTagOf(other.fields) && one.sizeBytes === other.sizeBytes
  );
}

/** True for two heads of one object whose slices are the same stored objects. */
export function hasSameSlices(one: SlicedHead, other: SlicedHead): boolean {
  return one.slicing.version === other.slicing.version && isSameVersion(one, other);
}

export function sliceAt(offset: number, { sliceBytes }: Pick<Slicing, "sliceBytes">): number {
  return Math.floor(offset / sliceBytes);
}

/** Which bytes of the whole a slice holds; the last slice is shorter. */
export function sliceRange({ sizeBytes, slicing }: SlicedHead, index: number): ByteRange {
  const first = index * slicing.sliceBytes;
  return { first, last: Math.min(first + slicing.sliceBytes, sizeBytes) - 1 };
}

export function lastSliceOf({ sizeBytes, slicing }: SlicedHead): number {
  return sliceAt(Math.max(0, sizeBytes - 1), slicing);
}

export function sliceKey({ key, slicing }: SlicedHead, index: number): string {
  return `${key}${SLICE_MARK}${slicing.version}.${index}`;
}

/** What is stored beside the bytes of one slice. */
export function sliceMetadata(head: SlicedHead, index: number): StoredMetadata {
  const { slicing: _, ...metadata } = head;
  const key = sliceKey(head, index);
  return { ...metadata, key, status: 206, sizeBytes: lengthOf(sliceRange(head, index)) };
}

/** Asks for one slice, if it is still of the head's version. */
export function sliceQuestion(head: SlicedHead, index: number): HeaderFields {
  const { first, last } = sliceRange(head, index);
  return {
    accept: "*/*",
    range: `bytes=${first}-${last}`,
    // A validator that is not strong never gets here (RFC 9110 §13.1.5).
    "if-range": head.fields["etag"] ?? '""',
  };
}

/** What keeps an answer from being the slice that was asked for; undefined where it is that slice. */
export function faultOfSlice(
  { status, fields }: Pick<OriginAnswer, "status" | "fields">,
  head: SlicedHead,
  index: number,
): "ranges-ignored" | "another-version" | "another-range" | "status" | undefined {
  const isOfVersion = strongTagOf(fields) === strongTagOf(head.fields);
  if (status === 200) return isOfVersion ? "ranges-ignored" : "another-version";
  if (status === 412 || status === 416) return "another-version";
  if (status !== 206) return "status";
  const range = parseContentRange(fields["content-range"]);
  if (!isOfVersion || (range?.sizeBytes ?? head.sizeBytes) !== head.sizeBytes) {
    return "another-version";
  }
  const { first, last } = sliceRange(head, index);
  return range?.first === first && range.last === last ? undefined : "another-range";
}

/** A weak tag says that two versions mean the same, not that their bytes are the same. */
export function strongTagOf(fields: HeaderFields): string | undefined {
  const etag = fields["etag"];
  return etag?.startsWith('"') ? etag : undefined;
}

/** Every fill asks for the same encoding, and cross-origin access is granted to all alike. */
const HARMLESS_VARY = /\b(?:accept-encoding|origin)\b/gi;

/** Were the origin to ignore ranges, a slice that is missing later would cost the whole body. */
function takesRanges(fields: HeaderFields): boolean {
  const units = fields["accept-ranges"]?.toLowerCase().split(",") ?? [];
  return units.some((unit) => unit.trim() === "bytes");
}
