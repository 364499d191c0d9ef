/**
 * Asks a second pathway beside the one that is silent where waiting would cost the picture, and draws the
 * consequences when the second one was quicker. Keeps what hedges may cost and have cost.
 */
import type { FailureReason, HedgeEvent } from "../contract/player-events.ts";
import type { FailoverPolicy } from "../contract/player-options.ts";
import {
  affords,
  type BudgetTerms,
  type ByteBudget,
  earn,
  fullBudget,
  reserve,
  spend,
} from "../core/attempt/byte-budget.ts";
import { decideHedge } from "../core/attempt/decide-hedge.ts";
import type { AttemptProgress, Patience } from "../core/attempt/judge-attempt.ts";
import { judgeOvertaken } from "../core/attempt/judge-overtaken.ts";
import type { Terms } from "./attempt-terms.ts";
import type { Errand } from "./errand.ts";
import type { HostHealth } from "./host-health.ts";
import type { HostTraffic } from "./host-traffic.ts";
import type { Candidate } from "./known-pathways.ts";
import { type Asked, type Overtaken, reasonOf } from "./leg.ts";
import type { PlayStory } from "./play-story.ts";
import type { Routing } from "./routing.ts";

export type HedgingOptions = {
  readonly policy: FailoverPolicy;
  readonly now: () => number;
  readonly bufferSeconds: () => number;
  readonly health: HostHealth;
  readonly traffic: HostTraffic;
  readonly routing: Routing;
  readonly story: PlayStory;
  readonly termsFor: (errand: Errand, candidate: Candidate, tried: ReadonlySet<string>) => Terms;
  readonly onFailure: (errand: Errand, candidate: Candidate, reason: FailureReason) => void;
};

/** A request that is being waited for at one pathway. */
export type Waiting = {
  readonly candidate: Candidate;
  /** Whom the request has asked. */
  readonly tried: Set<string>;
  readonly progress: AttemptProgress;
  readonly patience: Patience;
};

export class Hedging {
  readonly #options: HedgingOptions;
  readonly #budgetTerms: BudgetTerms;
  #budget: ByteBudget;
  #wastedBytes = 0;

  constructor(options: HedgingOptions) {
    this.#options = options;
    const { hedgeShare, hedgeReserveBytes } = options.policy;
    this.#budgetTerms = { share: hedgeShare, mostBytes: hedgeReserveBytes };
    this.#budget = fullBudget(this.#budgetTerms);
  }

  get wastedBytes(): number {
    return this.#wastedBytes;
  }

  /** Asks a second pathway if it is time to. */
  consider(errand: Errand, { candidate, tried, progress, patience }: Waiting, nowMs: number): void {
    const { policy, bufferSeconds, health, traffic, routing, termsFor, onFailure } = this.#options;
    if (errand.hasHedged || isHeldByServer(errand)) return;
    if (!affords(this.#budget, policy.hedgeExpectedBytes)) return;
    const { host } = candidate;
    const question = {
      attempt: progress,
      patience,
      isText: errand.isText,
      firstByteMs: health.of(host).firstByteMs,
      hostSilentMs: traffic.silentMs(host),
      bufferMs: bufferSeconds() * 1_000,
    };
    const reason = decideHedge(question, policy, nowMs);
    const second = reason && routing.secondFor(errand, host, tried);
    if (reason === undefined || second === undefined) return;
    this.#budget = reserve(this.#budget, policy.hedgeExpectedBytes);
    errand.hedge({
      candidate: second,
      terms: termsFor(errand, second, new Set([...tried, second.id])),
      reason,
      onFailed: (asked) => {
        tried.add(second.id);
        onFailure(errand, second, reasonOf(asked));
      },
    });
  }

  end({ wastedBytes }: Pick<HedgeEvent, "wastedBytes">): void {
    const { hedgeExpectedBytes } = this.#options.policy;
    this.#budget = spend(this.#budget, wastedBytes, hedgeExpectedBytes);
    this.#wastedBytes += wastedBytes;
  }

  noteDelivered(bytes: number): void {
    this.#budget = earn(this.#budget, bytes, this.#budgetTerms);
  }

  /** What came may have come from a hedge: then the first one is judged by that. */
  noteOvertaken(errand: Errand, { candidate, progress, overtook: first }: Asked): void {
    if (first === undefined) return;
    const { policy, now, traffic, routing, story, onFailure } = this.#options;
    const { request } = errand;
    const nowMs = now();
    const sinceMs = waitedSince(first);
    const hedgeEndMs = first.reason === "too-slow" ? nowMs : (progress.firstByteMs ?? nowMs);
    const overtaking = { waitedMs: nowMs - sinceMs, hedgeTookMs: hedgeEndMs - progress.startedMs };
    const { id, host } = first.candidate;
    switch (judgeOvertaken(overtaking, policy)) {
      case "proves-nothing":
        return;
      case "doubtful":
        if (first.reason !== "too-slow") traffic.noteUnanswered(host, nowMs - sinceMs);
        return;
      case "host-is-slow": {
        onFailure(errand, first.candidate, first.reason);
        const { reason, keptBytes } = first;
        const trouble = { pathway: id, reason, sinceMs, keptBytes };
        const choice = { id: candidate.id, reason: "fails-over" } as const;
        if (routing.isPlayed(request)) story.follow(choice, request.kind, trouble);
      }
    }
  }
}

/** A text is waited for as a whole, anything else for its next byte. */
function waitedSince({ reason, progress }: Overtaken): number {
  const { startedMs, lastByteMs = startedMs } = progress;
  return reason === "too-slow" ? startedMs : lastByteMs;
}

/** A server holds such an answer back until there is something to say (rfc8216bis §6.2.5.2). */
function isHeldByServer({ request }: Errand): boolean {
  return request.url.includes("_HLS_msn=");
}
