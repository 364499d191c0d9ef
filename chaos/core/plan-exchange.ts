/**
 * Decides what a fault does to an exchange from where that exchange stands.
 *
 * It is asked again whenever something has happened, so a fault may begin or end at any byte, and
 * the plan is never kept: it follows from the fault and the progress alone.
 */
import type { DeclaredBody } from "./body-framing.ts";
import type { FilledFault } from "./fault-run.ts";

/** How much of a response has passed to the client. */
export type Progress =
  | { readonly at: "awaited" }
  | { readonly at: "head" }
  | { readonly at: "body"; readonly body: DeclaredBody; readonly passedBytes: number };

export type ExchangePlan =
  | { readonly action: "pass"; readonly reason: PassReason }
  /** At once, instead of the upstream. */
  | { readonly action: "answer"; readonly retryAfterSeconds: number | undefined }
  | { readonly action: "pace"; readonly bytesPerSecond: number }
  /** After so many more bytes of content the connection says nothing more, or ends. */
  | { readonly action: "stop"; readonly afterBytes: number; readonly ending: Ending };

/** `silence`: open, and nothing more comes. `end`: FIN, in the middle of whatever it was. */
export type Ending = "silence" | "end";

export type PassReason = "no-fault" | "not-http" | "status-was-sent" | "body-not-begun" | "no-body";

export type PlanPolicy = {
  /** Where a body of unknown length is cut, as nobody knows its half. */
  readonly cutUnknownAfterBytes: number;
};

export function planExchange(
  fault: FilledFault | undefined,
  progress: Progress,
  policy: PlanPolicy,
): ExchangePlan {
  if (fault === undefined) return { action: "pass", reason: "no-fault" };
  if (fault.fault === "blackhole") return { action: "stop", afterBytes: 0, ending: "silence" };
  if (progress.at === "body" && progress.body.kind === "opaque") {
    return { action: "pass", reason: "not-http" };
  }
  switch (fault.fault) {
    case "status-503":
      if (progress.at !== "awaited") return { action: "pass", reason: "status-was-sent" };
      return { action: "answer", retryAfterSeconds: fault.retryAfterSeconds };
    case "trickle":
      return { action: "pace", bytesPerSecond: fault.bytesPerSecond };
    case "hang-mid":
      return planCut(progress, "silence", policy);
    case "truncate":
      return planCut(progress, "end", policy);
  }
}

function planCut(
  progress: Progress,
  ending: Ending,
  { cutUnknownAfterBytes }: PlanPolicy,
): ExchangePlan {
  if (progress.at !== "body") return { action: "pass", reason: "body-not-begun" };
  const { body, passedBytes } = progress;
  // A HEAD or a 304 has no half body; what has no body at all cannot be cut.
  if (body.kind === "none") return { action: "pass", reason: "no-body" };
  // Of one byte the half is none: the head alone.
  const cutAt = body.kind === "length" ? Math.floor(body.bytes / 2) : cutUnknownAfterBytes;
  return { action: "stop", afterBytes: Math.max(0, cutAt - passedBytes), ending };
}
