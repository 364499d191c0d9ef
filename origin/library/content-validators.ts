/** Names content by its SHA-256: as a strong entity tag, and as `Repr-Digest` (RFC 9530). */
export type ContentValidators = { readonly etag: string; readonly reprDigest: string };

export function validatorsOf(sha256: Buffer): ContentValidators {
  return {
    etag: `"${sha256.toString("base64url").slice(0, 27)}"`,
    reprDigest: `sha-256=:${sha256.toString("base64")}:`,
  };
}
