/**
 * All attempts of the session that are waiting for bytes, under the eye of one loop.
 *
 * What arrived while the loop slept has not been seen yet, and silence cannot be told from sleep: the
 * first round after a long sleep judges nobody, and the sleep counts against nobody, unless sleeping is the
 * loop's pace (a hidden tab).
 */
import type { Patience } from "../core/attempt/judge-attempt.ts";
import type { Attempt, AttemptOutcome } from "./attempt.ts";
import { withHold } from "./attempt-terms.ts";

const OVERSLEPT_MS = 250;

export class AttemptsUnderWay {
  readonly #attempts = new Set<Attempt>();
  #lastTickMs: number | undefined;
  #hasOverslept = false;

  /** Runs the attempt to its end, or until the signal aborts it. */
  async run(attempt: Attempt, signal?: AbortSignal): Promise<AttemptOutcome> {
    const abort = () => attempt.abort();
    signal?.addEventListener("abort", abort);
    this.#attempts.add(attempt);
    try {
      if (signal?.aborted === true) abort();
      return await attempt.run();
    } finally {
      this.#attempts.delete(attempt);
      signal?.removeEventListener("abort", abort);
    }
  }

  tick(nowMs: number): void {
    const sleptMs = nowMs - (this.#lastTickMs ?? nowMs);
    const hasOverslept = sleptMs >= OVERSLEPT_MS;
    const isExcused = hasOverslept && !this.#hasOverslept;
    for (const attempt of this.#attempts) {
      if (isExcused) attempt.excuse(sleptMs);
      else attempt.judge(nowMs);
    }
    this.#lastTickMs = nowMs;
    this.#hasOverslept = hasOverslept;
  }

  /** Somebody else could serve by now: nobody need be waited for longer than this. */
  hurry(patienceWith: (host: string) => Patience): void {
    for (const attempt of this.#attempts) {
      attempt.hurry(withHold(patienceWith(attempt.host), attempt.holdMs));
    }
  }

  /** The page has slept: whatever was being received has been cut off. */
  abandonAll(): void {
    for (const attempt of this.#attempts) attempt.abandon();
  }

  /**
   * The host has just failed a request. Those that get bytes from it go on; those that have been
   * waiting for a while are in the same trouble, and need not each find it out by itself.
   */
  suspect(host: string, suspectMs: number, nowMs: number): void {
    for (const attempt of this.#attempts) {
      if (attempt.host !== host) continue;
      attempt.hurry({ firstByteMs: suspectMs, silenceMs: suspectMs });
      attempt.judge(nowMs);
    }
  }

  /**
   * What the host still has to deliver until a body that lacks `ownBytes` is whole, over all bodies
   * whose size is known: they share its pace, so a large one holds a small one up by no more than this.
   */
  remainingBytes(host: string, ownBytes: number): number {
    let sum = 0;
    for (const attempt of this.#attempts) {
      if (attempt.host === host) sum += Math.min(ownBytes, attempt.remainingBytes);
    }
    return sum;
  }

  abortAll(): void {
    for (const attempt of this.#attempts) attempt.abort();
  }
}
