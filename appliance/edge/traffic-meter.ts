/**
 * Counts what the edge does: requests by outcome and by reason, those under way, bytes sent, and how long
 * clients waited. Each request pays for it with a few additions and three looks at the clock.
 */
import type { ServerResponse } from "node:http";
import { LatencyBuckets } from "../../chassis/latency-buckets.ts";
import type { Handling } from "../core/cache-status.ts";
import { bitsPerSecond, observeTotal, type RateSample } from "../core/sending-rate.ts";
import { type AnswerSource, RequestTally } from "../metrics/request-tally.ts";

export type RequestOutcome = "hits" | "misses" | "collapsed" | "passed" | "errors";

export type Latencies = { readonly firstByte: LatencyBuckets; readonly total: LatencyBuckets };

/** When it began, and whether it was a hit, stand on the response itself: a map would cost more. */
type MeteredResponse = ServerResponse & { [BEGAN_AT_MS]?: number; [IS_HIT]?: boolean };

const BEGAN_AT_MS = Symbol("began at ms");
const IS_HIT = Symbol("is hit");
const WINDOW_MS = 5_000;

export class TrafficMeter {
  /** Answers by source, reason and status. */
  readonly tally = new RequestTally();
  readonly hitLatencies = newLatencies();
  readonly missLatencies = newLatencies();
  readonly #now: () => number;
  readonly #counts = { hits: 0, misses: 0, collapsed: 0, passed: 0, errors: 0 };
  #active = 0;
  #begun = 0;
  #aborted = 0;
  #totalBytes = 0;
  #samples: readonly RateSample[] = [];
  #onIdle: (() => void) | undefined;
  /** One function for all responses; each calls it as its own. */
  readonly #end: (this: MeteredResponse) => void;

  constructor(now: () => number) {
    this.#now = now;
    const meter = this;
    this.#end = function (this: MeteredResponse) {
      meter.#ended(this);
    };
  }

  get active(): number {
    return this.#active;
  }

  /** Requests since the start, finished or not. */
  get begun(): number {
    return this.#begun;
  }

  /** Requests of which the client left before the end of the answer. */
  get aborted(): number {
    return this.#aborted;
  }

  get totalBytes(): number {
    return this.#totalBytes;
  }

  get bitsPerSecond(): number {
    return bitsPerSecond(this.#samples);
  }

  counts(): Readonly<Record<RequestOutcome, number>> {
    return { ...this.#counts };
  }

  begin(response: ServerResponse): void {
    this.#active += 1;
    this.#begun += 1;
    (response as MeteredResponse)[BEGAN_AT_MS] = this.#now();
    response.once("close", this.#end);
  }

  count(outcome: RequestOutcome): void {
    this.#counts[outcome] += 1;
  }

  /** The head of an answer is being written: what the client waited for has come. */
  answering(response: ServerResponse, status: number, handling: Handling): void {
    const metered = response as MeteredResponse;
    const isHit = handling.kind === "hit";
    metered[IS_HIT] = isHit;
    this.tally.add(sourceOf(handling), reasonOf(handling), status);
    const waitedMs = this.#now() - (metered[BEGAN_AT_MS] ?? this.#now());
    (isHit ? this.hitLatencies : this.missLatencies).firstByte.add(waitedMs);
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

  #ended(response: MeteredResponse): void {
    this.#active -= 1;
    if (!response.writableFinished) this.#aborted += 1;
    else if (response[IS_HIT] !== undefined) {
      const lastedMs = this.#now() - (response[BEGAN_AT_MS] ?? 0);
      (response[IS_HIT] ? this.hitLatencies : this.missLatencies).total.add(lastedMs);
    }
    if (this.#active === 0) this.#onIdle?.();
  }
}

function sourceOf(handling: Handling): AnswerSource {
  switch (handling.kind) {
    case "hit":
      return handling.tier;
    case "forwarded":
      return "origin";
    case "refused":
      return "none";
  }
}

/** The reason that `Cache-Status` gives. */
function reasonOf(handling: Handling): string {
  if (handling.kind !== "forwarded") return handling.detail;
  return handling.detail ?? handling.forwarded;
}

function newLatencies(): Latencies {
  return { firstByte: new LatencyBuckets(), total: new LatencyBuckets() };
}
