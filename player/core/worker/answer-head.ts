/**
 * Writes the status and the header fields under which a worker gives out a body that it has put together
 * itself, perhaps from two hosts: what describes the transfer is told anew, all else is passed on.
 */
import {
  type ByteRange,
  formatContentRange,
  parseContentRange,
} from "../../../kernel/byte-range.ts";

export type AnswerHead = {
  readonly status: 200 | 206;
  readonly headers: readonly (readonly [name: string, value: string])[];
};

/** Of the transfer from the host: the body is decoded here, and its length may be another. */
const OF_THE_TRANSFER = [
  "content-encoding",
  "content-length",
  "content-range",
  "transfer-encoding",
];
/** Of the bytes: untrue once they have been rewritten. */
const OF_THE_BYTES = ["etag", "last-modified", "digest", "content-digest", "repr-digest"];

export function writeAnswerHead({
  range,
  sizeBytes,
  isRewritten,
  received,
}: {
  /** What the player asked for; undefined for the whole. */
  readonly range: ByteRange | undefined;
  /** Of the body that is given out. */
  readonly sizeBytes: number;
  readonly isRewritten: boolean;
  /** Fields of the answer that brought the last of it. */
  readonly received: Iterable<readonly [name: string, value: string]>;
}): AnswerHead {
  const fields = new Map<string, string>();
  for (const [name, value] of received) fields.set(name.toLowerCase(), value);
  const whole = parseContentRange(fields.get("content-range"))?.sizeBytes;
  for (const name of OF_THE_TRANSFER) fields.delete(name);
  if (isRewritten) for (const name of OF_THE_BYTES) fields.delete(name);
  fields.set("content-length", String(sizeBytes));
  if (range === undefined || sizeBytes === 0) return { status: 200, headers: [...fields] };
  const sent = { first: range.first, last: range.first + sizeBytes - 1 };
  fields.set(
    "content-range",
    whole === undefined ? `bytes ${sent.first}-${sent.last}/*` : formatContentRange(sent, whole),
  );
  return { status: 206, headers: [...fields] };
}
