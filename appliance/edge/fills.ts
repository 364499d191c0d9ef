/**
 * All fetches from the origin: at most one per object, a bounded number at a time, a bounded number
 * of bytes held, and none for ever.
 */

import { decideStoring, type StoringPolicy } from "../core/decide-storing.ts";
import type { HeaderFields } from "../core/response-headers.ts";
import type { StoredMetadata } from "../core/stored-metadata.ts";
import { describeAnswer, type OriginAnswer, refreshMetadata } from "../core/stored-metadata.ts";
import type { Upstream } from "../upstream/upstream.ts";
import { Fill, type FillFailure, type FillHead, type FillPlan } from "./fill.ts";

export type FillPolicy = StoringPolicy & {
  readonly maxActive: number;
  readonly maxQueued: number;
  readonly maxQueueMs: number;
  /** Bytes of all fills together that are held in RAM. */
  readonly maxHeldBytes: number;
  readonly windowBytes: number;
  readonly maxFillMs: number;
};

export type FillCounts = {
  readonly started: number;
  readonly failed: number;
  readonly active: number;
};

export type FillsOptions = {
  readonly upstream: Upstream;
  readonly policy: FillPolicy;
  /** Added to every request, so that the origin sees who asks. */
  readonly via: string;
  readonly now: () => number;
  readonly wallNow: () => number;
  /** Takes a finished body; resolves when a newcomer would find it. */
  readonly store: (metadata: StoredMetadata, body: Buffer) => Promise<void> | undefined;
  readonly refresh: (metadata: StoredMetadata) => void;
  readonly onFailure: (key: string, failure: FillFailure) => void;
};

type Launch = {
  readonly fill: Fill;
  readonly method: "GET" | "HEAD";
  readonly fields: HeaderFields;
  readonly queuedAtMs: number;
};

export class Fills {
  readonly #options: FillsOptions;
  /** Those that newcomers may join. */
  readonly #byKey = new Map<string, Fill>();
  readonly #active = new Set<Fill>();
  #queue: Launch[] = [];
  #heldBytes = 0;
  #started = 0;
  #failed = 0;

  constructor(options: FillsOptions) {
    this.#options = options;
  }

  counts(): FillCounts {
    return { started: this.#started, failed: this.#failed, active: this.#active.size };
  }

  /** The fill of this object that is under way, if there is one that can still be joined. */
  find(key: string): Fill | undefined {
    const fill = this.#byKey.get(key);
    return fill?.isJoinable ? fill : undefined;
  }

  /** What would be stored of an answer whose body is still arriving. */
  describe(key: string, { answer, sizeBytes }: FillHead): StoredMetadata {
    return describeAnswer(key, answer, sizeBytes ?? 0, this.#options.policy);
  }

  /** Fetches an object for all who want it, or asks whether the stored one is still right. */
  start(key: string, stored: StoredMetadata | undefined, isBackground: boolean): Fill {
    const fill: Fill = this.#newFill(key, "GET", isBackground, (answer) =>
      this.#planKept(answer, stored),
    );
    this.#byKey.set(key, fill);
    this.#launch(fill, "GET", { accept: "*/*", ...conditionsFor(stored) });
    return fill;
  }

  /** Forwards one client's request as it stands; nothing of it is kept. */
  pass(
    key: string,
    request: { readonly method: "GET" | "HEAD"; readonly fields: HeaderFields },
    reason: string,
  ): Fill {
    const fill = this.#newFill(key, request.method, false, () => ({ kind: "pass", reason }));
    this.#launch(fill, request.method, request.fields);
    return fill;
  }

  /** Gives up what has waited or lasted too long. */
  tick(nowMs: number): void {
    const { maxQueueMs, maxFillMs } = this.#options.policy;
    for (const { fill, queuedAtMs } of [...this.#queue]) {
      if (nowMs - queuedAtMs > maxQueueMs) fill.fail(BUSY);
    }
    this.#queue = this.#queue.filter(({ fill }) => !fill.isOver);
    for (const fill of [...this.#active]) {
      const sinceMs = fill.hurriesSinceMs;
      if (sinceMs !== undefined && nowMs - sinceMs > maxFillMs) fill.fail(TOO_SLOW);
    }
  }

  close(): void {
    for (const { fill } of [...this.#queue]) fill.fail(CLOSING);
    for (const fill of [...this.#active]) fill.fail(CLOSING);
  }

  #newFill(
    key: string,
    method: "GET" | "HEAD",
    isBackground: boolean,
    plan: (answer: OriginAnswer) => FillPlan,
  ): Fill {
    const { policy, now, wallNow } = this.#options;
    return new Fill({
      key,
      method,
      isBackground,
      wallNow,
      startedAtMs: now(),
      windowBytes: policy.windowBytes,
      maxKeptBytes: policy.maxObjectBytes,
      owner: {
        plan,
        reserve: (bytes) => this.#reserve(bytes),
        release: (bytes) => {
          this.#heldBytes -= bytes;
        },
        onOver: (fill) => this.#onOver(fill),
      },
    });
  }

  #planKept(answer: OriginAnswer, stored: StoredMetadata | undefined): FillPlan {
    const { policy, refresh } = this.#options;
    if (answer.status === 304 && stored !== undefined) {
      refresh(refreshMetadata(stored, answer, policy));
      return { kind: "unchanged", reason: "not-modified" };
    }
    const { action, reason } = decideStoring(answer, policy);
    return { kind: action === "pass" ? "pass" : "keep", reason };
  }

  #reserve(bytes: number): boolean {
    if (this.#heldBytes + bytes > this.#options.policy.maxHeldBytes) return false;
    this.#heldBytes += bytes;
    return true;
  }

  #launch(fill: Fill, method: "GET" | "HEAD", fields: HeaderFields): void {
    const launch = { fill, method, fields, queuedAtMs: this.#options.now() };
    if (this.#active.size < this.#options.policy.maxActive) this.#call(launch);
    else if (this.#queue.length < this.#options.policy.maxQueued) this.#queue.push(launch);
    else fill.fail(BUSY);
  }

  #call({ fill, method, fields }: Launch): void {
    this.#active.add(fill);
    this.#started += 1;
    const { upstream, via } = this.#options;
    const earlier = fields["via"] === undefined ? "" : `${fields["via"]}, `;
    const request = {
      method,
      target: fill.key,
      fields: { ...fields, "accept-encoding": "identity", via: `${earlier}${via}` },
    };
    fill.attach(upstream.call(request, fill));
  }

  #onOver(fill: Fill): void {
    const wasActive = this.#active.delete(fill);
    const { state } = fill;
    if (state.state === "failed") {
      this.#forget(fill);
      if (wasActive && state.failure.source !== "client") this.#failed += 1;
      this.#options.onFailure(fill.key, state.failure);
    } else {
      // Joinable until the store has it, so that nobody in between asks the origin again.
      const stored = this.#store(fill);
      if (stored === undefined) this.#forget(fill);
      else void stored.finally(() => this.#forget(fill));
    }
    this.#callNext();
  }

  #store(fill: Fill): Promise<void> | undefined {
    const { state, body } = fill;
    if (state.state !== "complete" || body === undefined) return undefined;
    const { plan, answer } = state.head;
    if (plan.kind !== "keep" || plan.reason !== "storable") return undefined;
    const { policy, store } = this.#options;
    return store(describeAnswer(fill.key, answer, body.length, policy), body);
  }

  #forget(fill: Fill): void {
    if (this.#byKey.get(fill.key) === fill) this.#byKey.delete(fill.key);
  }

  #callNext(): void {
    while (this.#active.size < this.#options.policy.maxActive) {
      const launch = this.#queue.shift();
      if (launch === undefined) return;
      if (!launch.fill.isOver) this.#call(launch);
    }
  }
}

const BUSY: FillFailure = { source: "edge", kind: "busy", reason: "too many origin requests" };
const TOO_SLOW: FillFailure = { source: "origin", kind: "too-slow", reason: "took too long" };
const CLOSING: FillFailure = { source: "edge", kind: "aborted", reason: "the appliance stops" };

function conditionsFor(stored: StoredMetadata | undefined): HeaderFields {
  const etag = stored?.fields["etag"];
  if (etag !== undefined) return { "if-none-match": etag };
  const modified = stored?.fields["last-modified"];
  return modified === undefined ? {} : { "if-modified-since": modified };
}
