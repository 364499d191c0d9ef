/**
 * Decides whether the rest of a body that broke off can be asked for, and whether what then comes is
 * that rest: the same version, the same place, the same size (RFC 9110 §14.5, §15.3.7.3).
 *
 * Two bodies are never spliced. Only a strong validator promises that the bytes are the same, so a body
 * without one is not resumed; and an answer that agrees in all but one point is refused.
 */
import { lengthOf, parseContentRange } from "../../../kernel/byte-range.ts";
import type { HeaderFields } from "../response-headers.ts";

/** A body as its head announced it. Offsets are those of the whole representation. */
export type AnnouncedBody = {
  /** Undefined where only its end tells how long it is. */
  readonly lengthBytes: number | undefined;
  readonly resuming:
    | { readonly mode: "possible"; readonly version: BodyVersion }
    | { readonly mode: "impossible"; readonly reason: string };
};

export type BodyVersion = {
  readonly etag: string;
  readonly encoding: string | undefined;
  readonly first: number;
  /** Undefined where the body goes on to the end, wherever that is. */
  readonly last: number | undefined;
  readonly sizeBytes: number | undefined;
};

export type Continuation =
  | { readonly fits: true; readonly lengthBytes: number; readonly endsAtBytes: number }
  | {
      readonly fits: false;
      readonly reason: "not-a-part" | "other-version" | "other-place" | "other-size";
    };

export function announceBody(method: string, status: number, fields: HeaderFields): AnnouncedBody {
  if (method === "HEAD" || status === 204 || status === 304) {
    return { lengthBytes: undefined, resuming: impossible("no-body") };
  }
  const lengthBytes = lengthIn(fields["content-length"]);
  if (method !== "GET") return { lengthBytes, resuming: impossible("not-a-get") };
  const etag = fields["etag"];
  if (!isStrong(etag)) return { lengthBytes, resuming: impossible("no-strong-etag") };
  const validator = { etag, encoding: fields["content-encoding"] };
  if (status === 200) {
    const last = lengthBytes === undefined ? undefined : lengthBytes - 1;
    const version = { ...validator, first: 0, last, sizeBytes: lengthBytes };
    return { lengthBytes, resuming: { mode: "possible", version } };
  }
  const range = status === 206 ? parseContentRange(fields["content-range"]) : undefined;
  if (range === undefined) return { lengthBytes, resuming: impossible("neither-whole-nor-part") };
  if (lengthBytes !== undefined && lengthBytes !== lengthOf(range)) {
    return { lengthBytes, resuming: impossible("contradicts-itself") };
  }
  const version = { ...validator, ...range };
  return { lengthBytes: lengthOf(range), resuming: { mode: "possible", version } };
}

/** The fields that ask for what is missing after `receivedBytes`, if it is still the same version. */
export function continuationFields(
  fields: HeaderFields,
  { etag, first, last, sizeBytes }: BodyVersion,
  receivedBytes: number,
): HeaderFields {
  const kept = Object.entries(fields).filter(([name]) => !CONDITIONS.has(name.toLowerCase()));
  const isToTheEnd = last === undefined || last + 1 === sizeBytes;
  const range = `bytes=${first + receivedBytes}-${isToTheEnd ? "" : last}`;
  return { ...Object.fromEntries(kept), range, "if-range": etag };
}

export function checkContinuation(
  version: BodyVersion,
  receivedBytes: number,
  status: number,
  fields: HeaderFields,
): Continuation {
  if (status === 200) return misfit("other-version");
  const range = status === 206 ? parseContentRange(fields["content-range"]) : undefined;
  if (range === undefined) return misfit("not-a-part");
  if (fields["etag"] !== version.etag) return misfit("other-version");
  if (fields["content-encoding"] !== version.encoding) return misfit("other-version");
  if (range.first !== version.first + receivedBytes) return misfit("other-place");
  // Where neither says how long the whole is, nothing would tell that the end is the end.
  const sizeBytes = version.sizeBytes ?? range.sizeBytes;
  if (sizeBytes === undefined && version.last === undefined) return misfit("other-size");
  if (version.sizeBytes !== undefined && range.sizeBytes !== version.sizeBytes) {
    return misfit("other-size");
  }
  const last = version.last ?? (sizeBytes ?? 0) - 1;
  if (range.last > last) return misfit("other-size");
  const length = lengthIn(fields["content-length"]);
  if (length !== undefined && length !== lengthOf(range)) return misfit("other-size");
  return { fits: true, lengthBytes: lengthOf(range), endsAtBytes: last - version.first + 1 };
}

/** Conditions on the whole would turn the answer into one about the whole. */
const CONDITIONS: ReadonlySet<string> = new Set([
  "range",
  "if-range",
  "if-match",
  "if-none-match",
  "if-modified-since",
  "if-unmodified-since",
]);

function impossible(reason: string) {
  return { mode: "impossible", reason } as const;
}

function misfit(reason: (Continuation & { readonly fits: false })["reason"]): Continuation {
  return { fits: false, reason };
}

function isStrong(etag: string | undefined): etag is string {
  return etag !== undefined && /^"[^"]*"$/.test(etag);
}

function lengthIn(field: string | undefined): number | undefined {
  return field !== undefined && /^\d+$/.test(field) ? Number(field) : undefined;
}
