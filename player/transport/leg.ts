/**
 * One pathway's run at a body: the attempt, and a second one from the first byte if what is held turns
 * out to be another body. A request has one leg at a time, or two while it is hedged.
 */
import type {
  FailureReason,
  HedgeReason,
  PlayerEvents,
  RestartReason,
} from "../contract/player-events.ts";
import type { AttemptProgress } from "../core/attempt/judge-attempt.ts";
import type { Attempt, AttemptOutcome } from "./attempt.ts";
import type { BodyUnderWay } from "./body-under-way.ts";
import type { Candidate } from "./known-pathways.ts";

/** What came of asking one pathway. */
export type Asked = {
  /** Who answered: the pathway that was asked, or the one that hedged it. */
  readonly candidate: Candidate;
  readonly outcome: AttemptOutcome;
  readonly progress: AttemptProgress;
  /** Who was asked first, where a hedge was whole before it. */
  readonly overtook?: Overtaken;
};

export type Overtaken = {
  readonly candidate: Candidate;
  readonly reason: HedgeReason;
  readonly progress: AttemptProgress;
  /** Bytes that it had brought when the hedge went out. */
  readonly keptBytes: number;
};

export type EndedLeg = Pick<Asked, "outcome" | "progress"> & {
  readonly fromByte: number;
  readonly bytes: number;
};

export type LegOptions = {
  readonly candidate: Candidate;
  readonly body: BodyUnderWay;
  readonly attempt: (leg: Leg) => Attempt;
  readonly run: (attempt: Attempt) => Promise<AttemptOutcome>;
  /** Looks at what has come whole. @param heldBytes that others had brought of it. */
  readonly check: (outcome: AttemptOutcome, heldBytes: number) => Promise<AttemptOutcome>;
  /** An attempt has ended, well or not, and so many bytes are its own. */
  readonly onEnded: (ended: EndedLeg) => void;
  /** What is held is another body than this pathway's. */
  readonly onRestart: (reason: RestartReason) => void;
};

export class Leg {
  readonly candidate: Candidate;
  readonly body: BodyUnderWay;
  readonly ended: Promise<Asked>;
  /** Where the body of another pathway went on, if it did. */
  resumed: PlayerEvents["resume"] | undefined;
  readonly #options: LegOptions;
  #attempt: Attempt;
  #earlierBytes = 0;

  constructor(options: LegOptions) {
    this.#options = options;
    this.candidate = options.candidate;
    this.body = options.body;
    this.#attempt = options.attempt(this);
    this.ended = this.#run();
  }

  get attempt(): Attempt {
    return this.#attempt;
  }

  get takenBytes(): number {
    return this.#earlierBytes + this.#attempt.takenBytes;
  }

  async #run(): Promise<Asked> {
    const { candidate, body, attempt, run, check, onEnded, onRestart } = this.#options;
    for (let restarts = 0; ; restarts += 1) {
      const heldBytes = body.held.receivedBytes;
      const ended = await run(this.#attempt);
      const bytes = body.held.receivedBytes - heldBytes;
      this.#noteTime(ended, bytes);
      const outcome = await check(ended, heldBytes);
      const { progress } = this.#attempt;
      onEnded({ outcome, progress, fromByte: heldBytes, bytes });
      if (outcome.kind !== "restart" || restarts > 0) return { candidate, outcome, progress };
      onRestart(outcome.reason);
      body.forget();
      this.#earlierBytes += this.#attempt.takenBytes;
      this.#attempt = attempt(this);
    }
  }

  /** From the request to the last byte that came; nothing for an attempt that brought none. */
  #noteTime(outcome: AttemptOutcome, bytes: number): void {
    const { startedMs, lastByteMs = startedMs } = this.#attempt.progress;
    const isTooSlow = outcome.kind === "failed" && outcome.reason === "too-slow";
    if (isTooSlow) this.body.noteUncounted(bytes);
    else this.body.noteTime(lastByteMs - startedMs);
  }
}

/** What went wrong with one that did not come whole. */
export function reasonOf({ outcome }: Asked): FailureReason {
  return outcome.kind === "failed" ? outcome.reason : "wrong-length";
}
