/**
 * One upstream with a breaker before it and a limit to the calls that wait for its answer, so that a
 * server which fails is left alone and one which is slow takes no more than its share.
 *
 * A call that has its head no longer counts towards that limit: how long its body lasts may be up to
 * the client who reads it. Those have only the number of connections as their limit.
 */
import {
  admitCall,
  type BreakerPolicy,
  type CallOutcome,
  type CircuitBreaker,
  NEW_BREAKER,
  observeCall,
  wouldAdmit,
} from "../../kernel/circuit-breaker.ts";
import type { UpstreamState } from "../contract/appliance-status.ts";
import type { UpstreamFailureKind } from "../core/upstream/judge-call.ts";
import { type CallGuard, GuardedCall } from "./guarded-call.ts";
import type {
  BreakerChange,
  Upstream,
  UpstreamCall,
  UpstreamReceiver,
  UpstreamRequest,
} from "./upstream.ts";

export type GuardPolicy = {
  readonly breaker: BreakerPolicy;
  /** How many calls may wait for the first byte of an answer. */
  readonly maxUnanswered: number;
  /** How many may be under way, answered or not; each has a connection. */
  readonly connections: number;
  /** How many may wait for their turn. */
  readonly maxQueued: number;
};

export type GuardedUpstreamOptions = {
  readonly upstream: Upstream;
  readonly role: UpstreamState["role"];
  readonly policy: GuardPolicy;
  readonly now: () => number;
  readonly random: () => number;
  readonly onBreakerChange: (change: BreakerChange) => void;
};

/** What would become of a call that was made now. */
export type Standing = "begins" | "queues" | "full" | "breaker-open";

type FailureCounts = UpstreamState["failures"];

export class GuardedUpstream implements CallGuard {
  readonly #options: GuardedUpstreamOptions;
  readonly #queue = new Set<GuardedCall>();
  readonly #failures: { -readonly [Kind in keyof FailureCounts]: number } = {
    unreachable: 0,
    timeout: 0,
    broken: 0,
    unavailable: 0,
  };
  #breaker: CircuitBreaker = NEW_BREAKER;
  #active = 0;
  #unanswered = 0;
  #calls = 0;
  #resumes = 0;

  constructor(options: GuardedUpstreamOptions) {
    this.#options = options;
  }

  get url(): string {
    return this.#options.upstream.url;
  }

  get role(): UpstreamState["role"] {
    return this.#options.role;
  }

  get state(): UpstreamState {
    return {
      url: this.url,
      role: this.role,
      breaker: this.#breaker.state,
      active: this.#active,
      queued: this.#queue.size,
      calls: this.#calls,
      resumes: this.#resumes,
      failures: { ...this.#failures },
    };
  }

  get standing(): Standing {
    const { policy, now } = this.#options;
    if (!wouldAdmit(this.#breaker, policy.breaker, now())) return "breaker-open";
    if (this.#hasRoom) return "begins";
    return this.#queue.size < policy.maxQueued ? "queues" : "full";
  }

  /** Begins a call or lets it wait; the queue's limit is kept by whoever looks at `standing` first. */
  call(request: UpstreamRequest, receiver: UpstreamReceiver): UpstreamCall {
    const call = new GuardedCall(this, request, receiver);
    if (this.#hasRoom) this.#begin(call);
    else this.#queue.add(call);
    return call;
  }

  close(): Promise<void> {
    return this.#options.upstream.close();
  }

  /** A body that broke off goes on here. */
  noteResume(): void {
    this.#resumes += 1;
  }

  // What its calls tell.

  observe(era: number, outcome: CallOutcome, reason: string): number | undefined {
    const { policy, now, random } = this.#options;
    const world = { nowMs: now(), random };
    this.#become(observeCall(this.#breaker, { era, outcome }, policy.breaker, world), reason);
    return this.#breaker.state === "closed" ? this.#breaker.era : undefined;
  }

  countFailure(kind: UpstreamFailureKind): void {
    if (isCounted(kind, this.#failures)) this.#failures[kind] += 1;
  }

  onAnswered(): void {
    this.#unanswered -= 1;
    this.#beginNext();
  }

  onOver(): void {
    this.#active -= 1;
    this.#beginNext();
  }

  leaveQueue(call: GuardedCall): void {
    this.#queue.delete(call);
  }

  get #hasRoom(): boolean {
    const { maxUnanswered, connections } = this.#options.policy;
    return this.#unanswered < maxUnanswered && this.#active < connections;
  }

  #beginNext(): void {
    for (const next of this.#queue) {
      if (!this.#hasRoom) return;
      this.#queue.delete(next);
      this.#begin(next);
    }
  }

  #begin(call: GuardedCall): void {
    const { upstream, policy, now } = this.#options;
    const { breaker, admission } = admitCall(this.#breaker, policy.breaker, now());
    this.#become(breaker, "open time is over");
    if (admission.action === "refuse") {
      call.refuse(admission.reason);
      return;
    }
    this.#active += 1;
    this.#unanswered += 1;
    this.#calls += 1;
    call.begin(upstream, admission);
  }

  #become(breaker: CircuitBreaker, reason: string): void {
    const from = this.#breaker.state;
    this.#breaker = breaker;
    if (breaker.state === from) return;
    this.#options.onBreakerChange({ url: this.url, from, to: breaker.state, reason });
  }
}

function isCounted(
  kind: UpstreamFailureKind,
  counts: FailureCounts,
): kind is UpstreamFailureKind & keyof FailureCounts {
  return Object.hasOwn(counts, kind);
}
