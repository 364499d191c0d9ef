/**
 * Decides what an answer to HEAD says about the answer to GET that is stored (RFC 9111 §4.3.5): that it is
 * still right, so that its fields are brought up to date, or that it is not.
 */
import type { OriginAnswer, StoredMetadata } from "./stored-metadata.ts";

export type HeadUpdateDecision =
  | { readonly action: "refresh"; readonly reason: "same-version" }
  | { readonly action: "invalidate"; readonly reason: "another-version" }
  | { readonly action: "leave"; readonly reason: "nothing-stored" | "status" };

export function decideHeadUpdate(
  stored: StoredMetadata | undefined,
  { status, fields }: Pick<OriginAnswer, "status" | "fields">,
): HeadUpdateDecision {
  if (stored === undefined || stored.part !== undefined) {
    return { action: "leave", reason: "nothing-stored" };
  }
  if (status !== 200 || stored.status !== 200) return { action: "leave", reason: "status" };
  const length = fields["content-length"];
  const isSame =
    (fields["etag"] ?? stored.fields["etag"]) === stored.fields["etag"] &&
    (fields["last-modified"] ?? stored.fields["last-modified"]) ===
      stored.fields["last-modified"] &&
    (length === undefined || Number(length) === stored.sizeBytes);
  return isSame
    ? { action: "refresh", reason: "same-version" }
    : { action: "invalidate", reason: "another-version" };
}
