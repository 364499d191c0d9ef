/** What came of a probe, in the terms by which it is judged. */
import { parseContentRange } from "../../kernel/byte-range.ts";
import type { AttemptProgress } from "../core/attempt/judge-attempt.ts";
import type { WholeProbe } from "../core/host/judge-probe.ts";
import type { AttemptOutcome } from "./attempt.ts";
import type { BodyUnderWay } from "./body-under-way.ts";

export type Probed = {
  readonly outcome: AttemptOutcome;
  readonly progress: AttemptProgress;
  readonly body: BodyUnderWay;
};

/** @param durationMs of the segment that was asked for; undefined for what is none. */
export function measureOf(
  { outcome, progress, body }: Probed,
  durationMs: number | undefined,
): WholeProbe {
  const { firstByteMs = 0, lastByteMs = firstByteMs } = progress;
  const { receivedBytes } = body.held;
  return {
    receivedBytes,
    tookMs: lastByteMs - firstByteMs,
    segment: segmentOf(outcome, receivedBytes, durationMs),
  };
}

/** At a live edge one host may be a little behind another: that speaks neither for it nor against it. */
export function isMissing(outcome: AttemptOutcome): boolean {
  return outcome.kind === "failed" && outcome.reason === "status-4xx";
}

/** A host that knows no ranges, or does not let us read which one it sent, still serves. */
export function hasServed(outcome: AttemptOutcome): boolean {
  if (outcome.kind === "whole") return true;
  return (
    outcome.kind === "failed" &&
    outcome.reason === "wrong-range" &&
    (outcome.status === 200 || outcome.status === 206)
  );
}

function segmentOf(
  outcome: AttemptOutcome,
  receivedBytes: number,
  durationMs: number | undefined,
): WholeProbe["segment"] {
  if (outcome.kind !== "whole" || durationMs === undefined) return undefined;
  const isPart = outcome.response.status === 206;
  const range = parseContentRange(outcome.response.headers.get("content-range"));
  // Of a whole, no more may have been read than was enough.
  const declaredBytes = Number(outcome.response.headers.get("content-length") ?? 0);
  const sizeBytes = isPart ? range?.sizeBytes : Math.max(receivedBytes, declaredBytes);
  return sizeBytes === undefined ? undefined : { sizeBytes, durationMs };
}
