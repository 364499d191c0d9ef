/**
 * Which digest must a body have, by the answer that brought it (`Repr-Digest`, RFC 9530 §3)?
 *
 * The digest is that of the whole representation, as encoded: it says nothing of a part, nor of bytes
 * that the browser has decoded on the way. Whether it has, a page of another origin cannot always see,
 * so the digest counts only where a length shows that the bytes are those that were sent.
 */
import { parseContentRange } from "../../../kernel/byte-range.ts";
import type { AnswerHead } from "../attempt/resume-body.ts";

export type PromisedDigest = {
  /** As `crypto.subtle` calls it. */
  readonly algorithm: "SHA-256" | "SHA-512";
  readonly base64: string;
};

/** Best first. crc32c is deprecated (RFC 9530 §7.2), and would be computed on the page's own thread. */
const ALGORITHMS = { "sha-256": "SHA-256", "sha-512": "SHA-512" } as const;
const MEMBER = /(?:^|,)[ \t]*([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]*={0,2}):/g;

export type DigestHead = Omit<AnswerHead, "etag"> & { readonly reprDigest: string | null };

/** Undefined if no digest that we know is promised for a body of `sizeBytes`. */
export function promisedDigest(head: DigestHead, sizeBytes: number): PromisedDigest | undefined {
  if (head.reprDigest === null || !isAsSent(head, sizeBytes)) return undefined;
  const promised = new Map(
    Array.from(head.reprDigest.matchAll(MEMBER), ([, name = "", base64 = ""]) => [name, base64]),
  );
  for (const [name, algorithm] of Object.entries(ALGORITHMS)) {
    const base64 = promised.get(name);
    if (base64 !== undefined) return { algorithm, base64 };
  }
  return undefined;
}

function isAsSent(
  { status, contentEncoding, contentLength, contentRange }: DigestHead,
  sizeBytes: number,
): boolean {
  const isEncoded = contentEncoding !== null && contentEncoding.trim().toLowerCase() !== "identity";
  if (isEncoded) return false;
  if (status === 206) return parseContentRange(contentRange)?.sizeBytes === sizeBytes;
  return contentLength !== null && Number(contentLength) === sizeBytes;
}
