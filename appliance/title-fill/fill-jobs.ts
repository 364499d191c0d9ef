/** The titles that are being brought into the cache, and for a while those that were. */
import type { FillJobReport, FillRequest } from "../contract/title-fill.ts";
import { readFillOrder } from "../core/fill-order.ts";
import type { ObjectFetcher } from "./fetch-object.ts";
import { FillJob, type FillJobPolicy } from "./fill-job.ts";

export type FillJobsPolicy = FillJobPolicy & {
  /** Jobs that are not over. */
  readonly maxJobs: number;
  /** Jobs that are over, of which the last so many can still be asked about. */
  readonly maxFinished: number;
};

export type FillJobsOptions = {
  readonly policy: FillJobsPolicy;
  readonly fetcher: ObjectFetcher;
  readonly now: () => number;
  readonly wallNow: () => number;
  readonly random: () => number;
  readonly onUnforeseen: (error: unknown) => void;
};

export type FillJobStart =
  | { readonly ok: true; readonly job: FillJobReport }
  | { readonly ok: false; readonly refusal: "bad-request" | "too-many"; readonly reason: string };

export class FillJobs {
  readonly #options: FillJobsOptions;
  /** In the order in which they were begun. */
  readonly #jobs = new Map<string, FillJob>();

  constructor(options: FillJobsOptions) {
    this.#options = options;
  }

  start(request: FillRequest): FillJobStart {
    const { policy, random, now } = this.#options;
    const reading = readFillOrder(request);
    if (!reading.ok) return { ok: false, refusal: "bad-request", reason: reading.reason };
    const unfinished = [...this.#jobs.values()].filter((job) => !job.isOver).length;
    if (unfinished >= policy.maxJobs) {
      return { ok: false, refusal: "too-many", reason: `${unfinished} jobs are under way` };
    }
    const id = Math.floor(random() * 2 ** 48).toString(36);
    const job = new FillJob({ ...this.#options, id, order: reading.order });
    this.#jobs.set(id, job);
    this.#forgetOldest();
    job.tick(now());
    return { ok: true, job: job.report() };
  }

  list(): readonly FillJobReport[] {
    return Array.from(this.#jobs.values(), (job) => job.report());
  }

  find(id: string): FillJobReport | undefined {
    return this.#jobs.get(id)?.report();
  }

  /** Undefined where there is no such job; to cancel one that is over changes nothing. */
  cancel(id: string): FillJobReport | undefined {
    const job = this.#jobs.get(id);
    job?.cancel();
    return job?.report();
  }

  tick(nowMs: number): void {
    for (const job of this.#jobs.values()) job.tick(nowMs);
  }

  close(): void {
    for (const job of this.#jobs.values()) job.cancel();
  }

  #forgetOldest(): void {
    const finished = [...this.#jobs].filter(([, job]) => job.isOver);
    const surplus = finished.length - this.#options.policy.maxFinished;
    for (const [id] of finished.slice(0, Math.max(0, surplus))) this.#jobs.delete(id);
  }
}
