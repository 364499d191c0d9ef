/**
 * Decides whether an answer that may not be stored suits the client before us, or must be asked for
 * again in that client's own name.
 *
 * It came to a question without cookies and without a range, and it is for one client only. A range
 * is cut out of it where the bytes before the range are few: to let those go by costs the origin less
 * than a second request.
 */
export type PassingQuestion = {
  /** The client's request brought the answer about. */
  readonly isFirst: boolean;
  readonly hasCookie: boolean;
  /** How much would go by before the first byte that the client wants. */
  readonly skippedBytes: number;
};

export type PassingPolicy = { readonly maxSkippedBytes: number };

export type PassingDecision =
  | { readonly action: "hand-over"; readonly reason: "first" }
  | { readonly action: "ask-again"; readonly reason: "not-first" | "cookie" | "far-range" };

export function decidePassing(question: PassingQuestion, policy: PassingPolicy): PassingDecision {
  if (!question.isFirst) return { action: "ask-again", reason: "not-first" };
  if (question.hasCookie) return { action: "ask-again", reason: "cookie" };
  if (question.skippedBytes > policy.maxSkippedBytes) {
    return { action: "ask-again", reason: "far-range" };
  }
  return { action: "hand-over", reason: "first" };
}
