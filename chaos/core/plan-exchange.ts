/**
 * Decides what a fault does to an exchange from where that exchange stands.
 *
 * It is asked again whenever something has happened, so a fault may begin or end at any byte, and
 * the plan is never kept: it follows from the fault and the progress alone.
 */
import type { FrozenAnswer } from "./answer-recording.ts";
import type { DeclaredBody } from "./body-framing.ts";
import { drawDelayMs } from "./draw-delay.ts";
import type { RequestFault } from "./fault-run.ts";

/** A fault that touches an exchange, and what belongs to this exchange alone. */
export type Touch = {
  readonly fault: RequestFault;
  /** Of the request among those that the fault was drawn for. */
  readonly number: number;
  /** What `stale-playlist` has kept of an earlier answer to the same path. */
  readonly frozen: FrozenAnswer | undefined;
};

/** How much of a response has passed to the client. */
export type Progress =
  | { readonly at: "awaited" }
  | { readonly at: "head" }
  | { readonly at: "body"; readonly body: DeclaredBody; readonly passedBytes: number };

export type ExchangePlan =
  | { readonly action: "pass"; readonly reason: PassReason }
  /** At once, instead of the upstream. */
  | { readonly action: "answer"; readonly answer: OwnAnswer }
  /** Passes, and is kept. */
  | { readonly action: "record" }
  | { readonly action: "pace"; readonly bytesPerSecond: number }
  /** Every byte of content is made another. */
  | { readonly action: "spoil" }
  /** From its first byte on, the response waits so long. */
  | { readonly action: "delay"; readonly delayMs: number }
  /** After so many more bytes of content the connection says nothing more, or ends. */
  | { readonly action: "stop"; readonly afterBytes: number; readonly ending: Ending };

export type OwnAnswer =
  | { readonly kind: "missing" | "page" | "redirect" }
  | { readonly kind: "unavailable"; readonly retryAfterSeconds: number | undefined }
  | { readonly kind: "frozen"; readonly frozen: FrozenAnswer };

/** `silence`: open, and nothing more comes. `end`: FIN, and `reset`: RST, in the middle of whatever it was. */
export type Ending = "silence" | "end" | "reset";

export type PassReason =
  | "no-fault"
  | "not-http"
  | "status-was-sent"
  | "head-was-sent"
  | "body-not-begun"
  | "no-body";

export type PlanPolicy = {
  /** Where a body of unknown length is cut, as nobody knows its half. */
  readonly cutUnknownAfterBytes: number;
};

export function planExchange(
  touch: Touch | undefined,
  progress: Progress,
  policy: PlanPolicy,
): ExchangePlan {
  if (touch === undefined) return { action: "pass", reason: "no-fault" };
  const { fault } = touch;
  if (fault.fault === "blackhole") return { action: "stop", afterBytes: 0, ending: "silence" };
  if (progress.at === "body" && progress.body.kind === "opaque") {
    return { action: "pass", reason: "not-http" };
  }
  switch (fault.fault) {
    case "status-503":
      return planAnswer(progress, {
        kind: "unavailable",
        retryAfterSeconds: fault.retryAfterSeconds,
      });
    case "status-404":
      return planAnswer(progress, { kind: "missing" });
    case "html-200":
      return planAnswer(progress, { kind: "page" });
    case "redirect-dead":
      return planAnswer(progress, { kind: "redirect" });
    case "stale-playlist":
      if (touch.frozen === undefined) return { action: "record" };
      return planAnswer(progress, { kind: "frozen", frozen: touch.frozen });
    case "latency":
      if (progress.at !== "awaited") return { action: "pass", reason: "head-was-sent" };
      return { action: "delay", delayMs: drawDelayMs(fault, touch.number) };
    case "trickle":
      return { action: "pace", bytesPerSecond: fault.bytesPerSecond };
    case "brownout":
      if (progress.at !== "body") return { action: "pass", reason: "body-not-begun" };
      return { action: "pace", bytesPerSecond: fault.bytesPerSecond };
    case "corrupt":
      if (progress.at !== "body") return { action: "pass", reason: "body-not-begun" };
      if (progress.body.kind === "none") return { action: "pass", reason: "no-body" };
      return { action: "spoil" };
    case "hang-mid":
      return planCut(progress, "silence", atHalf(policy));
    case "truncate":
      return planCut(progress, "end", atHalf(policy));
    case "reset":
      return planCut(progress, "reset", afterBytes(fault.bytes));
  }
}

function planAnswer(progress: Progress, answer: OwnAnswer): ExchangePlan {
  if (progress.at !== "awaited") return { action: "pass", reason: "status-was-sent" };
  return { action: "answer", answer };
}

/** Where a body is cut, of this length if it is known. */
type CutPlace = (lengthBytes: number | undefined) => number;

/** Of one byte the half is none: the head alone. */
function atHalf({ cutUnknownAfterBytes }: PlanPolicy): CutPlace {
  return (lengthBytes) =>
    lengthBytes === undefined ? cutUnknownAfterBytes : Math.floor(lengthBytes / 2);
}

/** Whatever a cut touches does not arrive: a body that has no more bytes is cut at its half. */
function afterBytes(bytes: number): CutPlace {
  return (lengthBytes) =>
    lengthBytes === undefined || lengthBytes > bytes ? bytes : Math.floor(lengthBytes / 2);
}

function planCut(progress: Progress, ending: Ending, placeOf: CutPlace): ExchangePlan {
  if (progress.at !== "body") return { action: "pass", reason: "body-not-begun" };
  const { body, passedBytes } = progress;
  // A HEAD or a 304 has no half body; what has no body at all cannot be cut.
  if (body.kind === "none") return { action: "pass", reason: "no-body" };
  const cutAt = placeOf(body.kind === "length" ? body.bytes : undefined);
  return { action: "stop", afterBytes: Math.max(0, cutAt - passedBytes), ending };
}
