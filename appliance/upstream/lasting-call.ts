/**
 * One request to the upstreams, carried through their failures: whoever asked sees one head and one
 * body, however many servers and connections that took.
 *
 * Before anything of the answer has been given on, the request moves to the next upstream. A body that
 * breaks off after that goes on from its next byte, where that is provably the same body: at once the
 * first time, for a broken connection says little of the next one, and after growing waits from then
 * on. Each upstream has its failures in this call counted, and the one with the fewest is asked.
 */
import { type BackoffPolicy, backoffMs } from "../../kernel/backoff.ts";
import type { HeaderFields } from "../core/response-headers.ts";
import { decideMoving, type MovingRequest, mayMoveFrom } from "../core/upstream/decide-moving.ts";
import type { AbortCause } from "../core/upstream/judge-call.ts";
import {
  announceBody,
  type BodyVersion,
  checkContinuation,
  continuationFields,
} from "../core/upstream/resumable-body.ts";
import { CallRoute } from "./call-route.ts";
import type { GuardedUpstream } from "./guarded-upstream.ts";
import {
  ABORTED,
  type UpstreamCall,
  type UpstreamFailure,
  type UpstreamReceiver,
  type UpstreamRequest,
} from "./upstream.ts";

export type ResumePolicy = {
  /** How often one body may be taken up again. */
  readonly most: number;
  /** Between two attempts, from the second one on. */
  readonly wait: BackoffPolicy;
};

export type LastingCallOptions = {
  readonly request: UpstreamRequest;
  readonly receiver: UpstreamReceiver;
  /** Whom to ask, in this order. */
  readonly route: readonly GuardedUpstream[];
  readonly policy: ResumePolicy;
  readonly now: () => number;
  readonly random: () => number;
  /** Holds it while it waits; whoever keeps the set ticks what is in it. */
  readonly waiting: Set<LastingCall>;
};

type Attempt = { readonly upstream: GuardedUpstream; call: UpstreamCall | undefined };

/** A body that is being given on. */
type Delivery = {
  /** Undefined where it cannot be resumed. */
  readonly version: BodyVersion | undefined;
  receivedBytes: number;
  /** How far the answer that brings it at present said it goes. */
  comesToBytes: number | undefined;
  /** Undefined where only its end tells. */
  endsAtBytes: number | undefined;
};

export class LastingCall implements UpstreamCall {
  readonly #options: LastingCallOptions;
  readonly #moving: MovingRequest;
  readonly #route: CallRoute;
  #attempt: Attempt | undefined;
  #delivery: Delivery | undefined;
  #resumes = 0;
  #dueAtMs = 0;
  #isHeld = false;
  #isOver = false;

  constructor(options: LastingCallOptions) {
    const { method, body } = options.request;
    this.#options = options;
    this.#route = new CallRoute(options.route);
    this.#moving = { method, hasBody: body !== undefined };
  }

  /** Asks the first upstream that may be asked. */
  begin(): void {
    const upstream = this.#route.nextForAnswer();
    if (upstream === undefined) this.#fail(this.#route.refusal);
    else this.#ask(upstream, this.#options.request);
  }

  // What the receiver asks.

  hold(): void {
    this.#isHeld = true;
    this.#attempt?.call?.hold();
  }

  goOn(): void {
    this.#isHeld = false;
    this.#attempt?.call?.goOn();
    this.tick(this.#options.now());
  }

  abort(cause?: AbortCause): void {
    if (this.#isOver) return;
    const call = this.#attempt?.call;
    this.#fail(ABORTED);
    call?.abort(cause);
  }

  /** Takes a body up again that has waited long enough. */
  tick(nowMs: number): void {
    const { waiting, request } = this.#options;
    const version = this.#delivery?.version;
    if (!waiting.has(this) || this.#isHeld || nowMs < this.#dueAtMs) return;
    if (this.#delivery === undefined || version === undefined) return;
    waiting.delete(this);
    const upstream = this.#route.nextForRest();
    if (upstream === undefined) {
      this.#resumeLater(this.#route.refusal);
      return;
    }
    const fields = continuationFields(request.fields, version, this.#delivery.receivedBytes);
    this.#ask(upstream, { ...request, fields });
  }

  #ask(upstream: GuardedUpstream, request: UpstreamRequest): void {
    const attempt: Attempt = { upstream, call: undefined };
    this.#attempt = attempt;
    const ifCurrent = (tell: () => void) => {
      if (this.#attempt === attempt) tell();
    };
    const call = upstream.call(request, {
      onInterim: (status, fields) => ifCurrent(() => this.#onInterim(status, fields)),
      onHead: (status, fields) => ifCurrent(() => this.#onHead(attempt, status, fields)),
      onBytes: (bytes) => ifCurrent(() => this.#onBytes(bytes)),
      onEnd: () => ifCurrent(() => this.#onEnd(attempt)),
      onFailure: (failure) => ifCurrent(() => this.#onSetback(attempt, failure)),
    });
    attempt.call = call;
    // It may have ended, or been ended, before it was known here.
    if (this.#attempt !== attempt) call.abort();
    else if (this.#isHeld) call.hold();
  }

  /** What is announced while a body is taken up again announces nothing new. */
  #onInterim(status: number, fields: HeaderFields): void {
    if (this.#delivery === undefined) this.#options.receiver.onInterim?.(status, fields);
  }

  #onHead(attempt: Attempt, status: number, fields: HeaderFields): void {
    if (this.#delivery !== undefined) {
      this.#onRestHead(attempt, this.#delivery, status, fields);
      return;
    }
    const { request, receiver } = this.#options;
    if (mayMoveFrom(status, this.#moving)) {
      this.#route.blame(attempt.upstream, unavailable(status), false);
      const next = this.#route.nextForAnswer();
      if (next !== undefined) {
        this.#leave(attempt);
        this.#ask(next, request);
        return;
      }
    }
    const { lengthBytes, resuming } = announceBody(request.method, status, fields);
    this.#delivery = {
      version: resuming.mode === "possible" ? resuming.version : undefined,
      receivedBytes: 0,
      comesToBytes: lengthBytes,
      endsAtBytes: lengthBytes,
    };
    receiver.onHead(status, fields);
  }

  /** The head of what should be the rest of the body; the receiver has had its own long ago. */
  #onRestHead(attempt: Attempt, delivery: Delivery, status: number, fields: HeaderFields): void {
    const { upstream } = attempt;
    if (mayMoveFrom(status, this.#moving)) {
      this.#leave(attempt);
      this.#onSetback(attempt, unavailable(status));
      return;
    }
    if (delivery.version === undefined) return;
    const rest = checkContinuation(delivery.version, delivery.receivedBytes, status, fields);
    if (rest.fits) {
      delivery.comesToBytes = delivery.receivedBytes + rest.lengthBytes;
      delivery.endsAtBytes = rest.endsAtBytes;
      upstream.noteResume();
      return;
    }
    this.#route.markUnfit(upstream);
    this.#leave(attempt);
    this.#onSetback(attempt, { source: "origin", kind: "broken", reason: rest.reason });
  }

  #onBytes(bytes: Buffer): void {
    const delivery = this.#delivery;
    if (delivery === undefined) return;
    const { receivedBytes, comesToBytes } = delivery;
    const isTooLong = comesToBytes !== undefined && receivedBytes + bytes.length > comesToBytes;
    if (isTooLong) {
      const call = this.#attempt?.call;
      this.#fail(TOO_LONG);
      call?.abort();
      return;
    }
    delivery.receivedBytes += bytes.length;
    this.#options.receiver.onBytes(bytes);
  }

  #onEnd(attempt: Attempt): void {
    const { receivedBytes = 0, endsAtBytes } = this.#delivery ?? {};
    if (endsAtBytes !== undefined && receivedBytes < endsAtBytes) {
      this.#onSetback(attempt, TOO_SHORT);
      return;
    }
    this.#complete();
  }

  #onSetback({ upstream }: Attempt, failure: UpstreamFailure): void {
    this.#attempt = undefined;
    this.#route.blame(upstream, failure, this.#delivery !== undefined);
    if (this.#delivery !== undefined) {
      if (this.#delivery.receivedBytes === this.#delivery.endsAtBytes) this.#complete();
      else this.#resumeLater(failure);
      return;
    }
    const { action } = decideMoving(this.#moving, failure);
    const next = action === "move" ? this.#route.nextForAnswer() : undefined;
    if (next === undefined) this.#fail(failure);
    else this.#ask(next, this.#options.request);
  }

  #resumeLater(failure: UpstreamFailure): void {
    const { policy, now, random, waiting } = this.#options;
    const version = this.#delivery?.version;
    if (version === undefined || this.#route.isHopeless || this.#resumes >= policy.most) {
      this.#fail(failure);
      return;
    }
    const waitMs = this.#resumes === 0 ? 0 : backoffMs(this.#resumes, policy.wait, random);
    this.#resumes += 1;
    this.#dueAtMs = now() + waitMs;
    waiting.add(this);
    this.tick(now());
  }

  #leave(attempt: Attempt): void {
    this.#attempt = undefined;
    attempt.call?.abort();
  }

  #complete(): void {
    this.#end();
    this.#options.receiver.onEnd();
  }

  #fail(failure: UpstreamFailure): void {
    this.#end();
    this.#options.receiver.onFailure(failure);
  }

  #end(): void {
    this.#isOver = true;
    this.#attempt = undefined;
    this.#options.waiting.delete(this);
  }
}

function unavailable(status: number): UpstreamFailure {
  return { source: "origin", kind: "unavailable", reason: `status ${status}` };
}

const TOO_SHORT: UpstreamFailure = { source: "origin", kind: "broken", reason: "too short" };
const TOO_LONG: UpstreamFailure = { source: "origin", kind: "broken", reason: "too long" };
