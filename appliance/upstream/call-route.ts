/**
 * Whom one call may ask, and whom it asks next: the upstreams in their order, with what each has done
 * to this call.
 *
 * The breaker knows how an upstream does for all; this knows that it has just failed here, so that no
 * call goes round in a circle.
 */
import { timesForgiven } from "../core/upstream/decide-moving.ts";
import type { GuardedUpstream } from "./guarded-upstream.ts";
import type { UpstreamFailure } from "./upstream.ts";

export class CallRoute {
  readonly #upstreams: readonly GuardedUpstream[];
  readonly #failures = new Map<GuardedUpstream, number>();
  readonly #forgiven = new Map<GuardedUpstream, number>();
  readonly #unfit = new Set<GuardedUpstream>();

  /** @param upstreams in the order in which they should be asked. */
  constructor(upstreams: readonly GuardedUpstream[]) {
    this.#upstreams = upstreams;
  }

  /** Takes a failure down; a connection that broke is forgiven, as far as that goes. */
  blame(upstream: GuardedUpstream, failure: UpstreamFailure, isInBody: boolean): void {
    const forgiven = this.#forgiven.get(upstream) ?? 0;
    if (forgiven < timesForgiven(failure, isInBody)) {
      this.#forgiven.set(upstream, forgiven + 1);
      return;
    }
    this.#failures.set(upstream, this.#failuresOf(upstream) + 1);
  }

  /** It has another version of the body, or none. */
  markUnfit(upstream: GuardedUpstream): void {
    this.#unfit.add(upstream);
  }

  /** Nobody could still have the rest of the body. */
  get isHopeless(): boolean {
    return this.#upstreams.every((upstream) => this.#unfit.has(upstream));
  }

  /** Whom to ask for an answer: one that has not failed yet. */
  nextForAnswer(): GuardedUpstream | undefined {
    return firstFree(this.#upstreams.filter((upstream) => this.#failuresOf(upstream) === 0));
  }

  /** Whom to ask for the rest of a body: the one that has failed least. */
  nextForRest(): GuardedUpstream | undefined {
    const fit = this.#upstreams.filter((upstream) => !this.#unfit.has(upstream));
    return firstFree(fit.toSorted((a, b) => this.#failuresOf(a) - this.#failuresOf(b)));
  }

  /** Why nobody can be asked at present. */
  get refusal(): UpstreamFailure {
    return this.#upstreams.some(({ standing }) => standing === "full") ? BUSY : BREAKER_OPEN;
  }

  #failuresOf(upstream: GuardedUpstream): number {
    return this.#failures.get(upstream) ?? 0;
  }
}

/** The first of these that can begin at once; else the first that lets a call wait. */
function firstFree(upstreams: readonly GuardedUpstream[]): GuardedUpstream | undefined {
  return (
    upstreams.find(({ standing }) => standing === "begins") ??
    upstreams.find(({ standing }) => standing === "queues")
  );
}

const BUSY: UpstreamFailure = { source: "edge", kind: "busy", reason: "every upstream is busy" };
const BREAKER_OPEN: UpstreamFailure = {
  source: "origin",
  kind: "breaker-open",
  reason: "every upstream has failed of late",
};
