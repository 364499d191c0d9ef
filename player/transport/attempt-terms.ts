/**
 * On which terms a pathway is asked: how long its next byte may take, and when its pace will not do.
 *
 * Gathers what the two rules want to know: what this host has been like, who else could serve, and how
 * much media is in hand. The rules are in `core/attempt/judge-attempt.ts` and `core/attempt/judge-pace.ts`.
 */
import type { FailoverPolicy } from "../contract/player-options.ts";
import {
  type AttemptProgress,
  type Patience,
  patienceWith,
} from "../core/attempt/judge-attempt.ts";
import { isWorthMeasuring, judgePace, type OtherPace } from "../core/attempt/judge-pace.ts";
import type { AttemptsUnderWay } from "./attempts-under-way.ts";
import type { HostHealth } from "./host-health.ts";
import type { HostTraffic } from "./host-traffic.ts";
import type { Candidate } from "./known-pathways.ts";
import type { Prober } from "./prober.ts";

export type Terms = {
  readonly patience: Patience;
  /** Of which so much because what is asked for may not exist yet. */
  readonly holdMs: number;
  readonly isTooSlow: (progress: AttemptProgress, nowMs: number) => boolean;
  readonly onWait?: (progress: AttemptProgress, patience: Patience, nowMs: number) => void;
};

/** One question to one pathway. */
export type Question = {
  readonly host: string;
  /** Everybody who could be asked. */
  readonly candidates: readonly Candidate[];
  /** Who has been asked already in this round, this one included. */
  readonly tried: ReadonlySet<string>;
  /** How often everybody has been asked in vain, from 0. */
  readonly round: number;
  /** How long what is asked for may be held back because it does not exist yet. */
  readonly holdMs: number;
  /** Of what is asked for; undefined where it is no media. */
  readonly durationMs: number | undefined;
  /** Of what is asked for; undefined while that is unknown. */
  readonly remainingBytes: () => number | undefined;
};

export type AttemptTermsOptions = {
  readonly policy: FailoverPolicy;
  readonly bufferSeconds: () => number;
  readonly health: HostHealth;
  readonly traffic: HostTraffic;
  readonly attempts: AttemptsUnderWay;
  readonly prober: Pick<Prober, "measure" | "canMeasure" | "hasMeasuredInVain">;
};

export class AttemptTerms {
  readonly #options: AttemptTermsOptions;

  constructor(options: AttemptTermsOptions) {
    this.#options = options;
  }

  for(question: Question): Terms {
    return {
      patience: withHold(this.#patienceFor(question), question.holdMs),
      holdMs: question.holdMs,
      isTooSlow: (progress, nowMs) => this.#isTooSlow(question, progress, nowMs),
    };
  }

  #patienceFor(question: Question): Patience {
    const { policy, health, traffic, bufferSeconds } = this.#options;
    const { host, candidates, round } = question;
    const well = candidates.filter((candidate) => health.isWell(candidate.host));
    const circumstances = {
      // Patience grows only while nothing better is known than that all are slow.
      round: well.length === 0 ? round : 0,
      isEager: bufferSeconds() === 0 && well.length > 1 && well.length === candidates.length,
      unansweredMs: this.#othersFor(question).length === 0 ? 0 : traffic.unansweredMs(host),
    };
    return patienceWith(health.of(host).firstByteMs, circumstances, policy);
  }

  #isTooSlow(
    question: Question,
    { firstByteMs, lastByteMs }: AttemptProgress,
    nowMs: number,
  ): boolean {
    const { policy, traffic, attempts, prober, bufferSeconds } = this.#options;
    const { host, durationMs } = question;
    if (firstByteMs === undefined) return false;
    const ownBytes = question.remainingBytes();
    const others = this.#othersFor(question).filter(
      (other) => !prober.hasMeasuredInVain(other.host),
    );
    const pace = traffic.paceOf(host);
    const paceOfOther = (other: Candidate): OtherPace | undefined => {
      const known = traffic.knownPaceOf(other.host);
      return known && { ...known, isOfNow: known.atMs >= firstByteMs };
    };
    const stranger = others.find((other) => isWorthMeasuring(paceOfOther(other), pace, policy));
    const verdict = judgePace(
      {
        pace,
        remainingBytes:
          ownBytes === undefined ? undefined : attempts.remainingBytes(host, ownBytes),
        receivingMs: nowMs - firstByteMs,
        silentMs: nowMs - (lastByteMs ?? firstByteMs),
        durationMs,
        bufferMs: bufferSeconds() * 1_000,
        others: others.map(paceOfOther),
        canMeasure: stranger !== undefined && prober.canMeasure(stranger.host),
        measured: traffic.knownPacesBut(host),
      },
      policy,
    );
    if (verdict === "measure-others" && stranger !== undefined) prober.measure(stranger.host);
    return verdict === "too-slow";
  }

  /** Those that are well and could serve in this host's place. */
  #othersFor({ host, candidates, tried }: Question): readonly Candidate[] {
    return candidates.filter(
      (other) =>
        other.host !== host && !tried.has(other.id) && this.#options.health.isWell(other.host),
    );
  }
}

/** A server may send the head of its answer before it holds the rest back. */
export function withHold({ firstByteMs, silenceMs }: Patience, holdMs: number): Patience {
  return { firstByteMs: firstByteMs + holdMs, silenceMs: silenceMs + holdMs };
}
