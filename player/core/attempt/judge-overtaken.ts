/**
 * A hedge was whole before the pathway that it was to spare: does that speak against this one?
 *
 * Only if the other was clearly faster at the very same moment, over the very same link: otherwise the link
 * is slow, and the two would have come in about together. And nobody is left for a wait that the quickest
 * host may have once in a while; that one is remembered, and is not waited out again.
 */
import type { FailoverPolicy } from "../../contract/player-options.ts";

export type Overtaking = {
  /** How long the first one was waited for in vain: for a byte, or for the whole of a text. */
  readonly waitedMs: number;
  /** How long the hedge took for the same. */
  readonly hedgeTookMs: number;
};

export type OvertakenVerdict = "host-is-slow" | "doubtful" | "proves-nothing";

export function judgeOvertaken(
  { waitedMs, hedgeTookMs }: Overtaking,
  policy: FailoverPolicy,
): OvertakenVerdict {
  if (waitedMs < hedgeTookMs * policy.clearlyFasterFactor) return "proves-nothing";
  return waitedMs >= policy.firstByteFloorMs ? "host-is-slow" : "doubtful";
}
