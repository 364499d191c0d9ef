/**
 * Decides how long those who ask wait for an origin that does not answer.
 *
 * Where there is something else to give, or somewhere else to go, a quick "no" serves a viewer better
 * than a long wait: a player gives an endpoint about a second, and one that has been told of a failure
 * knows more than one that has merely run out of patience. The question itself goes on behind their
 * backs for a while, so that an origin which is only slow still brings the cache up to date.
 *
 * Slow is not silent: an origin that took its time over the playlist before gets that time again, since
 * otherwise one that is always slow would be left just before each of its answers.
 */
import { staleForMs } from "./decide-serving.ts";
import { isLivePlaylist } from "./live-playlist.ts";
import type { StoredMetadata } from "./stored-metadata.ts";

export type PatiencePolicy = {
  /** How long those who ask wait, counted from the first of them, where the origin is quick. */
  readonly waitMs: number;
  /** How many times as long as it took the last time a slow origin may take. */
  readonly timesUsual: number;
  /** How long the question itself is kept up before it is asked anew. */
  readonly giveUpMs: number;
};

export type Patience =
  | {
      readonly kind: "short";
      readonly reason: "live-playlist" | "stale-at-hand";
      readonly waitMs: number;
      readonly giveUpMs: number;
    }
  /** As long as the upstream's own time limits. */
  | { readonly kind: "long"; readonly reason: "nothing-stored" | "nothing-else" };

/** @param stored what the question is about, if anything is known of it. */
export function decidePatience(
  stored: StoredMetadata | undefined,
  policy: PatiencePolicy,
  nowWallMs: number,
): Patience {
  if (stored === undefined) return { kind: "long", reason: "nothing-stored" };
  const { waitMs, giveUpMs, timesUsual } = policy;
  if (isLivePlaylist(stored)) {
    const usualMs = Math.min(timesUsual * stored.answeredInMs, giveUpMs);
    return { kind: "short", reason: "live-playlist", waitMs: Math.max(waitMs, usualMs), giveUpMs };
  }
  // The default window is not counted: slow is not the same as disconnected. And what is at hand now
  // must still be so for the last of those who come while the question is kept up.
  if (staleForMs(stored, nowWallMs) + giveUpMs < stored.staleIfErrorMs) {
    return { kind: "short", reason: "stale-at-hand", waitMs, giveUpMs };
  }
  return { kind: "long", reason: "nothing-else" };
}
