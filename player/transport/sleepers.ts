/** Pauses that end when the transport's loop reaches their time, or when something wakes them all. */
type Sleeper = { readonly untilMs: number; readonly wake: () => void };

export class Sleepers {
  readonly #sleepers = new Set<Sleeper>();

  sleep(untilMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#sleepers.delete(sleeper);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      const sleeper = { untilMs, wake };
      if (signal.aborted) return resolve();
      signal.addEventListener("abort", wake);
      this.#sleepers.add(sleeper);
    });
  }

  tick(nowMs: number): void {
    for (const sleeper of [...this.#sleepers]) if (nowMs >= sleeper.untilMs) sleeper.wake();
  }

  wakeAll(): void {
    this.tick(Number.POSITIVE_INFINITY);
  }
}
