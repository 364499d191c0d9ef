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
import { patienceWith } from "../core/judge-attempt.ts";
import { isGone } from "../core/judge-missing.ts";
import {
  type AvoidedPathway,
  blamesHost,
  isAboutBody,
  isDamaged,
  type PathwayHealth,
} from "../core/pathway-health.ts";
import type { Pathway, PresentationFormat } from "../core/presentation.ts";
import type { SavedPlay } from "../core/saved-play.ts";
import { AttemptTerms, type Terms } from "./attempt-terms.ts";
import { AttemptsUnderWay } from "./attempts-under-way.ts";
import { BodyInspection, type Digest } from "./body-inspection.ts";
import {
  type Delivery,
  NO_GOOD_STATUS,
  type TransportRequest,
  UnavailableError,
} from "./delivery.ts";
import type { ReportHooks } from "./ended-attempt.ts";
import { Errand } from "./errand.ts";
import { Hedging } from "./hedging.ts";
import type { HostHealth } from "./host-health.ts";
import type { HostPleas } from "./host-pleas.ts";
import { HostRecords } from "./host-records.ts";
import type { HostTraffic } from "./host-traffic.ts";
import { KeptBytes } from "./kept-bytes.ts";
import { type Candidate, KnownPathways } from "./known-pathways.ts";
import { type Asked, reasonOf } from "./leg.ts";
import { type Hearing, LiveWatch, type Settled } from "./live-watch.ts";
import { OwnTrouble } from "./own-trouble.ts";
import { PlayStory } from "./play-story.ts";
import { Prober, type ProbeTarget } from "./prober.ts";
import { RejectedBodies } from "./rejected-bodies.ts";
import { Routing } from "./routing.ts";
import { Sleepers } from "./sleepers.ts";

export type TransportOptions = {
  /** URLs of the same multivariant playlist, best first. */
  readonly sources: readonly string[];
  readonly policy: FailoverPolicy;
  /** What the sources are; HLS if not said. */
  readonly format?: PresentationFormat;
  readonly fetch: typeof fetch;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly wallNow: () => number;
  readonly random: () => number;
  /** What the browser says of the viewer's own link; without it the link is taken to be there. */
  readonly isOnline?: () => boolean;
  /** For how long the picture would go on without a further byte. */
  readonly bufferSeconds: () => number;
  /** The browser's own if left out. */
  readonly digest?: Digest;
  readonly emit: <Name extends keyof PlayerEvents>(name: Name, detail: PlayerEvents[Name]) => void;
  /** What is known of the hosts, where several transports share it; else its own. */
  readonly hosts?: HostRecords | undefined;
} & ReportHooks;

/** A whole body, and where it came from. */
type Arrival = {
  readonly candidate: Candidate;
  readonly body: ArrayBuffer;
  /** After redirects. */
  readonly from: string;
  readonly delivery: Omit<Delivery, "url" | "body">;
  readonly startedMs: number;
  readonly firstByteMs: number;
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

export class FailoverTransport {
  readonly #options: TransportOptions;
  readonly #pathways: KnownPathways;
  readonly #hosts: HostRecords;
  readonly #health: HostHealth;
  readonly #pleas: HostPleas;
  readonly #traffic: HostTraffic;
  readonly #stopListening: () => void;
  readonly #terms: AttemptTerms;
  readonly #routing: Routing;
  readonly #hedging: Hedging;
  readonly #kept: KeptBytes;
  readonly #ownTrouble: OwnTrouble;
  readonly #story: PlayStory;
  readonly #prober: Prober;
  readonly #inspection: BodyInspection;
  readonly #rejected = new RejectedBodies();
  readonly #watch: LiveWatch;
  readonly #attempts = new AttemptsUnderWay();
  readonly #sleepers = new Sleepers();
  #requests = 0;
  #deliveredBytes = 0;
  #servedBy: string | undefined;
  #manifest: SavedPlay["manifest"];
  #bitsPerSecond: Smoothed | undefined;

  constructor(options: TransportOptions) {
    this.#options = options;
    const { emit, hosts = new HostRecords(options) } = options;
    this.#inspection = new BodyInspection(options.digest, options.format?.isManifest);
    this.#hosts = hosts;
    this.#pleas = hosts.pleas;
    this.#traffic = hosts.traffic;
    this.#health = hosts.health;
    this.#ownTrouble = new OwnTrouble(options);
    this.#stopListening = hosts.health.whenRecovered((host) => this.#noteRecovery(host));
    this.#pathways = new KnownPathways({
      ...options,
      current: () => this.#story.whereabouts.current,
      throughputBitsPerSecond: () => this.#bitsPerSecond?.mean,
      isWell: (host) => this.#health.isWell(host),
      onSteering: (event) => {
        emit("steering", event);
        this.#routing.followOrder();
      },
      onIncompatible: (event) => emit("incompatible", event),
    });
    this.#story = new PlayStory({
      ...options,
      failureAt: (pathway) => this.#failureAt(pathway),
      hasEverFailed: (pathway) =>
        this.#pathways.hostsOf(pathway).some((host) => this.#health.hasEverFailed(host)),
    });
    this.#watch = new LiveWatch({
      ...options,
      map: () => this.#pathways.map,
      onStandstill: (event) => emit("standstill", event),
    });
    this.#routing = new Routing({
      ...options,
      candidates: (request) => this.#candidates(request),
      hostsOf: (pathway) => this.#pathways.hostsOf(pathway),
      isOwn: ({ host }) => this.#pathways.isOwnHost(host),
      streamOf: (url) => this.#pathways.streamOf(url),
      isSteered: () => this.#pathways.steeringState === "following",
      health: this.#health,
      pleas: this.#pleas,
      traffic: this.#traffic,
      story: this.#story,
    });
    this.#kept = new KeptBytes(options.policy.keptBytesLimit);
    this.#prober = new Prober({
      ...options,
      isSound: (...probed) => this.#inspection.isSound(...probed),
      kept: this.#kept,
      targets: () => this.#probeTargets(),
      onHead: (host, response) => this.#pleas.read(host, response),
      onProbe: (host) => this.#pathways.noteProbe(host),
      onReport: (host, report) => this.#health.noteProbe(host, report),
      onMeasured: (host, bytesPerSecond) => this.#traffic.noteMeasured(host, bytesPerSecond),
      onMeasuredInVain: (host, reason, url) =>
        this.#health.noteFailure(host, { reason, bytesPerSecond: 0 }, url),
    });
    this.#terms = new AttemptTerms({
      ...options,
      health: this.#health,
      traffic: this.#traffic,
      attempts: this.#attempts,
      prober: this.#prober,
    });
    this.#hedging = new Hedging({
      ...options,
      health: this.#health,
      traffic: this.#traffic,
      routing: this.#routing,
      story: this.#story,
      termsFor: (errand, candidate, tried) => this.#termsFor(errand, candidate, tried, 0),
      onFailure: (errand, candidate, reason) => this.#noteFailure(errand, candidate, reason),
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
      this.#routing.end(errand);
    }
  }

  async #loadUntilDelivered(errand: Errand): Promise<Delivery> {
    const { request } = errand;
    let missingSinceMs: number | undefined;
    for (let round = 0; ; round += 1) {
      const result = await this.#askEverybody(errand, round);
      if (result.kind === "delivered") return result.delivery;
      if (result.kind === "unreachable") {
        if (round > 0 && this.#isOnlyHere(request)) {
          throw new UnavailableError(request.url, NO_GOOD_STATUS);
        }
        if (!this.#ownTrouble.isSettling) this.#story.degrade(result.tried);
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
    const candidates = this.#pathways.candidates({ url, range: undefined });
    const host = candidates.find(({ id }) => id === pathway)?.host;
    if (host === undefined) return false;
    this.#rejected.add(url, pathway);
    this.#health.noteFailure(host, { reason: "undecodable", bytesPerSecond: 0 }, url);
    this.#pathways.noteFailed(host, url);
    const { emit } = this.#options;
    emit("rejected", { pathway, url, kind: "segment", reason: "undecodable" });
    return candidates.some(({ id }) => !this.#rejected.of(url).has(id));
  }

  /** Drives everything that happens with time. Call it about ten times a second. */
  tick(nowMs: number): void {
    this.#lookAtOwnTrouble(nowMs);
    this.#hosts.tick(nowMs);
    this.#attempts.tick(nowMs);
    this.#sleepers.tick(nowMs);
    const bufferMs = this.#options.bufferSeconds() * 1_000;
    this.#pathways.tick(bufferMs, nowMs);
    if (this.#ownTrouble.isOffline) return;
    this.#recheckPlaylists(bufferMs, nowMs);
    this.#prober.tick(bufferMs, nowMs);
  }

  /** Where steering is asked next; undefined where there is none. */
  get steeringUri(): string | undefined {
    return this.#pathways.steeringUri;
  }

  snapshot(): Pick<
    PlayerSnapshot,
    "servedBy" | "pathways" | "steering" | "degraded" | "standsStill" | "counts" | "bytes"
  > {
    return {
      servedBy: this.#servedBy,
      pathways: this.#pathways.order.map((pathway, rank) => this.#snapshotOf(pathway, rank)),
      steering: this.#pathways.steeringState,
      degraded: this.#story.isDegraded,
      standsStill: this.#watch.standsStill,
      counts: { ...this.#story.counts, requests: this.#requests },
      bytes: {
        delivered: this.#deliveredBytes,
        hedging: this.#hedging.wastedBytes,
        probing: this.#kept.wastedBytes,
      },
    };
  }

  /** What another transport needs in order to go on where this one is. */
  save(): SavedPlay {
    return {
      manifest: this.#manifest,
      order: this.#pathways.order.map(({ id }) => id),
      health: this.#health.record,
      whereabouts: this.#story.whereabouts,
      counts: this.#story.counts,
      servedBy: this.#servedBy,
    };
  }

  /** Goes on where another one was, on this one's clock. */
  restore({ manifest, order, health, whereabouts, counts, servedBy }: SavedPlay): void {
    this.#health.restore(health);
    if (manifest !== undefined) {
      this.#pathways.open(manifest.text, manifest.url, this.#sourcesByHealth(), order);
    }
    this.#manifest = manifest;
    this.#story.restore(whereabouts, counts);
    this.#servedBy = servedBy;
  }

  /** Notes what a media playlist lists that passed another transport. */
  learnPlaylist(logicalUrl: string, text: string): void {
    this.#pathways.learnPlaylist(logicalUrl, text);
    this.#inspection.learnPlaylist(logicalUrl, text);
  }

  close(): void {
    this.#stopListening();
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
    const hearing = this.#watch.hearing<Arrival>(request.url);
    let missing: number | undefined;
    const without: string[] = [];
    for (;;) {
      const candidate = this.#routing.next(errand, tried);
      if (candidate === undefined) break;
      // A second opinion is not worth asking who is ill.
      if (hearing.isOpen && !this.#health.isWell(candidate.host)) break;
      const asked = await this.#ask(errand, hearing.question(candidate), tried, round);
      if (asked === undefined) continue;
      const { outcome } = asked;
      if (request.signal.aborted) this.#noteAbort(request, candidate, asked);
      request.signal.throwIfAborted();
      if (outcome.kind === "whole") {
        this.#hedging.noteOvertaken(errand, asked);
        const settled = this.#hear(
          request,
          this.#arrivalOf(errand, asked, outcome.response),
          hearing,
        );
        if (settled === undefined) continue;
        for (const host of without) this.#noteMissing(host, request.url);
        return { kind: "delivered", delivery: this.#deliver(errand, settled.answer) };
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
      errand.noteTrouble(candidate, reason, asked.progress);
      if (!blamesHost(reason)) this.#health.endTrial(candidate.host);
      this.#noteFailure(errand, candidate, reason);
      if (this.#ownTrouble.hasCutOff(asked.progress.startedMs)) tried.delete(candidate.id);
      else if (isDamaged(reason)) damaged.add(candidate.id);
    }
    const settled = hearing.conclude();
    if (settled !== undefined) {
      return { kind: "delivered", delivery: this.#deliver(errand, settled.answer) };
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

  /** Of a host with an old playlist, nothing but its playlist says whether it is well again. */
  #recheckPlaylists(bufferMs: number, nowMs: number): void {
    const { policy } = this.#options;
    for (const { id, host } of this.#pathways.order) {
      const health = this.#health.of(host);
      if (!isStale(health) || bufferMs < policy.probeBufferFloorMs) continue;
      void this.#pathways.recheck(id, nowMs, ({ playlist, firstByteMs }) => {
        const ok = this.#watch.isUpToDate(playlist, id);
        this.#health.noteProbe(host, { ok, firstByteMs, bytesPerSecond: undefined });
      });
    }
  }

  /**
   * Asks one pathway; once more by its own name for the thing, if the guess at it was wrong. Nobody is asked
   * where it turns out not to have it.
   */
  async #ask(errand: Errand, guessed: Candidate, tried: Set<string>, round: number) {
    const { request } = errand;
    const isDoubtful = guessed.certainty === "doubtful";
    const candidate = isDoubtful ? await this.#pathways.reread(guessed, request) : guessed;
    request.signal.throwIfAborted();
    if (candidate === undefined) return undefined;
    const asked = await errand.ask(candidate, this.#hedgedTerms(errand, candidate, tried, round));
    const { outcome } = asked;
    const isRefused = outcome.kind === "failed" && outcome.reason === "status-4xx";
    const better = isRefused && (await this.#pathways.correct(asked.candidate, request));
    if (!better) return asked;
    request.signal.throwIfAborted();
    return await errand.ask(better, this.#termsFor(errand, better, tried, round));
  }

  #candidates(request: TransportRequest): readonly Candidate[] {
    return request.kind === "multivariant-playlist"
      ? this.#pathways.sources()
      : this.#pathways.candidates(request);
  }

  /** A pathway moves as one, though its playlists and its segments may come from two hosts. */
  #healthOf(pathway: string, host: string): PathwayHealth {
    return this.#health.failureOf(host) ?? this.#failureAt(pathway) ?? this.#health.of(host);
  }

  #failureAt(pathway: string | undefined): AvoidedPathway | undefined {
    const failures = this.#pathways.hostsOf(pathway).map((host) => this.#health.failureOf(host));
    return failures.find((failure) => failure !== undefined);
  }

  /** Only who is ill has this variant, and who is well has others: those can be played. */
  #isOnlyHere({ url }: TransportRequest): boolean {
    const well = this.#pathways.order.filter(({ id }) => this.#failureAt(id) === undefined);
    return well.length > 0 && well.every(({ id }) => this.#pathways.map?.lacksVariant(id, url));
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
      durationMs: this.#pathways.durationMsOf(request.url),
    });
  }

  #probeTargets(): readonly ProbeTarget[] {
    return this.#pathways
      .upcoming((host) => !this.#health.isWell(host))
      .map((target) => ({
        ...target,
        health: this.#health.of(target.host),
        wantsQuiet: this.#pleas.wantsQuiet(target.host),
      }))
      .filter(({ health }) => !isStale(health));
  }

  /** With the first round goes the readiness to ask somebody else beside. */
  #hedgedTerms(errand: Errand, candidate: Candidate, tried: Set<string>, round: number): Terms {
    const terms = this.#termsFor(errand, candidate, tried, round);
    if (round > 0) return terms;
    const onWait: Terms["onWait"] = (progress, patience, nowMs) =>
      this.#hedging.consider(errand, { candidate, tried, progress, patience }, nowMs);
    return { ...terms, onWait };
  }

  #termsFor(errand: Errand, { host }: Candidate, tried: ReadonlySet<string>, round: number): Terms {
    return this.#terms.for({
      host,
      candidates: this.#candidates(errand.request),
      tried,
      round,
      holdMs: this.#pathways.holdMsOf(errand.request.url),
      durationMs: this.#pathways.durationMsOf(errand.request.url),
      remainingBytes: () => errand.remainingBytes,
    });
  }

  #noteFailure(errand: Errand, { host }: Candidate, reason: FailureReason): void {
    const { policy, now } = this.#options;
    const { url } = errand.request;
    // A failure may be heard of before the loop's first round after a sleep.
    this.#lookAtOwnTrouble(now());
    if (this.#ownTrouble.isExcuse) return;
    const bytesPerSecond = this.#traffic.latestBytesPerSecond(host);
    if (reason !== "status-4xx") this.#health.noteFailure(host, { reason, bytesPerSecond }, url);
    if (blamesHost(reason) || isAboutBody(reason)) this.#pathways.noteFailed(host, url);
    const mayMove = this.#candidates(errand.request).some((other) =>
      this.#health.isWell(other.host),
    );
    if (blamesHost(reason) && mayMove) this.#attempts.suspect(host, policy.suspectMs, now());
  }

  /** Somebody else had it. What nobody has, a live playlist may have named too early. */
  #noteMissing(host: string, url: string): void {
    const bytesPerSecond = this.#traffic.latestBytesPerSecond(host);
    this.#health.noteFailure(host, { reason: "status-4xx", bytesPerSecond }, url);
  }

  /** An abort is nobody's fault; but what was asked in vain until then need not be asked so long again. */
  #noteAbort({ url }: TransportRequest, { host }: Candidate, { progress }: Asked): void {
    if (this.#pathways.holdMsOf(url) > 0) return;
    const sinceMs = progress.lastByteMs ?? progress.startedMs;
    this.#traffic.noteUnanswered(host, this.#options.now() - sinceMs);
  }

  /** Connections are dead after a sleep; and whoever pauses because nobody answered need not any more. */
  #lookAtOwnTrouble(nowMs: number): void {
    const trouble = this.#ownTrouble.tick(nowMs);
    if (trouble === undefined) return;
    if (trouble === "slept") this.#attempts.abandonAll();
    this.#sleepers.wakeAll();
  }

  /** Whoever pauses, or waits patiently, because nobody was well need not do so any longer. */
  #noteRecovery(host: string): void {
    this.#traffic.forget(host);
    this.#pathways.noteRecovered(host);
    this.#sleepers.wakeAll();
    // A host that is known to be slow, but well, keeps the time that it needs.
    this.#attempts.hurry((waitedFor) =>
      patienceWith(this.#health.of(waitedFor).firstByteMs, {}, this.#options.policy),
    );
  }

  /** All of it has come; a playlist tells at once what the pathway lists. */
  #arrivalOf(errand: Errand, { candidate, progress }: Asked, response: Response): Arrival {
    const { kind, url } = errand.request;
    const body = errand.whole();
    const from = response.url === "" ? candidate.url : response.url;
    if (kind === "media-playlist") {
      this.#pathways.learnCopy(url, textOf(body), { pathwayId: candidate.id, url: from });
    }
    const { startedMs, firstByteMs = this.#options.now() } = progress;
    const delivery = { ...errand.deliveryFrom(candidate, progress), response };
    return { candidate, body, from, delivery, startedMs, firstByteMs };
  }

  /** A live playlist that does not move is compared with another pathway's before it is given on. */
  #hear(
    { kind, url }: TransportRequest,
    arrival: Arrival,
    hearing: Hearing<Arrival>,
  ): Settled<Arrival> | undefined {
    if (kind !== "media-playlist") return { answer: arrival };
    const settled = hearing.hear(arrival);
    const stale = settled?.stale?.candidate.host;
    if (stale !== undefined) {
      const bytesPerSecond = this.#traffic.latestBytesPerSecond(stale);
      this.#health.noteFailure(stale, { reason: "stale-playlist", bytesPerSecond }, url);
    }
    return settled;
  }

  #deliver(errand: Errand, arrival: Arrival): Delivery {
    const { request } = errand;
    const { candidate, body, delivery } = arrival;
    errand.close("lost");
    this.#deliveredBytes += body.byteLength;
    this.#hedging.noteDelivered(body.byteLength);
    this.#prober.noteDelivered(body.byteLength);
    const { startedMs, firstByteMs } = arrival;
    const isHeld = this.#pathways.holdMsOf(request.url) > 0;
    const delivered = { startedMs, firstByteMs: isHeld ? undefined : firstByteMs };
    this.#health.noteDelivery(candidate.host, delivered, request.url);
    this.#ownTrouble.noteDelivery(startedMs);
    this.#story.recover(candidate.id);
    this.#routing.arrive(errand, candidate);
    if (request.kind === "segment") {
      const seconds = Math.max(1, delivery.transferMs) / 1_000;
      this.#bitsPerSecond = smooth(this.#bitsPerSecond, (body.byteLength * 8) / seconds);
      this.#servedBy = candidate.id;
      this.#pathways.noteServed(candidate.id);
    }
    if (request.kind === "media-playlist") {
      const shown = this.#pathways.show(request.url, textOf(body), candidate.id);
      return { ...delivery, url: request.url, body: bytesOf(shown) };
    }
    if (request.kind !== "multivariant-playlist") return { ...delivery, url: request.url, body };

    this.#story.begin();
    this.#watch.begin();
    this.#manifest = { text: textOf(body), url: arrival.from };
    const shown = this.#pathways.open(this.#manifest.text, arrival.from, this.#sourcesByHealth());
    return { ...delivery, url: arrival.from, body: bytesOf(shown) };
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
    const health = this.#healthOf(id, host);
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

function isStale(health: PathwayHealth): boolean {
  return health.state === "avoided" && health.reason === "stale-playlist";
}

function bytesOf(text: string): ArrayBuffer {
  return new TextEncoder().encode(text).buffer;
}

function textOf(body: ArrayBuffer): string {
  return new TextDecoder().decode(body);
}
