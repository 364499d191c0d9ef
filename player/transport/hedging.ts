/**
 * Decides, request by request, whether a second pathway is asked beside the one that is silent, and what
 * it says of that one when the second was quicker. Keeps what hedges may cost and have cost.
 */
import type { HedgeEvent, HedgeReason } from "../contract/player-events.ts";
import type { FailoverPolicy } from "../contract/player-options.ts";
import {
  affords,
  type BudgetTerms,
  type ByteBudget,
  earn,
  fullBudget,
  reserve,
  spend,
} from "../core/byte-budget.ts";
import { decideHedge } from "../core/decide-hedge.ts";
import type { AttemptProgress, Patience } from "../core/judge-attempt.ts";
import { judgeOvertaken, type OvertakenVerdict } from "../core/judge-overtaken.ts";
import type { HostHealth } from "./host-health.ts";
import type { HostTraffic } from "./host-traffic.ts";

export type HedgingOptions = {
  readonly policy: FailoverPolicy;
  readonly bufferSeconds: () => number;
  readonly health: HostHealth;
  readonly traffic: HostTraffic;
};

/** A request that is being waited for at one host. */
export type Waiting = {
  readonly host: string;
  readonly isText: boolean;
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

  /** What the host is waited for in vain for, if it is time to ask another one. */
  reasonFor({ host, isText, progress, patience }: Waiting, nowMs: number): HedgeReason | undefined {
    const { policy, bufferSeconds, health, traffic } = this.#options;
    if (!affords(this.#budget, policy.hedgeExpectedBytes)) return undefined;
    const question = {
      attempt: progress,
      patience,
      isText,
      firstByteMs: health.of(host).firstByteMs,
      hostSilentMs: traffic.silentMs(host),
      bufferMs: bufferSeconds() * 1_000,
    };
    return decideHedge(question, policy, nowMs);
  }

  begin(): void {
    this.#budget = reserve(this.#budget, this.#options.policy.hedgeExpectedBytes);
  }

  end({ wastedBytes }: Pick<HedgeEvent, "wastedBytes">): void {
    const { hedgeExpectedBytes } = this.#options.policy;
    this.#budget = spend(this.#budget, wastedBytes, hedgeExpectedBytes);
    this.#wastedBytes += wastedBytes;
  }

  noteDelivered(bytes: number): void {
    this.#budget = earn(this.#budget, bytes, this.#budgetTerms);
  }

  /** @param hedge how the second one went, which was whole before the first. */
  judgeOvertaken(
    reason: HedgeReason,
    first: AttemptProgress,
    hedge: AttemptProgress,
    nowMs: number,
  ): OvertakenVerdict {
    const isForWhole = reason === "too-slow";
    const sinceMs = isForWhole ? first.startedMs : (first.lastByteMs ?? first.startedMs);
    const hedgeEndMs = isForWhole ? nowMs : (hedge.firstByteMs ?? nowMs);
    return judgeOvertaken(
      { waitedMs: nowMs - sinceMs, hedgeTookMs: hedgeEndMs - hedge.startedMs },
      this.#options.policy,
    );
  }
}
