/**
 * Lets a bounded number of fills ask the origin at a time. The next ones wait their turn, a bounded
 * number for a bounded time; the rest is refused at once, so that a slow origin fills no memory.
 */
import type { Fill } from "./fill.ts";
import type { FillFailure } from "./fill-failure.ts";

export type FillQueuePolicy = {
  readonly maxActive: number;
  readonly maxQueued: number;
  readonly maxQueueMs: number;
};

export class FillQueue {
  readonly #policy: FillQueuePolicy;
  readonly #begin: (fill: Fill) => void;
  readonly #active = new Set<Fill>();
  #waiting: { readonly fill: Fill; readonly sinceMs: number }[] = [];

  /** @param begin called when it is a fill's turn. */
  constructor(policy: FillQueuePolicy, begin: (fill: Fill) => void) {
    this.#policy = policy;
    this.#begin = begin;
  }

  get activeFills(): number {
    return this.#active.size;
  }

  add(fill: Fill, nowMs: number): void {
    const { maxActive, maxQueued } = this.#policy;
    if (this.#active.size < maxActive) this.#activate(fill);
    else if (this.#waiting.length < maxQueued) this.#waiting.push({ fill, sinceMs: nowMs });
    else fill.fail(BUSY);
  }

  /** Makes room for the next; true where the fill had had its turn. */
  remove(fill: Fill): boolean {
    const wasActive = this.#active.delete(fill);
    while (this.#active.size < this.#policy.maxActive) {
      const next = this.#waiting.shift()?.fill;
      if (next === undefined) break;
      if (!next.isOver) this.#activate(next);
    }
    return wasActive;
  }

  tick(nowMs: number): void {
    for (const { fill, sinceMs } of [...this.#waiting]) {
      if (nowMs - sinceMs > this.#policy.maxQueueMs) fill.fail(BUSY);
      else fill.tick(nowMs);
    }
    this.#waiting = this.#waiting.filter(({ fill }) => !fill.isOver);
    for (const fill of [...this.#active]) fill.tick(nowMs);
  }

  close(): void {
    for (const { fill } of [...this.#waiting]) fill.fail(CLOSING);
    for (const fill of [...this.#active]) fill.fail(CLOSING);
  }

  #activate(fill: Fill): void {
    this.#active.add(fill);
    this.#begin(fill);
  }
}

const BUSY: FillFailure = { source: "edge", kind: "busy", reason: "too many origin requests" };
const CLOSING: FillFailure = { source: "edge", kind: "aborted", reason: "the appliance stops" };
