/**
 * Lets a bounded number of fills ask the origin at a time. The next ones wait their turn, a bounded
 * number for a bounded time; the rest is refused at once, so that a slow origin fills no memory.
 *
 * A fill whose readers set its pace may last as long as its slowest client: it gives its place up to
 * those that everybody waits for, and has one among the streams instead.
 */
import type { Fill } from "./fill.ts";
import type { FillFailure } from "./fill-failure.ts";

export type FillQueuePolicy = {
  readonly maxActive: number;
  /** How many may go on at the pace of their readers, beside those. */
  readonly maxStreams: number;
  readonly maxQueued: number;
  readonly maxQueueMs: number;
  /** What nobody waits for is begun only while fewer than this are under way, and nobody queues. */
  readonly idleBelow: number;
};

export class FillQueue {
  readonly #policy: FillQueuePolicy;
  readonly #begin: (fill: Fill) => void;
  readonly #active = new Set<Fill>();
  readonly #streams = new Set<Fill>();
  #waiting: { readonly fill: Fill; readonly sinceMs: number }[] = [];

  /** @param begin called when it is a fill's turn. */
  constructor(policy: FillQueuePolicy, begin: (fill: Fill) => void) {
    this.#policy = policy;
    this.#begin = begin;
  }

  get activeFills(): number {
    return this.#active.size + this.#streams.size;
  }

  /** There is room for what nobody waits for. */
  get isIdle(): boolean {
    return this.#waiting.length === 0 && this.#active.size < this.#policy.idleBelow;
  }

  add(fill: Fill, nowMs: number): void {
    const { maxActive, maxQueued } = this.#policy;
    if (this.#active.size < maxActive) this.#activate(fill);
    else if (this.#waiting.length < maxQueued) this.#waiting.push({ fill, sinceMs: nowMs });
    else fill.fail(BUSY);
  }

  /** Moves a fill that goes on at the pace of its readers, as long as there is room for it. */
  moveToStreams(fill: Fill): void {
    if (this.#streams.size >= this.#policy.maxStreams || !this.#active.delete(fill)) return;
    this.#streams.add(fill);
    this.#activateNext();
  }

  /** Makes room for the next; true where the fill had had its turn. */
  remove(fill: Fill): boolean {
    const wasActive = this.#active.delete(fill) || this.#streams.delete(fill);
    this.#activateNext();
    return wasActive;
  }

  tick(nowMs: number): void {
    for (const { fill, sinceMs } of [...this.#waiting]) {
      if (nowMs - sinceMs > this.#policy.maxQueueMs) fill.fail(BUSY);
      else fill.tick(nowMs);
    }
    this.#waiting = this.#waiting.filter(({ fill }) => !fill.isOver);
    for (const fill of [...this.#active, ...this.#streams]) fill.tick(nowMs);
  }

  close(): void {
    for (const { fill } of [...this.#waiting]) fill.fail(CLOSING);
    for (const fill of [...this.#active, ...this.#streams]) fill.fail(CLOSING);
  }

  #activateNext(): void {
    while (this.#active.size < this.#policy.maxActive) {
      const next = this.#waiting.shift()?.fill;
      if (next === undefined) break;
      if (!next.isOver) this.#activate(next);
    }
  }

  #activate(fill: Fill): void {
    this.#active.add(fill);
    this.#begin(fill);
  }
}

const BUSY: FillFailure = { source: "edge", kind: "busy", reason: "too many origin requests" };
const CLOSING: FillFailure = { source: "edge", kind: "aborted", reason: "the appliance stops" };
