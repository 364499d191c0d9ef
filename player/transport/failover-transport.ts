/**
 * Delivers what the media player asks for, from whichever pathway can: the failover transport.
 *
 * A request is moved, mid-body if need be, until somebody has delivered it: the media player sees one
 * host that is sometimes a little slow. One loop (`tick`) drives watchdogs, probes, pauses and steering;
 * the decisions are in `core/`.
 */

import { backoffMs } from "../../kernel/backoff.ts";
import { isPlaylist } from "../../kernel/playlist-lines.ts";
import { type Smoothed, smooth } from "../../kernel/smoothing.ts";
import type {
  PathwaySnapshot,
  PlayerEvents,
  PlayerSnapshot,
  ResourceKind,
} from "../contract/player-events.ts";
import type { FailoverPolicy } from "../contract/player-options.ts";
import { choosePathway } from "../core/choose-pathway.ts";
import { patienceWith } from "../core/judge-attempt.ts";
import type { Pathway } from "../core/presentation.ts";
import { Attempt, type AttemptOutcome } from "./attempt.ts";
import { AttemptsUnderWay } from "./attempts-under-way.ts";
import { BodyUnderWay } from "./body-under-way.ts";
import { type Delivery, type TransportRequest, UnavailableError } from "./delivery.ts";
import { HostHealth } from "./host-health.ts";
import { type Candidate, KnownPathways } from "./known-pathways.ts";
import { PlayStory, type Trouble } from "./play-story.ts";
import { Prober } from "./prober.ts";
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
  readonly emit: <Name extends keyof PlayerEvents>(name: Name, detail: PlayerEvents[Name]) => void;
};

/** One request on its way, through as many attempts as it takes. */
type Errand = {
  readonly request: TransportRequest;
  readonly body: BodyUnderWay;
  trouble: Trouble | undefined;
  /** The pathway that brought the first of the bytes that are held. */
  begunOn: string | undefined;
  /** Time in which bytes came, over all attempts. */
  productiveMs: number;
};

/** After this many rounds an object that somebody says does not exist is taken not to. */
const ROUNDS_FOR_MISSING = 2;

export class FailoverTransport {
  readonly #options: TransportOptions;
  readonly #pathways: KnownPathways;
  readonly #health: HostHealth;
  readonly #story: PlayStory;
  readonly #prober: Prober;
  readonly #attempts = new AttemptsUnderWay();
  readonly #sleepers = new Sleepers();
  #requests = 0;
  #lastSegment: string | undefined;
  #servedBy: string | undefined;
  #bitsPerSecond: Smoothed | undefined;

  constructor(options: TransportOptions) {
    this.#options = options;
    const { policy, emit } = options;
    this.#health = new HostHealth({
      ...options,
      // Whoever pauses, or waits patiently, because nobody was well need not do so any longer.
      onRecovered: () => {
        this.#sleepers.wakeAll();
        this.#attempts.hurry(patienceWith(undefined, 0, policy));
      },
    });
    this.#pathways = new KnownPathways({
      ...options,
      current: () => this.#story.whereabouts.current,
      throughputBitsPerSecond: () => this.#bitsPerSecond?.mean,
      onSteering: (event) => emit("steering", event),
    });
    this.#story = new PlayStory({
      ...options,
      failureAt: (pathway) => this.#health.failureOf(this.#pathways.hostOf(pathway) ?? ""),
      hasEverFailed: (pathway) => this.#health.hasEverFailed(this.#pathways.hostOf(pathway) ?? ""),
    });
    this.#prober = new Prober({
      ...options,
      onResult: (host, result) => this.#health.noteProbe(host, result),
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
    const errand: Errand = {
      request,
      body: new BodyUnderWay(),
      trouble: undefined,
      begunOn: undefined,
      productiveMs: 0,
    };
    for (let round = 0; ; round += 1) {
      const tried = new Set<string>();
      let missing: number | undefined;
      for (;;) {
        const candidate = this.#choose(errand, tried);
        if (candidate === undefined) break;
        tried.add(candidate.id);
        const { outcome, attempt } = await this.#attempt(errand, candidate, round);
        request.signal.throwIfAborted();
        if (outcome.kind === "whole") {
          return this.#deliver(errand, candidate, attempt, outcome.response);
        }
        if (outcome.kind === "failed" && outcome.reason === "status-4xx") missing = outcome.status;
        this.#noteTrouble(errand, candidate, attempt, outcome);
      }
      if (missing !== undefined && (round + 1 >= ROUNDS_FOR_MISSING || tried.size === 1)) {
        throw new UnavailableError(request.url, missing);
      }
      if (missing === undefined) this.#story.degrade([...tried]);
      await this.#pause(round, request.signal);
      request.signal.throwIfAborted();
    }
  }

  /** Drives everything that happens with time. Call it about ten times a second. */
  tick(nowMs: number): void {
    this.#attempts.tick(nowMs);
    this.#sleepers.tick(nowMs);
    this.#pathways.tick(nowMs);
    const targets = this.#pathways
      .upcoming(this.#lastSegment)
      .map((target) => ({ ...target, health: this.#health.of(target.host) }));
    this.#prober.tick(targets, this.#options.bufferSeconds() * 1_000, nowMs);
  }

  snapshot(): Pick<PlayerSnapshot, "servedBy" | "pathways" | "steering" | "degraded" | "counts"> {
    return {
      servedBy: this.#servedBy,
      pathways: this.#pathways.order.map((pathway, rank) => this.#snapshotOf(pathway, rank)),
      steering: this.#pathways.steeringState,
      degraded: this.#story.isDegraded,
      counts: { ...this.#story.counts, requests: this.#requests },
    };
  }

  close(): void {
    this.#pathways.close();
    this.#prober.close();
    this.#attempts.abortAll();
  }

  #choose({ request, trouble }: Errand, tried: ReadonlySet<string>): Candidate | undefined {
    const { policy, now } = this.#options;
    const { current, lastMoveMs } = this.#story.whereabouts;
    const candidates = this.#candidates(request);
    const isMedia = request.kind !== "multivariant-playlist";
    const choice = choosePathway(
      candidates.map(({ id, host }) => ({ id, health: this.#health.of(host) })),
      { current: isMedia ? current : undefined, tried, lastMoveMs, dwellMs: policy.dwellMs },
      now(),
    );
    if (choice === undefined) return undefined;
    if (isMedia) this.#story.follow(choice, request.kind, trouble);
    return candidates.find(({ id }) => id === choice.id);
  }

  #candidates({ kind, url }: TransportRequest): readonly Candidate[] {
    return kind === "multivariant-playlist"
      ? this.#pathways.sources()
      : this.#pathways.candidates(url);
  }

  /** Asks one pathway; once more from the first byte if what is held turns out to be another body. */
  async #attempt(
    errand: Errand,
    candidate: Candidate,
    round: number,
  ): Promise<{ outcome: AttemptOutcome; attempt: Attempt }> {
    const { request, body } = errand;
    const { policy, fetch, now } = this.#options;
    // A playlist may have changed since; and its text is too short to be worth resuming.
    if (!isResumable(request.kind)) forget(errand);
    for (let restarts = 0; ; restarts += 1) {
      const attempt = new Attempt({
        url: candidate.url,
        range: request.range,
        isLengthTrusted: isResumable(request.kind),
        headers: request.headers,
        body,
        patience: this.#patienceFor(request, candidate, round),
        limits: policy,
        fetch,
        now,
        onProgress: () => request.onProgress({ ...attempt.progress, ...body.held }),
        onResume: (atByte, sizeBytes) => {
          const from = errand.begunOn;
          if (from === undefined || from === candidate.id) return;
          this.#story.resume({ from, to: candidate.id, atByte, sizeBytes });
        },
      });
      request.onProgress({ ...attempt.progress, ...body.held });
      const outcome = await this.#attempts.run(attempt, request.signal);
      errand.productiveMs += transferMsOf(attempt);
      if (outcome.kind !== "restart" || restarts > 0) {
        return { outcome: checked(errand, outcome), attempt };
      }
      forget(errand);
    }
  }

  /** Patience grows from round to round only while nothing better is known than that all are slow. */
  #patienceFor(request: TransportRequest, { host }: Candidate, round: number) {
    const isAnybodyWell = this.#candidates(request).some(
      (candidate) => this.#health.of(candidate.host).state === "well",
    );
    const { firstByteMs } = this.#health.of(host);
    return patienceWith(firstByteMs, isAnybodyWell ? 0 : round, this.#options.policy);
  }

  #noteTrouble(
    errand: Errand,
    { id, host }: Candidate,
    { progress }: Attempt,
    outcome: AttemptOutcome,
  ): void {
    const reason = outcome.kind === "failed" ? outcome.reason : "wrong-length";
    this.#health.noteFailure(host, reason);
    const keptBytes = errand.body.held.receivedBytes;
    const sinceMs = progress.lastByteMs ?? progress.startedMs;
    errand.trouble = { pathway: id, reason, sinceMs, keptBytes };
    errand.begunOn = keptBytes === 0 ? undefined : (errand.begunOn ?? id);
  }

  #deliver(errand: Errand, candidate: Candidate, attempt: Attempt, response: Response): Delivery {
    const { request, begunOn, productiveMs } = errand;
    const { startedMs, firstByteMs = this.#options.now() } = attempt.progress;
    const whole = errand.body.whole();
    this.#health.noteDelivery(candidate.host, { startedMs, firstByteMs });
    this.#story.recover(candidate.id);
    if (request.kind !== "multivariant-playlist") this.#story.arrive(candidate.id, request.kind);
    if (request.kind === "segment") {
      const seconds = Math.max(1, productiveMs) / 1_000;
      this.#bitsPerSecond = smooth(this.#bitsPerSecond, (whole.byteLength * 8) / seconds);
      this.#lastSegment = request.url;
      this.#servedBy = candidate.id;
    }
    return {
      ...this.#read(request, candidate, response, whole),
      response,
      pathway: candidate.id,
      begunOn: begunOn === candidate.id ? undefined : begunOn,
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

/** What is held is given up, and with it who had begun it. */
function forget(errand: Errand): void {
  errand.body.forget();
  errand.begunOn = undefined;
  errand.productiveMs = 0;
}

/** An error page that says 200 is no playlist. */
function checked(errand: Errand, outcome: AttemptOutcome): AttemptOutcome {
  if (outcome.kind !== "whole" || !isPlaylistKind(errand.request.kind)) return outcome;
  if (isPlaylist(textOf(errand.body.whole()))) return outcome;
  forget(errand);
  return { kind: "failed", reason: "not-a-playlist", status: outcome.response.status };
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
