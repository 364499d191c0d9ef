/**
 * Delivers what the media player asks for, from whichever pathway can: the failover transport.
 *
 * A request is moved, mid-body if need be, until somebody has delivered it: the media player sees one
 * host that is sometimes a little slow. One loop (`tick`) drives watchdogs, probes, pauses and steering;
 * the decisions are in `core/`.
 */

import { backoffMs } from "../../kernel/backoff.ts";
import { type Smoothed, smooth } from "../../kernel/smoothing.ts";
import type {
  FailureReason,
  PathwaySnapshot,
  PlayerEvents,
  PlayerSnapshot,
} from "../contract/player-events.ts";
import type { FailoverPolicy } from "../contract/player-options.ts";
import { choosePathway, type PathwayChoice } from "../core/choose-pathway.ts";
import { mayReturn } from "../core/failback-ramp.ts";
import { type AttemptProgress, type Patience, patienceWith } from "../core/judge-attempt.ts";
import { isWorthLeaving } from "../core/judge-leaving.ts";
import { isGone } from "../core/judge-missing.ts";
import { blamesHost, isAboutBody, isDamaged } from "../core/pathway-health.ts";
import type { Pathway } from "../core/presentation.ts";
import { AttemptTerms, type Terms } from "./attempt-terms.ts";
import { AttemptsUnderWay } from "./attempts-under-way.ts";
import { BodyInspection, type Digest } from "./body-inspection.ts";
import {
  type Delivery,
  NO_GOOD_STATUS,
  type TransportRequest,
  UnavailableError,
} from "./delivery.ts";
import { Errand } from "./errand.ts";
import { Hedging } from "./hedging.ts";
import { HostHealth } from "./host-health.ts";
import { HostPleas } from "./host-pleas.ts";
import { HostTraffic } from "./host-traffic.ts";
import { KeptBytes } from "./kept-bytes.ts";
import { type Candidate, KnownPathways } from "./known-pathways.ts";
import type { Asked, Overtaken } from "./leg.ts";
import { PlayStory } from "./play-story.ts";
import { Prober, type ProbeTarget } from "./prober.ts";
import { RejectedBodies } from "./rejected-bodies.ts";
import { Sleepers } from "./sleepers.ts";

export type TransportOptions = {
  /** URLs of the same multivariant playlist, best first. */
  readonly sources: readonly string[];
  readonly policy: FailoverPolicy;
  readonly fetch: typeof fetch;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly wallNow: () => number;
  readonly random: () => number;
  readonly bufferSeconds: () => number;
  /** The browser's own if left out. */
  readonly digest?: Digest;
  readonly emit: <Name extends keyof PlayerEvents>(name: Name, detail: PlayerEvents[Name]) => void;
};

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
    };

type Open = { readonly candidate: Candidate; readonly tried: ReadonlySet<string> };

export class FailoverTransport {
  readonly #options: TransportOptions;
  readonly #pathways: KnownPathways;
  readonly #health: HostHealth;
  readonly #pleas: HostPleas;
  readonly #traffic: HostTraffic;
  readonly #terms: AttemptTerms;
  readonly #hedging: Hedging;
  readonly #kept: KeptBytes;
  readonly #story: PlayStory;
  readonly #prober: Prober;
  readonly #inspection: BodyInspection;
  readonly #rejected = new RejectedBodies();
  readonly #attempts = new AttemptsUnderWay();
  readonly #sleepers = new Sleepers();
  /** Requests under way, with whom they are asking and whom they have asked. */
  readonly #open = new Map<Errand, Open>();
  /** By host: the request that finds out whether it has recovered in earnest. */
  readonly #trials = new Map<string, Errand>();
  #requests = 0;
  #deliveredBytes = 0;
  #servedBy: string | undefined;
  #bitsPerSecond: Smoothed | undefined;

  constructor(options: TransportOptions) {
    this.#options = options;
    const { emit } = options;
    this.#inspection = new BodyInspection(options.digest);
    this.#pleas = new HostPleas(options);
    this.#traffic = new HostTraffic(options);
    this.#health = new HostHealth({
      ...options,
      onRecovered: (host) => this.#noteRecovery(host),
    });
    this.#hedging = new Hedging({ ...options, health: this.#health, traffic: this.#traffic });
    this.#pathways = new KnownPathways({
      ...options,
      current: () => this.#story.whereabouts.current,
      throughputBitsPerSecond: () => this.#bitsPerSecond?.mean,
      onSteering: (event) => {
        emit("steering", event);
        this.#followOrder();
      },
    });
    this.#story = new PlayStory({
      ...options,
      failureAt: (pathway) => this.#health.failureOf(this.#pathways.hostOf(pathway) ?? ""),
      hasEverFailed: (pathway) => this.#health.hasEverFailed(this.#pathways.hostOf(pathway) ?? ""),
    });
    this.#kept = new KeptBytes(options.policy.keptBytesLimit);
    this.#prober = new Prober({
      ...options,
      isSound: (...probed) => this.#inspection.isSound(...probed),
      kept: this.#kept,
      targets: () => this.#probeTargets(),
      onHead: (host, response) => this.#pleas.read(host, response),
      onReport: (host, report) => this.#health.noteProbe(host, report),
      onMeasured: (host, bytesPerSecond) => this.#traffic.noteMeasured(host, bytesPerSecond),
    });
    this.#terms = new AttemptTerms({
      ...options,
      health: this.#health,
      traffic: this.#traffic,
      attempts: this.#attempts,
      prober: this.#prober,
    });
  }

  /**
   * Loads one resource.
   *
   * @throws {UnavailableError} if it exists on no pathway. A resource that cannot be reached is asked
   *   for until it can be, or until the signal aborts: then `signal.reason` is thrown.
   */
  async load(request: TransportRequest): Promise<Delivery> {
    this.#requests += 1;
    const errand = this.#begin(request);
    try {
      return await this.#loadUntilDelivered(errand);
    } finally {
      errand.close("aborted");
      this.#endTrialOf(errand);
    }
  }

  async #loadUntilDelivered(errand: Errand): Promise<Delivery> {
    const { request } = errand;
    let missingSinceMs: number | undefined;
    for (let round = 0; ; round += 1) {
      const result = await this.#askEverybody(errand, round);
      if (result.kind === "delivered") return result.delivery;
      if (result.kind === "unreachable") {
        this.#story.degrade(result.tried);
      } else {
        const nowMs = this.#options.now();
        missingSinceMs ??= nowMs;
        const missed = {
          rounds: round + 1,
          asked: result.tried.length,
          mayCome: result.isDamaged || this.#pathways.isLive(request.url),
          missingMs: nowMs - missingSinceMs,
        };
        if (isGone(missed, this.#options.policy)) {
          throw new UnavailableError(request.url, result.status);
        }
      }
      await this.#pause(round, request.signal);
      request.signal.throwIfAborted();
    }
  }

  /**
   * The browser could not decode what `pathway` delivered: that URL is asked of the others from now on.
   * False if nobody is left whose bytes have not been refused.
   */
  reject(url: string, pathway: string): boolean {
    const candidates = this.#pathways.candidates(url);
    const host = candidates.find(({ id }) => id === pathway)?.host;
    if (host === undefined) return false;
    this.#rejected.add(url, pathway);
    this.#health.noteFailure(host, { reason: "undecodable", bytesPerSecond: 0 }, url);
    this.#pathways.noteBad(host, url);
    const { emit } = this.#options;
    emit("rejected", { pathway, url, kind: "segment", reason: "undecodable" });
    return candidates.some(({ id }) => !this.#rejected.of(url).has(id));
  }

  /** Drives everything that happens with time. Call it about ten times a second. */
  tick(nowMs: number): void {
    this.#traffic.tick(nowMs);
    this.#attempts.tick(nowMs);
    this.#sleepers.tick(nowMs);
    this.#pathways.tick(nowMs);
    this.#prober.tick(this.#options.bufferSeconds() * 1_000, nowMs);
  }

  snapshot(): Pick<
    PlayerSnapshot,
    "servedBy" | "pathways" | "steering" | "degraded" | "counts" | "bytes"
  > {
    return {
      servedBy: this.#servedBy,
      pathways: this.#pathways.order.map((pathway, rank) => this.#snapshotOf(pathway, rank)),
      steering: this.#pathways.steeringState,
      degraded: this.#story.isDegraded,
      counts: { ...this.#story.counts, requests: this.#requests },
      bytes: {
        delivered: this.#deliveredBytes,
        hedging: this.#hedging.wastedBytes,
        probing: this.#kept.wastedBytes,
      },
    };
  }

  close(): void {
    this.#pathways.close();
    this.#prober.close();
    this.#attempts.abortAll();
  }

  /** Asks one pathway after the other until one has delivered. */
  async #askEverybody(errand: Errand, round: number): Promise<RoundResult> {
    const { request } = errand;
    const rejected = this.#rejected.of(request.url);
    const tried = new Set(rejected);
    const damaged = new Set(rejected);
    let missing: number | undefined;
    for (;;) {
      const candidate = this.#choose(errand, tried);
      if (candidate === undefined) break;
      tried.add(candidate.id);
      this.#open.set(errand, { candidate, tried });
      const asked = await errand.ask(candidate, this.#termsFor(errand, candidate, tried, round));
      this.#open.delete(errand);
      const { outcome } = asked;
      if (request.signal.aborted) this.#noteAbort(candidate, asked);
      request.signal.throwIfAborted();
      if (outcome.kind === "whole") {
        if (asked.overtook !== undefined) this.#noteOvertaken(errand, asked, asked.overtook);
        const delivery = this.#deliver(errand, asked, outcome.response);
        return { kind: "delivered", delivery };
      }
      if (outcome.kind === "moved") {
        errand.noteMove(candidate);
        tried.delete(candidate.id);
        continue;
      }
      if (outcome.kind === "failed" && outcome.reason === "status-4xx") missing = outcome.status;
      const reason = reasonOf(asked);
      if (!blamesHost(reason)) this.#health.endTrial(candidate.host);
      errand.noteTrouble(candidate, reason, asked.progress);
      this.#noteFailure(errand, candidate, reason);
      if (isDamaged(reason)) damaged.add(candidate.id);
    }
    const isDamagedEverywhere = damaged.size > 0 && damaged.size === tried.size;
    if (missing === undefined && !isDamagedEverywhere && rejected.size === 0) {
      return { kind: "unreachable", tried: [...tried] };
    }
    return {
      kind: "missing",
      tried: [...tried],
      status: missing ?? NO_GOOD_STATUS,
      // What the decoder refused is not going to be another time.
      isDamaged: missing === undefined && rejected.size < tried.size,
    };
  }

  #choose(errand: Errand, tried: ReadonlySet<string>): Candidate | undefined {
    const { request, trouble } = errand;
    this.#endTrialOf(errand);
    const choice = this.#choiceFor(request, tried);
    const candidate = this.#candidates(request).find(({ id }) => id === choice?.id);
    if (choice === undefined || candidate === undefined) return undefined;
    const isReturn = choice.reason === "moves" || choice.reason === "spares";
    // What is on trial has not got playback yet: that follows once it has delivered.
    if (isReturn && this.#isOnTrial(candidate.host)) this.#trials.set(candidate.host, errand);
    else if (isMedia(request)) this.#story.follow(choice, request.kind, trouble);
    return candidate;
  }

  #choiceFor(request: TransportRequest, tried: ReadonlySet<string>): PathwayChoice | undefined {
    const { policy, now } = this.#options;
    const { current, lastMoveMs } = this.#story.whereabouts;
    return choosePathway(
      this.#candidates(request).map(({ id, host }) => ({
        id,
        health: this.#health.of(host),
        isSpared: this.#isSpared(host, request),
      })),
      {
        current: isMedia(request) ? current : undefined,
        tried,
        lastMoveMs,
        dwellMs: policy.dwellMs,
      },
      now(),
    );
  }

  /** It serves, but is to be left alone for now: it asked for that, or is on its way back. */
  #isSpared(host: string, { kind }: TransportRequest): boolean {
    if (this.#pleas.isSpared(host)) return true;
    const context = {
      isSteered: this.#pathways.steeringState === "following",
      isSegment: kind === "segment",
      isTrialUnderWay: this.#trials.has(host),
    };
    return !mayReturn(this.#health.of(host), context, this.#options.now());
  }

  #isOnTrial(host: string): boolean {
    const health = this.#health.of(host);
    return health.state === "well" && health.isOnTrial;
  }

  #endTrialOf(errand: Errand): void {
    for (const [host, other] of this.#trials) if (other === errand) this.#trials.delete(host);
  }

  /** Steering has another order: what is under way on the pathway that is left goes on at the new one. */
  #followOrder(): void {
    const { policy } = this.#options;
    const { current } = this.#story.whereabouts;
    const leaving = [...this.#open].filter(([errand, { candidate, tried }]) => {
      const { id, host } = candidate;
      if (errand.isText || id !== current || !this.#health.isWell(host)) return false;
      const others = new Set([...tried].filter((other) => other !== id));
      const choice = this.#choiceFor(errand.request, others);
      if (choice?.reason !== "moves") return false;
      if (this.#isOnTrial(this.#pathways.hostOf(choice.id) ?? "")) return false;
      const { bytesPerSecond } = this.#traffic.paceOf(host);
      return isWorthLeaving({ remainingBytes: errand.remainingBytes, bytesPerSecond }, policy);
    });
    for (const [errand] of leaving) errand.leave();
  }

  #candidates({ kind, url }: TransportRequest): readonly Candidate[] {
    return kind === "multivariant-playlist"
      ? this.#pathways.sources()
      : this.#pathways.candidates(url);
  }

  #begin(request: TransportRequest): Errand {
    const isSegment = request.kind === "segment";
    if (isSegment) this.#pathways.noteAsked(request.url);
    const isWhole = isSegment && request.range === undefined;
    const kept = isWhole ? this.#kept.take(request.url) : undefined;
    return new Errand(request, {
      ...this.#options,
      probed: kept?.body,
      onProbedInVain: (bytes) => this.#kept.distrust(kept?.host ?? "", bytes),
      attempts: this.#attempts,
      traffic: this.#traffic,
      inspection: this.#inspection,
      onHead: (host, response) => this.#pleas.read(host, response),
      onResume: (event) => this.#story.resume(event),
      onHedge: (event) => {
        this.#hedging.end(event);
        this.#story.hedge(event);
      },
      onRejected: (event) => this.#options.emit("rejected", event),
    });
  }

  #probeTargets(): readonly ProbeTarget[] {
    return this.#pathways.upcoming().map((target) => ({
      ...target,
      health: this.#health.of(target.host),
      wantsQuiet: this.#pleas.wantsQuiet(target.host),
    }));
  }

  #termsFor(errand: Errand, candidate: Candidate, tried: Set<string>, round: number): Terms {
    return {
      ...this.#baseTermsFor(errand, candidate, tried, round),
      onWait: (progress, patience, nowMs) => {
        if (round > 0 || errand.hasHedged || isHeldByServer(errand.request)) return;
        this.#considerHedge(errand, candidate, { progress, patience, tried }, nowMs);
      },
    };
  }

  #baseTermsFor(
    errand: Errand,
    { host }: Candidate,
    tried: ReadonlySet<string>,
    round: number,
  ): Terms {
    return this.#terms.for({
      host,
      candidates: this.#candidates(errand.request),
      tried,
      round,
      durationMs: this.#pathways.durationMsOf(errand.request.url),
      remainingBytes: () => errand.remainingBytes,
    });
  }

  #considerHedge(
    errand: Errand,
    { host }: Candidate,
    waiting: {
      readonly progress: AttemptProgress;
      readonly patience: Patience;
      readonly tried: Set<string>;
    },
    nowMs: number,
  ): void {
    const { isText } = errand;
    const reason = this.#hedging.reasonFor({ ...waiting, host, isText }, nowMs);
    if (reason === undefined) return;
    const { tried } = waiting;
    const second = this.#candidates(errand.request).find(
      (other) =>
        other.host !== host &&
        !tried.has(other.id) &&
        this.#health.isWell(other.host) &&
        !this.#isSpared(other.host, errand.request),
    );
    if (second === undefined) return;
    this.#hedging.begin();
    errand.hedge({
      candidate: second,
      terms: this.#baseTermsFor(errand, second, new Set([...tried, second.id]), 0),
      reason,
      onFailed: (asked) => {
        tried.add(second.id);
        this.#noteFailure(errand, second, reasonOf(asked));
      },
    });
  }

  #noteFailure(errand: Errand, { host }: Candidate, reason: FailureReason): void {
    const { policy, now } = this.#options;
    const { url } = errand.request;
    const bytesPerSecond = this.#traffic.latestBytesPerSecond(host);
    this.#health.noteFailure(host, { reason, bytesPerSecond }, url);
    if (isAboutBody(reason)) this.#pathways.noteBad(host, url);
    const mayMove = this.#candidates(errand.request).some((other) =>
      this.#health.isWell(other.host),
    );
    if (blamesHost(reason) && mayMove) this.#attempts.suspect(host, policy.suspectMs, now());
  }

  /** A hedge was whole before the one that it was to spare. */
  #noteOvertaken({ request }: Errand, { candidate, progress }: Asked, first: Overtaken): void {
    const nowMs = this.#options.now();
    const { reason, keptBytes } = first;
    const { id, host } = first.candidate;
    const { startedMs, lastByteMs = startedMs } = first.progress;
    switch (this.#hedging.judgeOvertaken(reason, first.progress, progress, nowMs)) {
      case "proves-nothing":
        return;
      case "doubtful":
        if (reason !== "too-slow") this.#traffic.noteUnanswered(host, nowMs - lastByteMs);
        return;
      case "host-is-slow": {
        const bytesPerSecond = this.#traffic.latestBytesPerSecond(host);
        this.#health.noteFailure(host, { reason, bytesPerSecond }, request.url);
        this.#attempts.suspect(host, this.#options.policy.suspectMs, nowMs);
        if (!isMedia(request)) return;
        const sinceMs = reason === "too-slow" ? startedMs : lastByteMs;
        const choice = { id: candidate.id, reason: "fails-over" } as const;
        this.#story.follow(choice, request.kind, { pathway: id, reason, sinceMs, keptBytes });
      }
    }
  }

  /** An abort is nobody's fault; but what was asked in vain until then need not be asked so long again. */
  #noteAbort({ host }: Candidate, { progress }: Asked): void {
    const sinceMs = progress.lastByteMs ?? progress.startedMs;
    this.#traffic.noteUnanswered(host, this.#options.now() - sinceMs);
  }

  /** Whoever pauses, or waits patiently, because nobody was well need not do so any longer. */
  #noteRecovery(host: string): void {
    this.#pathways.forgetBad(host);
    this.#traffic.forget(host);
    this.#sleepers.wakeAll();
    // A host that is known to be slow, but well, keeps the time that it needs.
    this.#attempts.hurry((waitedFor) =>
      patienceWith(this.#health.of(waitedFor).firstByteMs, {}, this.#options.policy),
    );
  }

  #deliver(errand: Errand, { candidate, progress }: Asked, response: Response): Delivery {
    const { request } = errand;
    errand.close("lost");
    const body = errand.whole();
    this.#deliveredBytes += body.byteLength;
    this.#hedging.noteDelivered(body.byteLength);
    this.#prober.noteDelivered(body.byteLength);
    const delivery = errand.deliveryFrom(candidate, progress);
    const { startedMs, firstByteMs = this.#options.now() } = progress;
    this.#health.noteDelivery(candidate.host, { startedMs, firstByteMs }, request.url);
    this.#story.recover(candidate.id);
    const isTrial = this.#trials.get(candidate.host) === errand;
    const { id } = candidate;
    if (isTrial) this.#story.follow({ id, reason: "moves" }, request.kind, undefined);
    if (isMedia(request)) this.#story.arrive(id, request.kind);
    if (request.kind === "segment") {
      const seconds = Math.max(1, delivery.transferMs) / 1_000;
      this.#bitsPerSecond = smooth(this.#bitsPerSecond, (body.byteLength * 8) / seconds);
      this.#servedBy = candidate.id;
    }
    return { ...delivery, ...this.#read(request, candidate, response, body), response };
  }

  /** Learns from a playlist what it names, and gives the media player its version of it. */
  #read(
    request: TransportRequest,
    candidate: Candidate,
    response: Response,
    body: ArrayBuffer,
  ): { readonly url: string; readonly body: ArrayBuffer } {
    if (request.kind === "media-playlist") {
      this.#pathways.learnPlaylist(request.url, textOf(body));
    }
    if (request.kind !== "multivariant-playlist") return { url: request.url, body };

    const url = response.url === "" ? candidate.url : response.url;
    this.#story.begin();
    const shown = this.#pathways.open(textOf(body), url, this.#sourcesByHealth());
    return { url, body: new TextEncoder().encode(shown).buffer };
  }

  /** A source that has just failed may still be a pathway, but not before one that has not. */
  #sourcesByHealth(): readonly string[] {
    const hasFailed = ({ host }: Candidate) => (this.#health.failureOf(host) === undefined ? 0 : 1);
    const inOrder = this.#pathways.sources().toSorted((a, b) => hasFailed(a) - hasFailed(b));
    return inOrder.map(({ url }) => url);
  }

  #pause(round: number, signal: AbortSignal): Promise<void> {
    const { policy, now, random } = this.#options;
    const pauses = { firstMs: policy.retryFirstMs, longestMs: policy.retryLongestMs };
    return this.#sleepers.sleep(now() + backoffMs(round + 1, pauses, random), signal);
  }

  #snapshotOf({ id, host }: Pathway, rank: number): PathwaySnapshot {
    const health = this.#health.of(host);
    const isAvoided = health.state === "avoided";
    return {
      id,
      rank,
      host,
      state: isAvoided && health.goodProbes > 0 ? "probing" : health.state,
      reason: isAvoided ? health.reason : undefined,
      firstByteMs: health.firstByteMs?.mean,
    };
  }
}

/** The multivariant playlist comes from a source, and playback is on a pathway. */
function isMedia({ kind }: TransportRequest): boolean {
  return kind !== "multivariant-playlist";
}

function reasonOf({ outcome }: Asked): FailureReason {
  return outcome.kind === "failed" ? outcome.reason : "wrong-length";
}

/** A server holds such an answer back until there is something to say (rfc8216bis §6.2.5.2). */
function isHeldByServer({ url }: TransportRequest): boolean {
  return url.includes("_HLS_msn=");
}

function textOf(body: ArrayBuffer): string {
  return new TextDecoder().decode(body);
}
