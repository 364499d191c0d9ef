/**
 * An object that somebody says does not exist: is it taken not to?
 *
 * One pathway may lack what another has, so everybody is asked, and asked once more. A part of a live
 * stream gets longer: the playlist that named it may have come from an edge that is ahead of those that
 * are asked now. What a live playlist names no more is gone. What everybody sends damaged gets as long:
 * damage on the way passes. And while who has served until now cannot be reached, strangers who say so are not
 * the last word: it may be theirs to lack.
 */
import type { FailoverPolicy } from "../../contract/player-options.ts";

export type MissingObject = {
  /** How often everybody has been asked, from 1. */
  readonly rounds: number;
  readonly asked: number;
  /**
   * `may-come`: a live playlist, or what the latest one lists; or something that nobody has sent undamaged so
   * far. `unreached`: who is likely to have it could not be asked.
   */
  readonly hope: "none" | "may-come" | "unreached";
  /** Since somebody first said so. */
  readonly missingMs: number;
};

const ROUNDS = 2;

export function isGone(
  { rounds, asked, hope, missingMs }: MissingObject,
  policy: FailoverPolicy,
): boolean {
  if (hope === "unreached") return missingMs >= policy.missingUnreachedMs;
  if (hope === "may-come") return missingMs >= policy.missingLiveMs;
  return rounds >= ROUNDS || asked === 1;
}
