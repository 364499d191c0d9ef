/**
 * Keeps the appliance in the fleet: carries out what the lease course decides, one request at a time.
 */
import { randomUUID } from "node:crypto";
import type { BackoffPolicy } from "../../kernel/backoff.ts";
import type { Registration } from "../../steering/contract/appliance-lease.ts";
import type { ApplianceReport, ApplianceStatus } from "../contract/appliance-status.ts";
import {
  beginLeaseCourse,
  hastenHeartbeat,
  type LeaseCourse,
  type LeaseOutcome,
  nextLeaseStep,
  observeLeaseOutcome,
} from "../core/lease-course.ts";
import type { SteeringClient } from "./steering-client.ts";

export type SteeringLeaseOptions = {
  readonly client: SteeringClient;
  readonly identity: () => Pick<Registration, "id" | "region" | "url">;
  readonly report: () => ApplianceReport;
  readonly retry: BackoffPolicy;
  readonly now: () => number;
  readonly random: () => number;
  readonly log: { info(details: object, message: string): void };
};

export class SteeringLease {
  readonly #options: SteeringLeaseOptions;
  readonly #incarnation = randomUUID();
  #course: LeaseCourse;
  #sequence = 0;
  #running: Promise<void> | undefined;
  /** Something has changed since the report that is under way was taken. */
  #hasNews = false;
  #isClosed = false;

  constructor(options: SteeringLeaseOptions) {
    this.#options = options;
    this.#course = beginLeaseCourse(options.now());
  }

  get status(): ApplianceStatus["steering"] {
    const { lease, trouble } = this.#course;
    if (trouble !== undefined || lease === undefined) {
      return { state: "unreachable", reason: trouble ?? "not registered" };
    }
    return { state: "registered", leaseSeconds: lease.leaseSeconds };
  }

  tick(nowMs: number): void {
    if (this.#isClosed || this.#running !== undefined) return;
    const step = nextLeaseStep(this.#course, nowMs);
    if (step === "wait") return;
    this.#begin(step);
  }

  /** Resolves when the request that is under way has been answered. */
  async settled(): Promise<void> {
    await this.#running;
  }

  /** Something changed that steering should know: it is told next, or as soon as it has answered. */
  hasten(): void {
    this.#hasNews = this.#running !== undefined;
    this.#course = hastenHeartbeat(this.#course, this.#options.now());
  }

  /** Tells steering at once how it is; false where steering does not hear it, or does not know it. */
  async announce(): Promise<boolean> {
    await this.#running;
    if (this.#isClosed || this.#course.lease === undefined) return false;
    this.#begin("heartbeat");
    await this.#running;
    return this.#course.trouble === undefined;
  }

  /** Gives the lease back, so that nobody is sent here any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
    if (this.#course.lease !== undefined) {
      const { client, identity } = this.#options;
      await client.leave(identity().id, { incarnation: this.#incarnation });
    }
  }

  #begin(step: "register" | "heartbeat"): void {
    this.#running = this.#take(step).finally(() => {
      this.#running = undefined;
      // What the answer says of the next time knows nothing of the news.
      if (this.#hasNews) this.hasten();
    });
  }

  async #take(step: "register" | "heartbeat"): Promise<void> {
    const { client, identity, report } = this.#options;
    const { id, region, url } = identity();
    const incarnation = this.#incarnation;
    if (step === "register") {
      this.#observe(await client.register({ id, region, url, incarnation, report: report() }));
      return;
    }
    this.#sequence += 1;
    const heartbeat = { incarnation, sequence: this.#sequence, report: report() };
    this.#observe(await client.heartbeat(id, heartbeat));
  }

  #observe(outcome: LeaseOutcome): void {
    const { retry, now, random, log } = this.#options;
    const before = this.status;
    this.#course = observeLeaseOutcome(this.#course, outcome, retry, { nowMs: now(), random });
    const after = this.status;
    if (before.state === after.state) return;
    log.info({ from: before.state, to: after.state, reason: this.#course.trouble }, "steering");
  }
}
