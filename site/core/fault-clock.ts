/**
 * How far a running fault has got, by this page's clock.
 *
 * The chaos service tells how long is left at the moment of its answer, so that its clock and the
 * viewer's need not agree; the page counts down from there.
 */
import type { RunningFault } from "../../chaos/contract/faults.ts";
import { wholeSecondsWords } from "./quantity-words.ts";

export type FaultClock = {
  readonly totalSeconds: number;
  readonly elapsedSeconds: number;
  /** Not below 0. */
  readonly leftSeconds: number;
};

/** @param seenAtMs when the page was told of it */
export function readFaultClock(fault: RunningFault, seenAtMs: number, nowMs: number): FaultClock {
  const { startedAt, endsAt, secondsLeft } = fault;
  const totalSeconds = (wallMs(endsAt) - wallMs(startedAt)) / 1000;
  const leftSeconds = Math.max(0, secondsLeft - (nowMs - seenAtMs) / 1000);
  return {
    totalSeconds,
    leftSeconds,
    elapsedSeconds: Math.max(0, totalSeconds - leftSeconds),
  };
}

/** @param hearing `stale` while the chaos service does not answer, so that nobody knows */
export function countdownWords(leftSeconds: number, hearing: "fresh" | "stale"): string {
  if (leftSeconds > 0) return `heals in ${wholeSecondsWords(leftSeconds)}`;
  return hearing === "fresh" ? "is healing now" : "should have healed by now";
}

function wallMs(text: string): number {
  // biome-ignore lint/style/noRestrictedGlobals: it reads a text here, not the clock.
  return Date.parse(text);
}
