/**
 * Playback moves to another pathway though nothing is wrong with this one: is a body that is under way here
 * worth interrupting?
 *
 * What is nearly whole is let finish. The rest goes on elsewhere from its next byte: a pathway that steering
 * empties may be about to end, and a body that hangs there would hold the viewer for as long as it likes.
 */
import type { FailoverPolicy } from "../../contract/player-options.ts";

export type BodyUnderWayHere = {
  /** Undefined while the size is unknown. */
  readonly remainingBytes: number | undefined;
  readonly bytesPerSecond: number;
};

export function isWorthLeaving(
  { remainingBytes, bytesPerSecond }: BodyUnderWayHere,
  { moveFinishMs }: Pick<FailoverPolicy, "moveFinishMs">,
): boolean {
  if (remainingBytes === undefined) return true;
  return remainingBytes * 1_000 > bytesPerSecond * moveFinishMs;
}
