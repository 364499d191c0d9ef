/**
 * Asks hosts for bytes of what the player will want, one question of each at a time: what comes is kept where
 * it can be, and what comes in vain is paid for from a budget.
 */
import { parseContentRange } from "../../kernel/byte-range.ts";
import type { FailoverPolicy } from "../contract/player-options.ts";
import {
  affords,
  type BudgetTerms,
  type ByteBudget,
  earn,
  fullBudget,
  spend,
} from "../core/attempt/byte-budget.ts";
import { patienceWith } from "../core/attempt/judge-attempt.ts";
import { isAboutBody, type PathwayHealth } from "../core/host/pathway-health.ts";
import { Attempt, type AttemptOutcome } from "./attempt.ts";
import { AttemptsUnderWay } from "./attempts-under-way.ts";
import { BodyUnderWay } from "./body-under-way.ts";
import type { KeptBytes } from "./kept-bytes.ts";
import type { Probed } from "./probed.ts";

export type ProbeTarget = {
  readonly host: string;
  readonly health: PathwayHealth;
  /** It has asked not to be asked. */
  readonly wantsQuiet: boolean;
  /** Something that the player will ask for; undefined while nothing is known. */
  readonly url: string | undefined;
  /** How the media player calls the segment that has that URL to itself. */
  readonly segment: string | undefined;
  /** The media player has not asked for it yet. */
  readonly isToCome: boolean;
  /** Of all that is there; undefined for a playlist, and where none lists it. */
  readonly durationMs: number | undefined;
};

export type Probeable = ProbeTarget & { readonly url: string };

type Question = {
  /** Undefined for all. */
  readonly bytes: number | undefined;
  /** They are asked for as a range. */
  readonly isPart: boolean;
};

export type ProbeErrandsOptions = {
  readonly policy: FailoverPolicy;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly kept: KeptBytes;
  readonly onHead: (host: string, response: Response) => void;
};

export class ProbeErrands {
  readonly #options: ProbeErrandsOptions;
  readonly #attempts = new AttemptsUnderWay();
  readonly #asked = new Set<string>();
  /** Hosts that send the whole, whatever part is asked for. */
  readonly #ignoreRanges = new Set<string>();
  readonly #budgetTerms: BudgetTerms;
  #budget: ByteBudget;

  constructor(options: ProbeErrandsOptions) {
    this.#options = options;
    const { probeShare, probeReserveBytes } = options.policy;
    this.#budgetTerms = { share: probeShare, mostBytes: probeReserveBytes };
    this.#budget = fullBudget(this.#budgetTerms);
  }

  noteDelivered(bytes: number): void {
    this.#budget = earn(this.#budget, bytes, this.#budgetTerms);
  }

  /** Whether so many bytes may come in vain. */
  affords(bytes: number): boolean {
    return affords(this.#budget, bytes);
  }

  isAsking(host: string): boolean {
    return this.#asked.has(host);
  }

  tick(nowMs: number): void {
    this.#attempts.tick(nowMs);
  }

  close(): void {
    this.#attempts.abortAll();
  }

  /** Whether what it brings would be kept. */
  isKeepable(target: ProbeTarget): boolean {
    return this.#keepableFrom(target) !== undefined;
  }

  /** Asks for the next bytes that are worth keeping, or for the first ones where none is; or for all. */
  async ask(target: Probeable, bytes: number | undefined): Promise<Probed> {
    const { host } = target;
    this.#asked.add(host);
    const isPart = bytes !== undefined && !this.#ignoreRanges.has(host);
    const probed = await this.#askOnce(target, { bytes, isPart });
    const { outcome } = probed;
    const isIgnored =
      isPart &&
      outcome.kind === "failed" &&
      outcome.reason === "wrong-range" &&
      outcome.status === 200;
    if (isIgnored) this.#ignoreRanges.add(host);
    const answer = isIgnored ? await this.#askOnce(target, { bytes, isPart: false }) : probed;
    this.#asked.delete(host);
    return answer;
  }

  async #askOnce(target: Probeable, { bytes, isPart }: Question): Promise<Probed> {
    const { kept } = this.#options;
    const { host, segment } = target;
    const keptFrom = this.#keepableFrom(target);
    const fromByte = keptFrom ?? 0;
    const body = new BodyUnderWay();
    const attempt = this.#attemptFor(target, { fromByte, bytes, isPart, body });
    // A page's own `fetch` may fail in its own ways, which says nothing of the host, and ends nothing else.
    const outcome = await this.#attempts.run(attempt).catch(() => ABORTED);
    const { receivedBytes, etag } = body.held;
    const isBeyondEnd = fromByte > 0 && outcome.kind === "failed" && outcome.status === 416;
    if (isBeyondEnd && segment !== undefined) kept.end(segment);
    if (receivedBytes > 0) {
      const sizeBytes = parseContentRange(attempt.header("content-range"))?.sizeBytes;
      const piece = { host, fromByte, bytes: new Uint8Array(body.whole()), sizeBytes, etag };
      const isKept = kept.add(keptFrom === undefined ? undefined : segment, piece);
      if (!isKept) this.#budget = spend(this.#budget, receivedBytes);
    }
    return { outcome, progress: attempt.progress, body };
  }

  #attemptFor(
    target: Probeable,
    {
      fromByte,
      bytes,
      isPart,
      body,
    }: Question & { readonly fromByte: number; readonly body: BodyUnderWay },
  ): Attempt {
    const { policy, fetch, now, onHead } = this.#options;
    const { host, url, durationMs = 0 } = target;
    const longestMs =
      bytes === undefined ? Math.max(policy.probeLongestMs, durationMs) : policy.probeLongestMs;
    const mostBytes = isText(target) ? policy.maxTextBytes : policy.maxBodyBytes;
    const isRange = isPart && bytes !== undefined;
    return new Attempt({
      host,
      url,
      range: isRange ? { first: fromByte, last: fromByte + bytes - 1 } : undefined,
      enoughBytes: isPart ? undefined : bytes,
      isLengthTrusted: !isText(target),
      headers: {},
      body,
      patience: patienceWith(undefined, {}, policy),
      limits: { overlapBytes: 0, maxBodyBytes: isRange ? bytes : mostBytes },
      fetch,
      now,
      onHead: (response) => onHead(host, response),
      isTooSlow: ({ startedMs }, atMs) => atMs - startedMs >= longestMs,
    });
  }

  /** From which byte on what comes would be kept; undefined if none would. */
  #keepableFrom({ host, segment, isToCome, health }: ProbeTarget): number | undefined {
    if (segment === undefined || !isToCome || isDoubtful(health)) return undefined;
    // Of who sends the whole, the same first bytes come each time.
    if (this.#ignoreRanges.has(host)) return undefined;
    return this.#options.kept.nextByteOf(segment, host);
  }
}

const ABORTED: AttemptOutcome = { kind: "aborted" };

/** It is avoided for what it sent. */
export function isDoubtful(health: PathwayHealth): boolean {
  return health.state === "avoided" && isAboutBody(health.reason);
}

/** A playlist or an MPD. */
export function isText({ segment, durationMs }: ProbeTarget): boolean {
  return segment === undefined && durationMs === undefined;
}
