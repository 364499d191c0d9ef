/**
 * One turn of the service's loop: its steps in order, each for itself, so that what fails in one of them
 * is told of and the others go on. Between two steps whoever has asked is answered.
 */
import { inTurns } from "./in-turns.ts";
import { type FailedStep, keepGoing } from "./keep-going.ts";

export type LoopStep = {
  readonly name: string;
  /** How often; without it, with every turn. */
  readonly everyMs?: number;
  readonly work: (nowMs: number) => unknown;
};

export type LoopOptions = {
  /** Each begins when the one before has ended. */
  readonly steps: readonly LoopStep[];
  /** They ask others: all are begun, and then their answers are awaited together. */
  readonly questions: readonly LoopStep[];
  /** What is left of a turn then stays undone. */
  readonly isOver: () => boolean;
  readonly now: () => number;
  readonly onFailure: (failed: FailedStep) => void;
};

/** @returns a turn. It resolves when what it asked has been answered, and never rejects. */
export function turnLoop({ steps, questions, isOver, now, onFailure }: LoopOptions) {
  const attempt = keepGoing({ now, onFailure });
  const dueAtMs = new Map<string, number>();

  function isDue({ name, everyMs }: LoopStep, nowMs: number): boolean {
    if (everyMs === undefined) return true;
    if (nowMs < (dueAtMs.get(name) ?? Number.NEGATIVE_INFINITY)) return false;
    dueAtMs.set(name, nowMs + everyMs);
    return true;
  }

  return async function turn(nowMs: number): Promise<void> {
    const asked: Promise<void>[] = [];
    const begin = ({ name, work }: LoopStep) => attempt(name, () => work(nowMs));
    function* pieces() {
      for (const step of steps) if (isDue(step, nowMs)) yield begin(step);
      for (const step of questions) if (isDue(step, nowMs)) yield void asked.push(begin(step));
    }
    await inTurns(pieces(), isOver);
    await Promise.all(asked);
  };
}
