/**
 * Delivers what the media player asks for, from whichever pathway can: the failover transport.
 *
 * It knows the pathways, keeps one health record per host for all requests together, and moves a
 * request, mid-body if need be, until somebody has delivered it. The media player sees one host that
 * is sometimes a little slow. One loop (`tick`) drives watchdogs, probes, pauses and steering; the
 * decisions are in `core/`.
 */

import { backoffMs } from "../../kernel/backoff.ts";
import type { ByteRange } from "../../kernel/byte-range.ts";
import { isPlaylist } from "../../kernel/playlist-lines.ts";
import { type Smoothed, smooth } from "../../kernel/smoothing.ts";
import type {
  FailureReason,
  PathwaySnapshot,
  PlayerEvents,
  PlayerSnapshot,
  ResourceKind,
} from "../contract/player-events.ts";
import type { FailoverPolicy } from "../contract/player-options.ts";
import { choosePathway, type PathwayChoice } from "../core/choose-pathway.ts";
import { patienceWith } from "../core/judge-attempt.ts";
import {
  type AvoidedPathway,
  blamesHost,
  NEW_PATHWAY,
  observeDelivery,
  observeFailure,
  observeProbe,
  type PathwayHealth,
} from "../core/pathway-health.ts";
import { PathwayMap } from "../core/pathway-map.ts";
import { type Pathway, type Presentation, readPresentation } from "../core/presentation.ts";
import {
  arriveFrom,
  type Departure,
  followChoice,
  NOWHERE,
  type Whereabouts,
} from "../core/whereabouts.ts";
import { Attempt, type AttemptOutcome } from "./attempt.ts";
import { BodyUnderWay } from "./body-under-way.ts";
import { Prober } from "./prober.ts";
import { Sleepers } from "./sleepers.ts";
import { SteeringClient } from "./steering-client.ts";

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
  readonly emit: <Name extends keyof PlayerEvents>(name: Name, detail: PlayerEvents[Name]) => void;
};

export type TransportRequest = {
  /** Logical URL. */
  readonly url: string;
  readonly kind: ResourceKind;
  readonly range: ByteRange | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: DeliveryProgress) => void;
};

/** How the attempt that is under way is doing, on the transport's clock. */
export type DeliveryProgress = {
  readonly startedMs: number;
  readonly firstByteMs: number | undefined;
  readonly receivedBytes: number;
  readonly sizeBytes: number | undefined;
};

export type Delivery = {
  /** Logical URL, against which the media player resolves what the body names. */
  readonly url: string;
  readonly body: ArrayBuffer;
  readonly response: Response;
  readonly pathway: string;
  /** The pathway that had begun the body, where it was finished on another. */
  readonly begunOn: string | undefined;
  /** Time that went into bytes which arrived, without what was lost on waiting for others. */
  readonly firstByteAfterMs: number;
  readonly transferMs: number;
};

/** Every pathway was asked, and at least one says that there is no such object. */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
  readonly status: number;

  constructor(url: string, status: number) {
    super(`Cannot load ${url}: every pathway was asked, one answered ${status}`);
    this.status = status;
  }
}

type Candidate = { readonly id: string; readonly host: string; readonly url: string };

/** The last thing that went wrong with a request, for the event that tells of its move. */
type Trouble = {
  readonly pathway: string;
  readonly reason: FailureReason;
  readonly sinceMs: number;
  readonly keptBytes: number;
};

type DeliveredParts = {
  readonly attempt: Attempt;
  readonly response: Response;
  readonly body: BodyUnderWay;
  readonly begunOn: string | undefined;
  readonly productiveMs: number;
};

/** After this many rounds an object that somebody says does not exist is taken not to. */
const ROUNDS_FOR_MISSING = 2;
/** A loop that slept longer than this judges nobody, unless that is its pace (a hidden tab). */
const OVERSLEPT_MS = 250;

export class FailoverTransport {
  readonly #options: TransportOptions;
  readonly #healthByHost = new Map<string, PathwayHealth>();
  readonly #hadFailed = new Set<string>();
  readonly #attempts = new Set<Attempt>();
  readonly #sleepers = new Sleepers();
  readonly #prober: Prober;
  #presentation: Presentation | undefined;
  #map: PathwayMap | undefined;
  #order: readonly Pathway[] = [];
  #steering: SteeringClient | undefined;
  #whereabouts: Whereabouts = NOWHERE;
  #degradedSinceMs: number | undefined;
  #lastTickMs: number | undefined;
  #hasOverslept = false;
  #lastSegment: string | undefined;
  #servedBy: string | undefined;
  #bitsPerSecond: Smoothed | undefined;
  readonly #counts = { failovers: 0, failbacks: 0, resumes: 0, requests: 0 };

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#prober = new Prober({
      policy: options.policy,
      fetch: options.fetch,
      now: options.now,
      onResult: (host, result) => {
        const health = observeProbe(this.#healthOf(host), result, options.policy, options.now());
        this.#setHealth(host, health);
      },
    });
  }

  /**
   * Loads one resource.
   *
   * @throws {UnavailableError} if it exists on no pathway. A resource that cannot be reached is asked
   *   for until it can be, or until the signal aborts: then `signal.reason` is thrown.
   */
  async load(request: TransportRequest): Promise<Delivery> {
    this.#counts.requests += 1;
    const body = new BodyUnderWay();
    let trouble: Trouble | undefined;
    let begunOn: string | undefined;
    let productiveMs = 0;

    for (let round = 0; ; round += 1) {
      const tried = new Set<string>();
      let missing: number | undefined;
      for (;;) {
        const candidate = this.#choose(request, tried, trouble);
        if (candidate === undefined) break;
        tried.add(candidate.id);
        const { outcome, attempt, hasRestarted } = await this.#attempt(
          request,
          candidate,
          body,
          round,
          begunOn,
        );
        request.signal.throwIfAborted();
        if (hasRestarted) begunOn = undefined;
        productiveMs += transferMsOf(attempt);
        if (outcome.kind === "whole") {
          const parts = { attempt, response: outcome.response, body, begunOn, productiveMs };
          return this.#deliver(request, candidate, parts);
        }
        const reason = outcome.kind === "failed" ? outcome.reason : "wrong-length";
        if (reason === "status-4xx" && outcome.kind === "failed") missing = outcome.status;
        trouble = this.#observeTrouble(candidate, attempt, reason, body);
        begunOn = body.held.receivedBytes === 0 ? undefined : (begunOn ?? candidate.id);
      }
      if (missing !== undefined && (round + 1 >= ROUNDS_FOR_MISSING || tried.size === 1)) {
        throw new UnavailableError(request.url, missing);
      }
      if (missing === undefined) this.#degrade([...tried]);
      await this.#pause(round, request.signal);
      request.signal.throwIfAborted();
    }
  }

  /** Drives everything that happens with time. Call it about ten times a second. */
  tick(nowMs: number): void {
    const sleptMs = nowMs - (this.#lastTickMs ?? nowMs);
    this.#lastTickMs = nowMs;
    // What arrived while the loop slept has not been seen yet: silence cannot be told from sleep.
    const hasOverslept = sleptMs >= OVERSLEPT_MS;
    if (!hasOverslept || this.#hasOverslept) {
      for (const attempt of this.#attempts) attempt.judge(nowMs);
    }
    this.#hasOverslept = hasOverslept;
    this.#sleepers.tick(nowMs);
    this.#steering?.tick(nowMs);
    this.#prober.tick(this.#probeTargets(), this.#options.bufferSeconds() * 1_000, nowMs);
  }

  snapshot(): Pick<PlayerSnapshot, "servedBy" | "pathways" | "steering" | "degraded" | "counts"> {
    return {
      servedBy: this.#servedBy,
      pathways: this.#order.map((pathway, rank) => this.#snapshotOf(pathway, rank)),
      steering: this.#steeringState(),
      degraded: this.#degradedSinceMs !== undefined,
      counts: { ...this.#counts },
    };
  }

  close(): void {
    this.#steering?.close();
    this.#prober.close();
    for (const attempt of this.#attempts) attempt.abort();
  }

  #choose(
    request: TransportRequest,
    tried: ReadonlySet<string>,
    trouble: Trouble | undefined,
  ): Candidate | undefined {
    const candidates = this.#candidates(request);
    const nowMs = this.#options.now();
    const isMedia = request.kind !== "multivariant-playlist";
    const choice = choosePathway(
      candidates.map(({ id, host }) => ({ id, health: this.#healthOf(host) })),
      {
        current: isMedia ? this.#whereabouts.current : undefined,
        tried,
        lastMoveMs: this.#whereabouts.lastMoveMs,
        dwellMs: this.#options.policy.dwellMs,
      },
      nowMs,
    );
    if (choice === undefined) return undefined;
    if (isMedia) this.#follow(choice, request, trouble, nowMs);
    return candidates.find(({ id }) => id === choice.id);
  }

  /** Before the presentation is known its sources are the candidates, afterwards its pathways. */
  #candidates(request: TransportRequest): readonly Candidate[] {
    const map = this.#map;
    if (request.kind === "multivariant-playlist" || map === undefined) {
      return this.#options.sources.map((url) => ({ id: url, host: new URL(url).origin, url }));
    }
    return this.#order.flatMap(({ id }) => {
      const url = map.urlOn(id, request.url);
      return url === undefined ? [] : [{ id, host: new URL(url).origin, url }];
    });
  }

  #follow(
    choice: PathwayChoice,
    request: TransportRequest,
    trouble: Trouble | undefined,
    nowMs: number,
  ): void {
    const facts = { hostFailure: this.#failureHere()?.reason, hadFailed: this.#hadFailed };
    const { whereabouts, departure } = followChoice(this.#whereabouts, choice, facts, nowMs);
    const sinceMs = this.#failureHere()?.sinceMs ?? nowMs;
    this.#whereabouts = whereabouts;
    if (departure !== undefined) this.#tellFailover(departure, request.kind, trouble, sinceMs);
  }

  /** Why the pathway that playback is on is avoided; undefined while it is well. */
  #failureHere(): AvoidedPathway | undefined {
    const here = this.#order.find(({ id }) => id === this.#whereabouts.current);
    const health = here && this.#healthOf(here.host);
    return health?.state === "avoided" ? health : undefined;
  }

  #tellFailover(
    departure: Departure,
    kind: ResourceKind,
    trouble: Trouble | undefined,
    hostFailedMs: number,
  ): void {
    const own = trouble?.pathway === departure.from ? trouble : undefined;
    this.#counts.failovers += 1;
    this.#options.emit("failover", {
      ...departure,
      kind,
      keptBytes: own?.keptBytes ?? 0,
      afterMs: this.#options.now() - (own?.sinceMs ?? hostFailedMs),
      bufferSeconds: this.#options.bufferSeconds(),
    });
  }

  async #attempt(
    request: TransportRequest,
    candidate: Candidate,
    body: BodyUnderWay,
    round: number,
    begunOn: string | undefined,
  ): Promise<{ outcome: AttemptOutcome; attempt: Attempt; hasRestarted: boolean }> {
    const { policy, fetch, now, emit } = this.#options;
    // Patience grows for those of whom nothing better is known than that all are slow.
    const isAnybodyWell = this.#candidates(request).some(
      ({ host }) => this.#healthOf(host).state === "well",
    );
    const patientRound = isAnybodyWell ? 0 : round;
    // A playlist may have changed since; and its text is too short to be worth resuming.
    if (!isResumable(request.kind)) body.forget();
    for (let restarts = 0; ; restarts += 1) {
      const attempt = new Attempt({
        url: candidate.url,
        range: request.range,
        isLengthTrusted: isResumable(request.kind),
        headers: request.headers,
        body,
        patience: patienceWith(this.#healthOf(candidate.host).firstByteMs, patientRound, policy),
        limits: policy,
        fetch,
        now,
        onProgress: () => request.onProgress({ ...attempt.progress, ...body.held }),
        onResume: (atByte, sizeBytes) => {
          if (begunOn === undefined || begunOn === candidate.id) return;
          this.#counts.resumes += 1;
          emit("resume", { from: begunOn, to: candidate.id, atByte, sizeBytes });
        },
      });
      request.onProgress({ ...attempt.progress, ...body.held });
      const outcome = await this.#watched(attempt, request.signal);
      if (outcome.kind !== "restart" || restarts > 0) {
        const hasRestarted = restarts > 0;
        return { outcome: this.#checked(request, outcome, body), attempt, hasRestarted };
      }
      body.forget();
    }
  }

  async #watched(attempt: Attempt, signal: AbortSignal): Promise<AttemptOutcome> {
    const abort = () => attempt.abort();
    signal.addEventListener("abort", abort);
    this.#attempts.add(attempt);
    try {
      if (signal.aborted) abort();
      return await attempt.run();
    } finally {
      this.#attempts.delete(attempt);
      signal.removeEventListener("abort", abort);
    }
  }

  /** An error page that says 200 is no playlist. */
  #checked(request: TransportRequest, outcome: AttemptOutcome, body: BodyUnderWay): AttemptOutcome {
    if (outcome.kind !== "whole" || !isPlaylistKind(request.kind)) return outcome;
    if (isPlaylist(textOf(body.whole()))) return outcome;
    body.forget();
    return { kind: "failed", reason: "not-a-playlist", status: outcome.response.status };
  }

  #observeTrouble(
    candidate: Candidate,
    attempt: Attempt,
    reason: FailureReason,
    body: BodyUnderWay,
  ): Trouble {
    const { policy, now, random } = this.#options;
    if (blamesHost(reason)) {
      const world = { policy, nowMs: now(), random };
      this.#hadFailed.add(candidate.id);
      this.#setHealth(
        candidate.host,
        observeFailure(this.#healthOf(candidate.host), reason, world),
      );
    }
    const { startedMs, lastByteMs } = attempt.progress;
    return {
      pathway: candidate.id,
      reason,
      sinceMs: lastByteMs ?? startedMs,
      keptBytes: body.held.receivedBytes,
    };
  }

  #deliver(
    request: TransportRequest,
    candidate: Candidate,
    { attempt, response, body, begunOn, productiveMs }: DeliveredParts,
  ): Delivery {
    const nowMs = this.#options.now();
    const { startedMs, firstByteMs = nowMs } = attempt.progress;
    const whole = body.whole();
    this.#setHealth(
      candidate.host,
      observeDelivery(this.#healthOf(candidate.host), { startedMs, firstByteMs }, nowMs),
    );
    this.#recover(candidate.id, nowMs);
    if (request.kind !== "multivariant-playlist") this.#arrive(candidate.id, request.kind, nowMs);
    if (request.kind === "segment") {
      const seconds = Math.max(1, productiveMs) / 1_000;
      this.#bitsPerSecond = smooth(this.#bitsPerSecond, (whole.byteLength * 8) / seconds);
      this.#lastSegment = request.url;
      this.#servedBy = candidate.id;
    }
    const isResumed = begunOn !== undefined && begunOn !== candidate.id;
    return {
      ...this.#read(request, candidate, response, whole),
      response,
      pathway: candidate.id,
      begunOn: isResumed ? begunOn : undefined,
      firstByteAfterMs: firstByteMs - startedMs,
      transferMs: productiveMs,
    };
  }

  /** Learns from a playlist what it names, and gives the media player its version of it. */
  #read(
    request: TransportRequest,
    candidate: Candidate,
    response: Response,
    body: ArrayBuffer,
  ): { readonly url: string; readonly body: ArrayBuffer } {
    if (request.kind === "media-playlist") this.#map?.learnPlaylist(request.url, textOf(body));
    if (request.kind !== "multivariant-playlist") return { url: request.url, body };

    const url = response.url === "" ? candidate.url : response.url;
    const presentation = this.#open(textOf(body), url);
    return { url, body: new TextEncoder().encode(presentation.playlist).buffer };
  }

  #open(text: string, url: string): Presentation {
    const presentation = readPresentation(text, url, this.#sourcesByHealth());
    this.#presentation = presentation;
    this.#map = new PathwayMap(presentation);
    this.#map.learnPlaylist(url, text);
    this.#whereabouts = NOWHERE;
    this.#steering?.close();
    const { now, wallNow, random, fetch, emit } = this.#options;
    const ids = presentation.pathways.map(({ id }) => id);
    this.#setOrder([presentation.first, ...ids.filter((id) => id !== presentation.first)]);
    this.#steering =
      presentation.steering &&
      new SteeringClient({
        serverUri: presentation.steering.serverUri,
        order: this.#order.map(({ id }) => id),
        fetch,
        now,
        wallNow,
        random,
        current: () => this.#whereabouts.current,
        throughputBitsPerSecond: () => this.#bitsPerSecond?.mean,
        onCourse: ({ order, ttlSeconds, state }) => {
          const before = this.#order.map(({ id }) => id).join(" ");
          this.#setOrder(order);
          if (state === "following" && order.join(" ") !== before) {
            emit("steering", { order, ttlSeconds });
          }
        },
      });
    return presentation;
  }

  /** A source that has just failed may still be a pathway, but not before one that has not. */
  #sourcesByHealth(): readonly string[] {
    const hasFailed = (source: string) =>
      this.#healthOf(new URL(source).origin).state === "avoided" ? 1 : 0;
    return this.#options.sources.toSorted((a, b) => hasFailed(a) - hasFailed(b));
  }

  #setOrder(ids: readonly string[]): void {
    const byId = new Map(this.#presentation?.pathways.map((pathway) => [pathway.id, pathway]));
    this.#order = ids.flatMap((id) => byId.get(id) ?? []);
  }

  #arrive(pathway: string, kind: ResourceKind, nowMs: number): void {
    const failure = this.#failureHere();
    const { whereabouts, arrived, departure } = arriveFrom(
      this.#whereabouts,
      pathway,
      failure?.reason,
      nowMs,
    );
    this.#whereabouts = whereabouts;
    if (departure !== undefined) {
      this.#tellFailover(departure, kind, undefined, failure?.sinceMs ?? nowMs);
    }
    if (arrived === undefined) return;
    this.#counts.failbacks += 1;
    this.#options.emit("failback", { ...arrived, bufferSeconds: this.#options.bufferSeconds() });
  }

  #degrade(tried: readonly string[]): void {
    if (this.#degradedSinceMs !== undefined) return;
    this.#degradedSinceMs = this.#options.now();
    this.#options.emit("degraded", {
      state: "unreachable",
      sinceMs: this.#degradedSinceMs,
      tried,
    });
  }

  #recover(pathway: string, nowMs: number): void {
    if (this.#degradedSinceMs === undefined) return;
    const afterMs = nowMs - this.#degradedSinceMs;
    this.#degradedSinceMs = undefined;
    this.#options.emit("degraded", { state: "recovered", afterMs, pathway });
    this.#sleepers.wakeAll();
  }

  #pause(round: number, signal: AbortSignal): Promise<void> {
    const { policy, now, random } = this.#options;
    const pauses = { firstMs: policy.retryFirstMs, longestMs: policy.retryLongestMs };
    return this.#sleepers.sleep(now() + backoffMs(round + 1, pauses, random), signal);
  }

  #probeTargets() {
    const next =
      this.#lastSegment && (this.#map?.nextAfter(this.#lastSegment) ?? this.#lastSegment);
    return this.#order.map(({ id, host, playlists }) => ({
      host,
      health: this.#healthOf(host),
      url: next === undefined ? [...playlists.values()][0] : this.#map?.urlOn(id, next),
    }));
  }

  #healthOf(host: string): PathwayHealth {
    return this.#healthByHost.get(host) ?? NEW_PATHWAY;
  }

  #setHealth(host: string, health: PathwayHealth): void {
    const before = this.#healthOf(host);
    this.#healthByHost.set(host, health);
    if (before.state !== "avoided" || health.state !== "well") return;
    // Whoever pauses, or waits patiently, because nobody was well need not do so any longer.
    this.#sleepers.wakeAll();
    const impatient = patienceWith(undefined, 0, this.#options.policy);
    for (const attempt of this.#attempts) attempt.hurry(impatient);
  }

  #steeringState(): PlayerSnapshot["steering"] {
    if (this.#steering === undefined) return this.#presentation === undefined ? "unknown" : "none";
    const { state } = this.#steering.course;
    return state === "ended" ? "none" : state;
  }

  #snapshotOf({ id, host }: Pathway, rank: number): PathwaySnapshot {
    const health = this.#healthOf(host);
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

/** From the request to the last byte that came; nothing for an attempt that brought none. */
function transferMsOf({ progress: { startedMs, lastByteMs = startedMs } }: Attempt): number {
  return lastByteMs - startedMs;
}

function isResumable(kind: ResourceKind): boolean {
  return kind === "segment" || kind === "other";
}

function isPlaylistKind(kind: ResourceKind): boolean {
  return kind === "multivariant-playlist" || kind === "media-playlist";
}

function textOf(body: ArrayBuffer): string {
  return new TextDecoder().decode(body);
}
