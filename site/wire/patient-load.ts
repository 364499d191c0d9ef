/**
 * Loads something that a page cannot do without, and goes on trying until it has it.
 *
 * Shows its state on every tick of the page: how long it has been loading, and after a failure when
 * it will try again.
 */
import { type BackoffPolicy, backoffMs } from "../../kernel/backoff.ts";
import type { Fetched } from "./fetch-checked.ts";

export type LoadState<Answer> =
  | { readonly phase: "loading"; readonly sinceMs: number; readonly failures: number }
  | { readonly phase: "waiting"; readonly retryAtMs: number; readonly failures: number }
  | { readonly phase: "loaded"; readonly answer: Answer };

const RETRY: BackoffPolicy = { firstMs: 2_000, longestMs: 15_000 };

export class PatientLoad<Answer> {
  state: LoadState<Answer>;
  readonly #ask: () => Promise<Fetched<Answer>>;
  readonly #changed: () => void;

  constructor(ask: () => Promise<Fetched<Answer>>, changed: () => void) {
    this.#ask = ask;
    this.#changed = changed;
    this.state = { phase: "loading", sinceMs: performance.now(), failures: 0 };
    void this.#load(0);
  }

  tick(nowMs: number): void {
    if (this.state.phase === "waiting" && nowMs >= this.state.retryAtMs) this.retryNow();
  }

  retryNow(): void {
    if (this.state.phase !== "waiting") return;
    const { failures } = this.state;
    this.state = { phase: "loading", sinceMs: performance.now(), failures };
    void this.#load(failures);
    this.#changed();
  }

  async #load(failures: number): Promise<void> {
    const fetched = await this.#ask();
    this.state = fetched.ok
      ? { phase: "loaded", answer: fetched.answer }
      : {
          phase: "waiting",
          failures: failures + 1,
          retryAtMs: performance.now() + backoffMs(failures + 1, RETRY, Math.random),
        };
    this.#changed();
  }
}
