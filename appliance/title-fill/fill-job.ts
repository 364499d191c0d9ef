/**
 * One title on its way into the cache: what is known of it, what has come, and what to begin next.
 *
 * It begins something only in its hours, within its bandwidth, and while the origin has nothing better to
 * do; what has begun goes on. A cap is kept on the average: the next object waits until what the last one
 * cost has been earned.
 */
import { isPlaylist } from "../../kernel/playlist-lines.ts";
import type { FillJobReport, FillJobState } from "../contract/title-fill.ts";
import {
  type BudgetPolicy,
  type ByteBudget,
  fullBudget,
  refilled,
  waitMs,
  without,
} from "../core/byte-budget.ts";
import type { FillOrder } from "../core/fill-order.ts";
import { isWithinHours } from "../core/hours-window.ts";
import type { SlicedHead } from "../core/slicing.ts";
import { readTitleContents } from "../core/title-contents.ts";
import type { FilledObject, ObjectFetcher } from "./fetch-object.ts";

export type FillJobPolicy = {
  readonly maxObjects: number;
  /** Fetches of one job at a time; one where its bandwidth is capped. */
  readonly maxRunning: number;
  readonly maxAttempts: number;
  /** Pause before what failed in passing is tried again. */
  readonly retryAfterMs: number;
  readonly maxListedFailures: number;
};

export type FillJobOptions = {
  readonly id: string;
  readonly order: FillOrder;
  readonly policy: FillJobPolicy;
  readonly fetcher: ObjectFetcher;
  readonly now: () => number;
  readonly wallNow: () => number;
  readonly onUnforeseen: (error: unknown) => void;
};

type Item = {
  readonly key: string;
  readonly slice: { readonly head: SlicedHead; readonly index: number } | undefined;
  readonly attempts: number;
  readonly notBeforeMs: number;
};

export class FillJob {
  readonly #options: FillJobOptions;
  readonly #known = new Set<string>();
  readonly #stop = new AbortController();
  readonly #budgetPolicy: BudgetPolicy;
  readonly #failures: { path: string; reason: string }[] = [];
  readonly #objects = { filled: 0, alreadyStored: 0, failed: 0, skipped: 0, beyondLimit: 0 };
  #budget: ByteBudget;
  #pending: Item[] = [];
  #running = 0;
  #bytes = 0;
  #state: FillJobState = "running";
  #waitingFor: FillJobReport["waitingFor"] = "nothing";

  constructor(options: FillJobOptions) {
    const { order, now } = options;
    this.#options = options;
    const bytesPerSecond = order.bytesPerSecond ?? Number.POSITIVE_INFINITY;
    this.#budgetPolicy = { bytesPerMs: bytesPerSecond / 1000, burstBytes: bytesPerSecond };
    this.#budget = fullBudget(this.#budgetPolicy, now());
    for (const key of order.keys) this.#add(key);
  }

  get isOver(): boolean {
    return this.#state !== "running";
  }

  report(): FillJobReport {
    return {
      id: this.#options.id,
      state: this.#state,
      waitingFor: this.#waitingFor,
      objects: { known: this.#known.size, ...this.#objects },
      bytes: { filled: this.#bytes },
      failures: [...this.#failures],
    };
  }

  cancel(): void {
    if (this.isOver) return;
    this.#state = "cancelled";
    this.#waitingFor = "nothing";
    this.#pending = [];
    this.#stop.abort();
  }

  /** Begins what may be begun. */
  tick(nowMs: number): void {
    if (this.isOver) return;
    const { order, policy } = this.#options;
    if (order.bytesPerSecond !== undefined) {
      this.#budget = refilled(this.#budget, this.#budgetPolicy, nowMs);
    }
    const maxRunning = order.bytesPerSecond === undefined ? policy.maxRunning : 1;
    while (this.#running < maxRunning) {
      this.#waitingFor = this.#obstacle();
      const item = this.#waitingFor === "nothing" ? this.#next(nowMs) : undefined;
      if (item === undefined) break;
      this.#begin(item);
    }
    if (this.#running === 0 && this.#pending.length === 0) this.#state = "done";
  }

  #obstacle(): FillJobReport["waitingFor"] {
    const { order, fetcher, wallNow } = this.#options;
    if (order.window !== undefined && !isWithinHours(order.window, wallNow())) return "window";
    if (order.bytesPerSecond !== undefined && waitMs(this.#budget, this.#budgetPolicy) > 0) {
      return "bandwidth";
    }
    return fetcher.isOriginIdle ? "nothing" : "idle-origin";
  }

  #next(nowMs: number): Item | undefined {
    const index = this.#pending.findIndex(({ notBeforeMs }) => notBeforeMs <= nowMs);
    return index === -1 ? undefined : this.#pending.splice(index, 1)[0];
  }

  #begin(item: Item): void {
    const { fetcher, now, onUnforeseen } = this.#options;
    const { key, slice } = item;
    this.#running += 1;
    const fetched =
      slice === undefined
        ? fetcher.fetch(key, this.#stop.signal)
        : fetcher.fetchSlice(slice.head, slice.index, this.#stop.signal);
    fetched
      .then((object) => this.#onFetched(item, object))
      .catch(onUnforeseen)
      .finally(() => {
        this.#running -= 1;
        // The next one does not wait for the next tick.
        this.tick(now());
      });
  }

  #onFetched(item: Item, object: FilledObject): void {
    if (this.isOver) return;
    switch (object.outcome) {
      case "filled":
        this.#objects.filled += 1;
        this.#bytes += object.bytes;
        this.#budget = without(this.#budget, object.bytes);
        this.#follow(item.key, object.body);
        return;
      case "already-stored":
        this.#objects.alreadyStored += 1;
        this.#follow(item.key, object.body);
        return;
      case "sliced":
        this.#known.delete(item.key);
        for (let index = 0; index < object.slices; index += 1) {
          this.#add(item.key, { head: object.head, index });
        }
        return;
      case "failed":
        this.#onFailed(item, object);
    }
  }

  #onFailed(item: Item, { reason, isPassing }: FilledObject & { outcome: "failed" }): void {
    const { policy, now } = this.#options;
    const attempts = item.attempts + 1;
    if (isPassing && attempts < policy.maxAttempts) {
      const notBeforeMs = now() + attempts * policy.retryAfterMs;
      this.#pending.push({ ...item, attempts, notBeforeMs });
      return;
    }
    this.#objects.failed += 1;
    if (this.#failures.length < policy.maxListedFailures) {
      this.#failures.push({ path: item.key, reason });
    }
  }

  #follow(key: string, body: Buffer | undefined): void {
    // The first line tells; a segment is not read as text.
    if (body === undefined || !isPlaylist(body.toString("utf8", 0, FIRST_LINE_BYTES))) return;
    const { maxBandwidth } = this.#options.order;
    const contents = readTitleContents(body.toString("utf8"), key, { maxBandwidth });
    this.#objects.skipped += contents.skipped;
    for (const found of contents.keys) this.#add(found);
  }

  #add(key: string, slice?: Item["slice"]): void {
    const name = slice === undefined ? key : `${key} ${slice.index}`;
    if (this.#known.has(name)) return;
    if (this.#known.size >= this.#options.policy.maxObjects) {
      this.#objects.beyondLimit += 1;
      return;
    }
    this.#known.add(name);
    this.#pending.push({ key, slice, attempts: 0, notBeforeMs: 0 });
  }
}

const FIRST_LINE_BYTES = 12;
