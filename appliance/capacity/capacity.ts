/**
 * What `--capacity` brings about: sending is paced at the limit, and new sessions are refused before the
 * running ones get too little.
 */
import {
  ADMITTING,
  type AdmissionDecision,
  decideAdmission,
  observeLoad,
  type Shedding,
  type SheddingPolicy,
} from "../core/decide-shedding.ts";
import { isLightRequest } from "../core/light-request.ts";
import { bitsPerSecond, observeTotal, type RateSample } from "../core/sending-rate.ts";
import type { Pacer, PacingPolicy } from "./pacer.ts";
import { type AskedBy, Sessions, type SessionsPolicy } from "./sessions.ts";

export type CapacityPolicy = {
  readonly pacing: PacingPolicy;
  readonly shedding: SheddingPolicy;
  readonly sessions: SessionsPolicy;
  /** Over how long the load is measured: longer than a segment's burst, shorter than a buffer. */
  readonly windowMs: number;
  /** A range of fewer bytes than these is answered whoever asks. */
  readonly maxLightBytes: number;
  /** When the refused may come again; drawn anew for each, so that they do not come at once. */
  readonly retryAfterSeconds: { readonly least: number; readonly most: number };
};

export type CapacityOptions = {
  readonly bitsPerSecond: number;
  readonly policy: CapacityPolicy;
  readonly pacer: Pacer;
  readonly now: () => number;
  readonly random: () => number;
  readonly log: { info(details: object, message: string): void };
};

export class Capacity {
  readonly #options: CapacityOptions;
  readonly #sessions: Sessions;
  #shedding: Shedding = ADMITTING;
  #samples: readonly RateSample[] = [];
  #refused = 0;

  constructor(options: CapacityOptions) {
    const { policy, now } = options;
    this.#options = options;
    this.#sessions = new Sessions({ policy: policy.sessions, now });
  }

  get isShedding(): boolean {
    return this.#shedding.state === "shedding";
  }

  /** Requests refused since the start. */
  get refused(): number {
    return this.#refused;
  }

  /** Decides whether a request is served; one that is counts as a running session from now on. */
  admit(request: AskedBy): AdmissionDecision {
    const { maxLightBytes } = this.#options.policy;
    const isLight = isLightRequest(request.url ?? "", request.headers.range, maxLightBytes);
    const isRunning = this.isShedding && !isLight && this.#sessions.isRunning(request);
    const decision = decideAdmission(this.#shedding, { isRunning, isLight });
    if (decision.action === "refuse") this.#refused += 1;
    // Whoever has only looked so far is no session yet.
    else if (!isLight) this.#sessions.admit(request);
    return decision;
  }

  /** What is really let go, which may be later than the edge hands it over. */
  get sentBitsPerSecond(): number {
    return bitsPerSecond(this.#samples);
  }

  tick(nowMs: number): void {
    const { policy, pacer, log } = this.#options;
    this.#samples = observeTotal(
      this.#samples,
      { atMs: nowMs, totalBytes: pacer.sentBytes },
      policy.windowMs,
    );
    const load = this.sentBitsPerSecond / this.#options.bitsPerSecond;
    const before = this.#shedding;
    this.#shedding = observeLoad(before, load, policy.shedding);
    if (before.state === this.#shedding.state) return;
    log.info({ from: before.state, to: this.#shedding.state, load }, "new sessions");
  }

  /** In whole seconds, as the field has it. */
  drawRetryAfterSeconds(): number {
    const { least, most } = this.#options.policy.retryAfterSeconds;
    return least + Math.floor(this.#options.random() * (most - least + 1));
  }
}
