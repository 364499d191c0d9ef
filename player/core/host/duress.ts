/**
 * Does a host that serves want to be spared, and is it time to do it the favour?
 *
 * A server under duress (`du` of CMSD-Dynamic, CTA-5006) says so to all its viewers at once; were they all
 * to leave at once, the next one would be. So each draws how long it stays, and most stay, because the first
 * to go relieve the server and it takes its word back. One that refuses and names a time (`Retry-After`) is
 * spared from then on, but not for longer than a while: what it names is a guess, often an old default, and
 * the probes know better.
 */
import type { FailoverPolicy } from "../../contract/player-options.ts";

export type Duress = {
  /** From here on the host is spared. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** It asked for quiet, rather than for fewer viewers. */
  readonly isQuiet: boolean;
};

/** What one answer says of it. */
export type Plea = {
  readonly isUnderDuress: boolean;
  /** Of an answer that refuses; undefined if it named no time. */
  readonly retryAfterMs: number | undefined;
};

export const AT_EASE: Duress = { fromMs: 0, untilMs: 0, isQuiet: false };

export function observePlea(
  duress: Duress,
  { isUnderDuress, retryAfterMs }: Plea,
  world: { readonly policy: FailoverPolicy; readonly nowMs: number; readonly random: () => number },
): Duress {
  const { policy, nowMs, random } = world;
  if (retryAfterMs !== undefined) {
    const untilMs = nowMs + Math.min(retryAfterMs, policy.quietLongestMs);
    return { fromMs: nowMs, untilMs: Math.max(duress.untilMs, untilMs), isQuiet: true };
  }
  if (duress.isQuiet && nowMs < duress.untilMs) return duress;
  if (!isUnderDuress) return AT_EASE;
  const isNew = nowMs >= duress.untilMs;
  const fromMs = isNew ? nowMs + random() * policy.duressPatienceMs : duress.fromMs;
  // Nor do all that have left return at once.
  const untilMs = Math.max(nowMs, fromMs) + policy.duressMs * (1 + random());
  return { fromMs, untilMs: isNew ? untilMs : Math.max(untilMs, duress.untilMs), isQuiet: false };
}

export function isSpared({ fromMs, untilMs }: Duress, nowMs: number): boolean {
  return nowMs >= fromMs && nowMs < untilMs;
}

/** The member of `CMSD-Dynamic` that the last server added: the one that is talked to (CTA-5006 §3). */
export function readsDuress(cmsdDynamic: string | null): boolean {
  const member =
    (cmsdDynamic ?? "")
      .replaceAll(/"(?:[^"\\]|\\.)*"/g, "")
      .split(",")
      .at(-1) ?? "";
  return member.split(";").some((parameter) => /^\s*du\s*(?:=\s*\?1\s*)?$/.test(parameter));
}
