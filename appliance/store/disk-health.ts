/**
 * Whether the disk tier can be used, why not, and when to try again.
 *
 * A disk that fails takes nothing from the appliance but the tier: it is left alone for a while,
 * longer after each failure, and each change of state is logged once.
 */
import { type BackoffPolicy, backoffMs } from "../../kernel/backoff.ts";
import type { DiskState } from "../contract/appliance-status.ts";
import { describeFileError } from "./file-system.ts";

export type DiskLog = {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
};

export type DiskHealthOptions = {
  readonly retry: BackoffPolicy;
  readonly now: () => number;
  readonly random: () => number;
  readonly log: DiskLog;
};

const MAX_REASON_LENGTH = 300;

export class DiskHealth {
  readonly #options: DiskHealthOptions;
  #state: DiskState = { state: "recovering" };
  #failuresInRow = 0;
  #retryAtMs = Number.POSITIVE_INFINITY;
  #recoveredInMs: number | undefined;

  constructor(options: DiskHealthOptions) {
    this.#options = options;
  }

  get state(): DiskState {
    return this.#state;
  }

  /** How long it took to find what was there at the start; undefined until it is done. */
  get recoveredInMs(): number | undefined {
    return this.#recoveredInMs;
  }

  /** True once, when it is time to try again. */
  isRetryDue(nowMs: number): boolean {
    if (nowMs < this.#retryAtMs) return false;
    this.#retryAtMs = Number.POSITIVE_INFINITY;
    return true;
  }

  onRecovering(): void {
    this.#state = { state: "recovering" };
  }

  onRecovered(tookMs: number): void {
    this.#recoveredInMs = tookMs;
  }

  onUsable(details: object, message: string): void {
    this.#state = { state: "ok" };
    this.#options.log.info(details, message);
  }

  onWritten(): void {
    this.#failuresInRow = 0;
  }

  onFailure(error: unknown): void {
    const { retry, now, random, log } = this.#options;
    const reason = describeFileError(error).slice(0, MAX_REASON_LENGTH);
    if (this.#state.state !== "unavailable") {
      log.warn({ from: this.#state.state, to: "unavailable", reason }, "disk tier unavailable");
    }
    this.#state = { state: "unavailable", reason };
    this.#failuresInRow += 1;
    this.#retryAtMs = now() + backoffMs(this.#failuresInRow, retry, random);
  }
}
