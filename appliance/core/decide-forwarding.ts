/**
 * Decides whether a request that the cache cannot answer shares one fetch with all who ask for the
 * same, or is forwarded alone, as it stands.
 */
export type ForwardingQuestion = {
  readonly method: string;
  readonly hasAuthorization: boolean;
  /** The client wants nothing of this exchange to be kept (RFC 9111 §5.2.1.5). */
  readonly isNoStore: boolean;
  /** A fetch of the object is under way, and can be joined. */
  readonly isBeingFetched: boolean;
  /** Why the object could not be stored a short while ago; undefined where nothing is known. */
  readonly recentRefusal: string | undefined;
};

export type ForwardingDecision =
  | { readonly action: "share"; readonly reason: "cacheable" }
  /** `forwarded` is what RFC 9211 calls it. */
  | {
      readonly action: "alone";
      readonly reason: string;
      readonly forwarded: "bypass" | "method" | "miss" | "request";
    };

export function decideForwarding(question: ForwardingQuestion): ForwardingDecision {
  const { method, hasAuthorization, isNoStore, isBeingFetched, recentRefusal } = question;
  // Credentials may decide what the origin answers, and a shared fetch carries none (RFC 9111 §3.5).
  if (hasAuthorization) return { action: "alone", reason: "authorization", forwarded: "bypass" };
  if (isNoStore) return { action: "alone", reason: "no-store", forwarded: "request" };
  if (isBeingFetched) return { action: "share", reason: "cacheable" };
  // A whole body is not fetched for the sake of its head.
  if (method !== "GET") return { action: "alone", reason: "head", forwarded: "miss" };
  // Whoever asks again for what cannot be shared need not ask twice.
  if (recentRefusal !== undefined) {
    return { action: "alone", reason: recentRefusal, forwarded: "miss" };
  }
  return { action: "share", reason: "cacheable" };
}
