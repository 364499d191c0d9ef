/**
 * One call to a guarded upstream: it waits for its turn, and tells the breaker what came of it as soon
 * as that is certain.
 *
 * A trial is passed with a good head: a long body would otherwise keep others from a server that is
 * well. What befalls its body counts as that of any other call.
 */
import type { Admission, CallOutcome } from "../../kernel/circuit-breaker.ts";
import type { HeaderFields } from "../core/response-headers.ts";
import {
  type AbortCause,
  isGivenUp,
  judgeCall,
  type UpstreamFailureKind,
} from "../core/upstream/judge-call.ts";
import {
  ABORTED,
  type Upstream,
  type UpstreamCall,
  type UpstreamFailure,
  type UpstreamReceiver,
  type UpstreamRequest,
} from "./upstream.ts";

/** What a call asks of the upstream that it stands before. */
export type CallGuard = {
  /** @returns the era in which the rest of the call counts; undefined if it no longer does. */
  observe(era: number, outcome: CallOutcome, reason: string): number | undefined;
  countFailure(kind: UpstreamFailureKind): void;
  /** The head has come, or never will. */
  onAnswered(): void;
  onOver(): void;
  leaveQueue(call: GuardedCall): void;
};

export class GuardedCall implements UpstreamCall, UpstreamReceiver {
  readonly #guard: CallGuard;
  readonly #request: UpstreamRequest;
  readonly #receiver: UpstreamReceiver;
  #state: "queued" | "under-way" | "over" = "queued";
  #call: UpstreamCall | undefined;
  /** Undefined once the breaker knows what it will ever learn of this call. */
  #era: number | undefined;
  #isTrial = false;
  #isAnswered = false;
  #isHeld = false;

  constructor(guard: CallGuard, request: UpstreamRequest, receiver: UpstreamReceiver) {
    this.#guard = guard;
    this.#request = request;
    this.#receiver = receiver;
  }

  /** Its turn has come. */
  begin(upstream: Upstream, { era, reason }: Admission & { readonly action: "call" }): void {
    this.#state = "under-way";
    this.#era = era;
    this.#isTrial = reason === "trial";
    const call = upstream.call(this.#request, this);
    this.#call = call;
    if (this.#isHeld) call.hold();
  }

  /** Its turn has come, but the breaker has opened since. */
  refuse(reason: string): void {
    this.#state = "over";
    this.#receiver.onFailure({ source: "origin", kind: "breaker-open", reason });
  }

  // What the receiver asks.

  hold(): void {
    this.#isHeld = true;
    this.#call?.hold();
  }

  goOn(): void {
    this.#isHeld = false;
    this.#call?.goOn();
  }

  abort(cause?: AbortCause): void {
    if (this.#state === "over") return;
    if (this.#state === "queued") {
      this.#guard.leaveQueue(this);
      this.#state = "over";
      this.#receiver.onFailure(ABORTED);
      return;
    }
    if (cause !== undefined && isGivenUp(cause))
      this.#fail({ kind: "timeout", reason: "given up" });
    else this.#settle("none", "no longer needed");
    this.#call?.abort();
  }

  // What the upstream tells.

  onInterim(status: number, fields: HeaderFields): void {
    this.#receiver.onInterim?.(status, fields);
  }

  onHead(status: number, fields: HeaderFields): void {
    this.#becomeAnswered();
    const reason = `status ${status}`;
    const outcome = judgeCall({ kind: "answered", status });
    if (outcome !== "success") {
      this.#guard.countFailure("unavailable");
      this.#settle(outcome, reason);
    } else if (this.#isTrial && this.#era !== undefined) {
      this.#era = this.#guard.observe(this.#era, outcome, reason);
    }
    this.#receiver.onHead(status, fields);
  }

  onBytes(bytes: Buffer): void {
    this.#receiver.onBytes(bytes);
  }

  onEnd(): void {
    // A trial that is passed has been counted.
    this.#settle(this.#isTrial ? "none" : "success", "complete");
    this.#end();
    this.#receiver.onEnd();
  }

  onFailure(failure: UpstreamFailure): void {
    this.#fail(failure);
    this.#end();
    this.#receiver.onFailure(failure);
  }

  #fail(failure: Pick<UpstreamFailure, "kind" | "reason">): void {
    if (this.#era === undefined) return;
    const outcome = judgeCall({ kind: "failed", failure });
    if (outcome !== "none") this.#guard.countFailure(failure.kind);
    this.#settle(outcome, failure.reason);
  }

  #settle(outcome: CallOutcome, reason: string): void {
    if (this.#era === undefined) return;
    this.#guard.observe(this.#era, outcome, reason);
    this.#era = undefined;
  }

  #becomeAnswered(): void {
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    this.#guard.onAnswered();
  }

  #end(): void {
    this.#state = "over";
    this.#becomeAnswered();
    this.#guard.onOver();
  }
}
