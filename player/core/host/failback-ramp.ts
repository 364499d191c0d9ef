/**
 * May a request go back to a pathway that has recovered?
 *
 * A thousand viewers who left it at once would return at once, and it has just been ill. So each draws its
 * place on a ramp, unless steering is there to say who goes when; and of each stream one segment goes first,
 * which is a whole one where the probes were parts. Once that has come, everything follows.
 */
import type { PathwayHealth } from "./pathway-health.ts";

export type ReturnContext = {
  /** Steering is being followed: its order says who returns when. */
  readonly isSteered: boolean;
  readonly isSegment: boolean;
  /** Another request is finding out. */
  readonly isTrialUnderWay: boolean;
};

export function mayReturn(
  health: PathwayHealth,
  { isSteered, isSegment, isTrialUnderWay }: ReturnContext,
  nowMs: number,
): boolean {
  if (health.state !== "well") return true;
  if (!isSteered && nowMs < health.returnAtMs) return false;
  return !health.isOnTrial || (isSegment && !isTrialUnderWay);
}
