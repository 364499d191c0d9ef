/** Counts what the edge does: requests by outcome, those under way, and bytes sent. */
import type { ServerResponse } from "node:http";
import { bitsPerSecond, observeTotal, type RateSample } from "../core/sending-rate.ts";

export type RequestOutcome = "hits" | "misses" | "collapsed" | "passed" | "errors";

const WINDOW_MS = 5_000;

export class TrafficMeter {
  readonly #counts = { hits: 0, misses: 0, collapsed: 0, passed: 0, errors: 0 };
  #active = 0;
  #totalBytes = 0;
  #samples: readonly RateSample[] = [];
  #onIdle: (() => void) | undefined;
  readonly #end = () => {
    this.#active -= 1;
    if (this.#active === 0) this.#onIdle?.();
  };

  get active(): number {
    return this.#active;
  }

  get bitsPerSecond(): number {
    return bitsPerSecond(this.#samples);
  }

  counts(): Readonly<Record<RequestOutcome, number>> {
    return { ...this.#counts };
  }

  begin(response: ServerResponse): void {
    this.#active += 1;
    response.once("close", this.#end);
  }

  count(outcome: RequestOutcome): void {
    this.#counts[outcome] += 1;
  }

  sent(bytes: number): void {
    this.#totalBytes += bytes;
  }

  tick(nowMs: number): void {
    const sample = { atMs: nowMs, totalBytes: this.#totalBytes };
    this.#samples = observeTotal(this.#samples, sample, WINDOW_MS);
  }

  /** Resolves when no request is under way. */
  idle(): Promise<void> {
    if (this.#active === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onIdle = resolve;
    });
  }
}
