/**
 * An object that somebody says does not exist: is it taken not to?
 *
 * One pathway may lack what another has, so everybody is asked, and asked once more. A part of a live
 * stream gets longer: the playlist that named it may have come from an edge that is ahead of those that
 * are asked now. What a live playlist names no more is gone.
 */
import type { FailoverPolicy } from "../contract/player-options.ts";

export type MissingObject = {
  /** How often everybody has been asked, from 1. */
  readonly rounds: number;
  readonly asked: number;
  /** A live playlist, or what the latest one lists. */
  readonly isLive: boolean;
  /** Since somebody first said so. */
  readonly missingMs: number;
};

const ROUNDS = 2;

export function isGone(
  { rounds, asked, isLive, missingMs }: MissingObject,
  policy: FailoverPolicy,
): boolean {
  if (isLive) return missingMs >= policy.missingLiveMs;
  return rounds >= ROUNDS || asked === 1;
}
