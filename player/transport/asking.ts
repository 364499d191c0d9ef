/**
 * Asks for one thing until somebody has delivered it: one pathway after the other, a pause when all have
 * been asked in vain, and so on, until it has come or turns out to exist nowhere.
 */
import { backoffMs } from "../../kernel/backoff.ts";
import type { FailureReason } from "../contract/player-events.ts";
import { isGone, type MissingObject } from "../core/attempt/judge-missing.ts";
import { bodyName } from "../core/body/listed-bodies.ts";
import { blamesHost, isAboutBody, isDamaged } from "../core/host/pathway-health.ts";
import type { Terms } from "./attempt-terms.ts";
import type { Arrival, Deliveries } from "./deliveries.ts";
import {
  type Delivery,
  NO_GOOD_STATUS,
  type TransportRequest,
  UnavailableError,
} from "./delivery.ts";
import { Errand } from "./errand.ts";
import type { Hedging } from "./hedging.ts";
import type { Candidate } from "./known-pathways.ts";
import { type Asked, reasonOf } from "./leg.ts";
import type { TransportParts } from "./transport-parts.ts";

/** What came of asking every pathway once. */
type RoundResult =
  | { readonly kind: "delivered"; readonly delivery: Delivery }
  | { readonly kind: "unreachable"; readonly tried: readonly string[] }
  /** Nobody has it, and somebody says that it does not exist; or all that is sent for it is damaged. */
  | {
      readonly kind: "missing";
      readonly tried: readonly string[];
      readonly status: number;
      readonly isDamaged: boolean;
      /** Who served until now was asked in vain, and does not say so. */
      readonly isUnreached: boolean;
    };

export class Asking {
  readonly #parts: TransportParts;
  readonly #hedging: Hedging;
  readonly #deliveries: Deliveries;

  constructor(parts: TransportParts, hedging: Hedging, deliveries: Deliveries) {
    this.#parts = parts;
    this.#hedging = hedging;
    this.#deliveries = deliveries;
  }

  /** @throws {UnavailableError} if it exists on no pathway; what the signal says if it aborts. */
  async load(request: TransportRequest): Promise<Delivery> {
    const errand = this.#begin(request);
    try {
      return await this.#loadUntilDelivered(errand);
    } finally {
      errand.close("aborted");
      this.#parts.routing.end(errand);
      this.#parts.story.end(errand);
    }
  }

  termsFor(errand: Errand, { host }: Candidate, tried: ReadonlySet<string>, round: number): Terms {
    const { terms, pathways } = this.#parts;
    const { url } = errand.request;
    return terms.for({
      host,
      candidates: this.#parts.candidates(errand.request),
      tried,
      round,
      holdMs: pathways.holdMsOf(url),
      durationMs: pathways.durationMsOf(errand.request),
      remainingBytes: () => errand.remainingBytes,
    });
  }

  noteFailure(errand: Errand, { host }: Candidate, reason: FailureReason): void {
    const { options, ownTrouble, traffic, health, pathways, attempts } = this.#parts;
    const { url } = errand.request;
    // A failure may be heard of before the loop's first round after a sleep.
    this.#parts.lookAtOwnTrouble(options.now());
    if (ownTrouble.isExcuse) return;
    const bytesPerSecond = traffic.latestBytesPerSecond(host);
    const name = nameOf(errand.request);
    if (reason !== "status-4xx") health.noteFailure(host, { reason, bytesPerSecond }, name);
    if (blamesHost(reason) || isAboutBody(reason)) pathways.noteFailed(host, url);
    const others = this.#parts.candidates(errand.request);
    const mayMove = others.some((other) => health.isWell(other.host));
    if (blamesHost(reason) && mayMove) {
      attempts.suspect(host, options.policy.suspectMs, options.now());
    }
  }

  #begin(request: TransportRequest): Errand {
    const { options, pathways, kept, pleas, story, attempts, traffic, inspection } = this.#parts;
    const { ranges } = this.#parts.hosts;
    const isSegment = request.kind === "segment";
    if (isSegment) pathways.noteAsked(request.url);
    const isWhole = isSegment && request.range === undefined;
    const probed = isWhole ? kept.take(request.url) : undefined;
    return new Errand(request, {
      ...options,
      probed: probed?.body,
      onProbedInVain: (bytes) => kept.distrust(probed?.host ?? "", bytes),
      attempts,
      traffic,
      ranges,
      inspection,
      onHead: (host, response) => pleas.read(host, response),
      onResume: (event) => story.resume(event),
      onHedge: (event) => {
        this.#hedging.end(event);
        story.hedge(event);
      },
      onRejected: (event) => options.emit("rejected", event),
      durationMs: pathways.durationMsOf(request),
    });
  }

  async #loadUntilDelivered(errand: Errand): Promise<Delivery> {
    const { options, ownTrouble, pathways, story } = this.#parts;
    const { request } = errand;
    let missingSinceMs: number | undefined;
    for (let round = 0; ; round += 1) {
      const result = await this.#askEverybody(errand, round);
      if (result.kind === "delivered") return result.delivery;
      if (result.kind === "unreachable" && round > 0 && this.#isOnlyHere(request)) {
        throw new UnavailableError(request.url, NO_GOOD_STATUS);
      }
      const isUnreached = result.kind === "unreachable" || result.isUnreached;
      const isTold = isUnreached && !ownTrouble.isSettling && !this.#isOfCaptions(request);
      if (isTold) story.degrade(errand, result.tried);
      if (result.kind === "missing") {
        const mayCome = result.isDamaged || pathways.isLive(request.url);
        const nowMs = options.now();
        missingSinceMs ??= nowMs;
        const missed: MissingObject = {
          rounds: round + 1,
          asked: result.tried.length,
          hope: isUnreached ? "unreached" : mayCome ? "may-come" : "none",
          missingMs: nowMs - missingSinceMs,
        };
        if (isGone(missed, options.policy)) {
          throw new UnavailableError(request.url, result.status);
        }
      }
      await this.#pause(round, request.signal);
      request.signal.throwIfAborted();
    }
  }

  /** Asks one pathway after the other until one has delivered. */
  async #askEverybody(errand: Errand, round: number): Promise<RoundResult> {
    const { health, ownTrouble, rejected, routing, watch } = this.#parts;
    const deliveries = this.#deliveries;
    const { request } = errand;
    const refused = rejected.of(nameOf(request));
    const tried = new Set(refused);
    const damaged = new Set(refused);
    const hearing = watch.hearing<Arrival>(request.url);
    let missing: number | undefined;
    const without: string[] = [];
    const unreached = new Set<string>();
    for (;;) {
      const candidate = routing.next(errand, tried);
      if (candidate === undefined) break;
      // A second opinion is not worth asking who is ill.
      if (hearing.isOpen && !health.isWell(candidate.host)) break;
      const asked = await this.#ask(errand, hearing.question(candidate), tried, round);
      if (asked === undefined) continue;
      const { outcome } = asked;
      if (request.signal.aborted) this.#noteAbort(request, candidate, asked);
      request.signal.throwIfAborted();
      if (outcome.kind === "whole") {
        this.#hedging.noteOvertaken(errand, asked);
        const arrival = deliveries.arrivalOf(errand, asked, outcome.response);
        const settled = deliveries.hear(request, arrival, hearing);
        if (settled === undefined) continue;
        for (const host of without) this.#noteMissing(host, nameOf(request));
        return { kind: "delivered", delivery: deliveries.deliver(errand, settled.answer) };
      }
      if (outcome.kind === "moved") {
        errand.noteMove(candidate);
        tried.delete(candidate.id);
        continue;
      }
      if (outcome.kind === "failed" && outcome.reason === "status-4xx") {
        missing = outcome.status;
        without.push(candidate.host);
      }
      const reason = reasonOf(asked);
      if (blamesHost(reason)) unreached.add(candidate.id);
      errand.noteTrouble(candidate, reason, asked.progress);
      if (!blamesHost(reason)) health.endTrial(candidate.host);
      this.noteFailure(errand, candidate, reason);
      if (ownTrouble.hasCutOff(asked.progress.startedMs)) tried.delete(candidate.id);
      else if (isDamaged(reason)) damaged.add(candidate.id);
    }
    const settled = hearing.conclude();
    if (settled !== undefined) {
      return { kind: "delivered", delivery: deliveries.deliver(errand, settled.answer) };
    }
    const isDamagedEverywhere = damaged.size > 0 && damaged.size === tried.size;
    if (missing === undefined && !isDamagedEverywhere && refused.size === 0) {
      return { kind: "unreachable", tried: [...tried] };
    }
    return {
      kind: "missing",
      tried: [...tried],
      status: missing ?? NO_GOOD_STATUS,
      // What the decoder refused is not going to be another time.
      isDamaged: missing === undefined && refused.size < tried.size,
      isUnreached: missing !== undefined && this.#isLikelyAt(unreached),
    };
  }

  /** Whether one of them has served until now; before anybody has, whether there is any. */
  #isLikelyAt(unreached: ReadonlySet<string>): boolean {
    const { servedBy } = this.#deliveries;
    return servedBy === undefined ? unreached.size > 0 : unreached.has(servedBy);
  }

  /**
   * Asks one pathway; once more by its own name for the thing, if the guess at it was wrong. Nobody is asked
   * where it turns out not to have it.
   */
  async #ask(errand: Errand, guessed: Candidate, tried: Set<string>, round: number) {
    const { pathways } = this.#parts;
    const { request } = errand;
    const isDoubtful = guessed.certainty === "doubtful";
    const candidate = isDoubtful ? await pathways.reread(guessed, request) : guessed;
    request.signal.throwIfAborted();
    if (candidate === undefined) return undefined;
    const asked = await errand.ask(candidate, this.#hedgedTerms(errand, candidate, tried, round));
    const { outcome } = asked;
    const isRefused = outcome.kind === "failed" && outcome.reason === "status-4xx";
    const better = isRefused && (await pathways.correct(asked.candidate, request));
    if (!better) return asked;
    request.signal.throwIfAborted();
    return await errand.ask(better, this.termsFor(errand, better, tried, round));
  }

  /** With the first round goes the readiness to ask somebody else beside. */
  #hedgedTerms(errand: Errand, candidate: Candidate, tried: Set<string>, round: number): Terms {
    const terms = this.termsFor(errand, candidate, tried, round);
    if (round > 0) return terms;
    const onWait: Terms["onWait"] = (progress, patience, nowMs) =>
      this.#hedging.consider(errand, { candidate, tried, progress, patience }, nowMs);
    return { ...terms, onWait };
  }

  /** The picture goes on without, while others deliver. */
  #isOfCaptions({ kind, url }: TransportRequest): boolean {
    return kind === "captions" || this.#parts.pathways.map?.listsCaptions(url) === true;
  }

  /** Only who is ill has this variant, and who is well has others: those can be played. */
  #isOnlyHere({ url }: TransportRequest): boolean {
    const { pathways } = this.#parts;
    const well = pathways.order.filter(({ id }) => this.#parts.failureAt(id) === undefined);
    return well.length > 0 && well.every(({ id }) => pathways.map?.lacksVariant(id, url));
  }

  /** Somebody else had it. What nobody has, a live playlist may have named too early. */
  #noteMissing(host: string, name: string): void {
    const { health, traffic } = this.#parts;
    const bytesPerSecond = traffic.latestBytesPerSecond(host);
    health.noteFailure(host, { reason: "status-4xx", bytesPerSecond }, name);
  }

  /** An abort is nobody's fault; but what was asked in vain until then need not be asked so long again. */
  #noteAbort({ url }: TransportRequest, { host }: Candidate, { progress }: Asked): void {
    const { options, pathways, traffic } = this.#parts;
    if (pathways.holdMsOf(url) > 0) return;
    const sinceMs = progress.lastByteMs ?? progress.startedMs;
    traffic.noteUnanswered(host, options.now() - sinceMs);
  }

  #pause(round: number, signal: AbortSignal): Promise<void> {
    const { options, sleepers } = this.#parts;
    const { policy, now, random } = options;
    const pauses = { firstMs: policy.retryFirstMs, longestMs: policy.retryLongestMs };
    return sleepers.sleep(now() + backoffMs(round + 1, pauses, random), signal);
  }
}

/** Several parts of one file are several things. */
function nameOf({ url, range }: TransportRequest): string {
  return bodyName(url, range);
}
