/**
 * One viewer in front of one title: fetches a buffer, then a segment whenever one has been played,
 * climbs the ladder and slips, skips and pauses, and leaves early or at the end.
 */
import type { Random } from "../../../kernel/seeded-random.ts";
import { type PackagedTitle, SEGMENT_MS, TOP_RUNG } from "./packaged-title.ts";

export type Habits = {
  /** Viewers who look in and leave after a minute and a half on average. */
  readonly browserShare: number;
  /** The chance of leaving for each segment, of all others. */
  readonly leaveChance: number;
  /** Viewers who go on where they left off another day. */
  readonly resumeShare: number;
  /** The chances of skipping five minutes and of a pause, for each segment. */
  readonly skipChance: number;
  readonly pauseChance: number;
  /** The chance of slipping down the ladder, for each segment; 0 for a viewer who keeps to one rung. */
  readonly slipChance: number;
  readonly hearsSound: boolean;
};

export type Sitting = {
  readonly title: PackagedTitle;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly firstNumber: number;
  readonly lastNumber: number;
};

/** What screens and links allow, as shares of viewers by rung. */
const BEST_RUNG_SHARES = [0.05, 0.1, 0.2, 0.3, 0.35] as const;
const FIRST_RUNG = 1;
const BUFFERED_SEGMENTS = 5;
const FETCH_MS = 700;
const BROWSER_LEAVES_CHANCE = SEGMENT_MS / 90_000;
const SKIPPED_SEGMENTS = 50;
const MEAN_PAUSE_MS = 180_000;
const RECOVERY_CHANCE = 0.15;

export function watch(sitting: Sitting, habits: Habits, random: Random): void {
  const { title, fromMs, untilMs, firstNumber, lastNumber } = sitting;
  const bestRung = drawBestRung(random);
  const leaveChance = random() < habits.browserShare ? BROWSER_LEAVES_CHANCE : habits.leaveChance;
  const mayMove = habits.slipChance > 0;
  let rung = mayMove ? Math.min(FIRST_RUNG, bestRung) : bestRung;
  let knownRungs = 0;
  let isSlipping = false;
  let atMs = fromMs;
  let number = drawStart(firstNumber, lastNumber, habits, random);

  for (let fetched = 0; number <= lastNumber && atMs < untilMs; fetched += 1) {
    if ((knownRungs & (1 << rung)) === 0) {
      title.askForInit(atMs, rung);
      knownRungs |= 1 << rung;
    }
    title.askForSegment(atMs, rung, number);
    if (habits.hearsSound) title.askForSound(atMs + 20, number);

    if (random() < leaveChance) return;
    if (mayMove) {
      isSlipping = isSlipping ? random() > RECOVERY_CHANCE : random() < habits.slipChance;
      const goal = isSlipping ? Math.max(0, bestRung - 2) : bestRung;
      rung += Math.sign(goal - rung);
    }
    number += random() < habits.skipChance ? SKIPPED_SEGMENTS : 1;
    atMs += fetched < BUFFERED_SEGMENTS ? FETCH_MS * (0.5 + random()) : SEGMENT_MS;
    if (random() < habits.pauseChance) atMs += -Math.log(1 - random()) * MEAN_PAUSE_MS;
  }
}

function drawStart(first: number, last: number, { resumeShare }: Habits, random: Random): number {
  return random() < resumeShare ? first + Math.floor(random() * (last - first)) : first;
}

function drawBestRung(random: Random): number {
  let rest = random();
  for (const [rung, share] of BEST_RUNG_SHARES.entries()) {
    rest -= share;
    if (rest < 0) return rung;
  }
  return TOP_RUNG;
}
