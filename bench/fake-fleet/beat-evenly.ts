/**
 * Sends each appliance's heartbeats as often as it should, all of them spread evenly over time.
 *
 * What is due follows from the clock alone, so a sender that was held up catches up, and tells by how
 * much it was late: a pace that it cannot keep itself must not be taken for steering's.
 */
import { setTimeout as delay } from "node:timers/promises";

export type Beat = {
  /** Which of the appliances. */
  readonly place: number;
  /** From 1 on. */
  readonly sequence: number;
  readonly lateMs: number;
};

export type BeatWishes = {
  /** How many appliances there are. */
  readonly count: number;
  readonly everyMs: number;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly beat: (beat: Beat) => void;
};

/** Returns when the signal is aborted. */
export async function beatEvenly({ count, everyMs, now, signal, beat }: BeatWishes): Promise<void> {
  const begunMs = now();
  const dueMs = (number: number) => begunMs + (number * everyMs) / count;
  let number = 0;
  while (!signal.aborted) {
    const nowMs = now();
    for (; dueMs(number) <= nowMs; number += 1) {
      const sequence = Math.floor(number / count) + 1;
      beat({ place: number % count, sequence, lateMs: nowMs - dueMs(number) });
    }
    await delay(1);
  }
}
