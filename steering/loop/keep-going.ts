/**
 * Lets the loop go on whatever happens in one of its steps: a mistake in the sum of one node must not end
 * the probes of all others, and a service that dies of it would be started again only to die again.
 *
 * A step that fails is told of, but not with every turn, for a loop turns ten times a second.
 */
export type FailedStep = {
  readonly step: string;
  readonly error: unknown;
  /** How often it has failed since it was last told. */
  readonly failures: number;
};

export type KeepGoingOptions = {
  readonly now: () => number;
  readonly onFailure: (failed: FailedStep) => void;
};

const TELL_EVERY_MS = 60_000;

export function keepGoing({ now, onFailure }: KeepGoingOptions) {
  const known = new Map<string, { toldAtMs: number; failures: number }>();

  function noteFailure(step: string, error: unknown): void {
    const nowMs = now();
    const { toldAtMs, failures } = known.get(step) ?? NEVER;
    if (nowMs - toldAtMs < TELL_EVERY_MS) {
      known.set(step, { toldAtMs, failures: failures + 1 });
      return;
    }
    known.set(step, { toldAtMs: nowMs, failures: 0 });
    onFailure({ step, error, failures: failures + 1 });
  }

  /** Does it now. Resolves when it has ended, and never rejects. */
  return async function attempt(step: string, work: () => unknown): Promise<void> {
    try {
      await work();
    } catch (error) {
      noteFailure(step, error);
    }
  };
}

const NEVER = { toldAtMs: Number.NEGATIVE_INFINITY, failures: 0 };
