/**
 * What a transport is made of, and how its parts hear of each other.
 *
 * Here nothing is decided: each part is told where to look for what it needs to know, and whom to tell.
 */
import { type Smoothed, smooth } from "../../kernel/smoothing.ts";
import type { PlayerEvents } from "../contract/player-events.ts";
import type { FailoverPolicy } from "../contract/player-options.ts";
import { patienceWith } from "../core/attempt/judge-attempt.ts";
import type { AvoidedPathway, PathwayHealth } from "../core/host/pathway-health.ts";
import type { Presentation, PresentationFormat } from "../core/place/presentation.ts";
import type { ReceivedManifest } from "../core/play/saved-play.ts";
import { AttemptTerms } from "./attempt-terms.ts";
import { AttemptsUnderWay } from "./attempts-under-way.ts";
import { BodyInspection, type Digest } from "./body-inspection.ts";
import type { TransportRequest } from "./delivery.ts";
import type { ReportHooks } from "./ended-attempt.ts";
import type { HostHealth } from "./host-health.ts";
import type { HostPleas } from "./host-pleas.ts";
import { HostRecords } from "./host-records.ts";
import type { HostTraffic } from "./host-traffic.ts";
import { KeptBytes } from "./kept-bytes.ts";
import { type Candidate, KnownPathways } from "./known-pathways.ts";
import { LiveWatch } from "./live-watch.ts";
import { OwnTrouble } from "./own-trouble.ts";
import { PlayStory } from "./play-story.ts";
import type { ProbeTarget } from "./probe-errands.ts";
import { Prober } from "./prober.ts";
import { RejectedBodies } from "./rejected-bodies.ts";
import { Routing } from "./routing.ts";
import { Sleepers } from "./sleepers.ts";

export type TransportOptions = {
  /** URLs of the same multivariant playlist, best first. */
  readonly sources: readonly string[];
  readonly policy: FailoverPolicy;
  /** What the sources are; HLS if not said. */
  readonly format?: PresentationFormat;
  /** A manifest has been opened. */
  readonly onOpened?: (manifest: ReceivedManifest, presentation: Presentation) => void;
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

export class TransportParts {
  readonly options: TransportOptions;
  readonly pathways: KnownPathways;
  readonly hosts: HostRecords;
  readonly health: HostHealth;
  readonly pleas: HostPleas;
  readonly traffic: HostTraffic;
  readonly terms: AttemptTerms;
  readonly routing: Routing;
  readonly kept: KeptBytes;
  readonly ownTrouble: OwnTrouble;
  readonly story: PlayStory;
  readonly prober: Prober;
  readonly inspection: BodyInspection;
  readonly watch: LiveWatch;
  readonly rejected = new RejectedBodies();
  readonly attempts = new AttemptsUnderWay();
  readonly sleepers = new Sleepers();
  #stopListening: (() => void) | undefined;
  #bitsPerSecond: Smoothed | undefined;

  constructor(options: TransportOptions) {
    this.options = options;
    const { emit, hosts = new HostRecords(options) } = options;
    this.inspection = new BodyInspection(options.digest, options.format?.isManifest);
    this.hosts = hosts;
    this.pleas = hosts.pleas;
    this.traffic = hosts.traffic;
    this.health = hosts.health;
    this.ownTrouble = new OwnTrouble(options);
    this.wake();
    this.pathways = new KnownPathways({
      ...options,
      current: () => this.story.whereabouts.current,
      throughputBitsPerSecond: () => this.#bitsPerSecond?.mean,
      isWell: (host) => this.health.isWell(host),
      hasWaited: (host) => this.health.hasWaited(host),
      onRenamed: (renamed) => {
        this.story.rename(renamed);
        this.rejected.rename(renamed);
      },
      onSteering: (event) => {
        emit("steering", event);
        this.routing.followOrder();
      },
      onIncompatible: (event) => emit("incompatible", event),
    });
    this.story = new PlayStory({
      ...options,
      failureAt: (pathway) => this.failureAt(pathway),
      hasEverFailed: (pathway) =>
        this.pathways.hostsOf(pathway).some((host) => this.health.hasEverFailed(host)),
    });
    this.watch = new LiveWatch({
      ...options,
      map: () => this.pathways.map,
      onStandstill: (event) => emit("standstill", event),
    });
    this.routing = new Routing({
      ...options,
      candidates: (request) => this.candidates(request),
      hostsOf: (pathway) => this.pathways.hostsOf(pathway),
      isOwn: ({ host }) => this.pathways.isOwnHost(host),
      streamOf: (url) => this.pathways.streamOf(url),
      isSteered: () => this.pathways.steeringState === "following",
      health: this.health,
      pleas: this.pleas,
      traffic: this.traffic,
      story: this.story,
    });
    this.kept = new KeptBytes(options.policy.keptBytesLimit);
    this.prober = new Prober({
      ...options,
      isSound: (...probed) => this.inspection.isSound(...probed),
      beginsWrong: (segment, start) => this.inspection.beginsWrong(segment, start),
      kept: this.kept,
      targets: () => this.#probeTargets(),
      onHead: (host, response) => this.pleas.read(host, response),
      onProbe: (host) => this.pathways.noteProbe(host),
      onReport: (host, report) => this.health.noteProbe(host, report),
      onMeasured: (host, bytesPerSecond) => this.traffic.noteMeasured(host, bytesPerSecond),
      onMeasuredInVain: (host, reason, url) =>
        this.health.noteFailure(host, { reason, bytesPerSecond: 0 }, url),
    });
    this.terms = new AttemptTerms({
      ...options,
      health: this.health,
      traffic: this.traffic,
      attempts: this.attempts,
      prober: this.prober,
    });
  }

  /** Whom a request could be asked of, best first. */
  candidates(request: TransportRequest): readonly Candidate[] {
    return request.kind === "multivariant-playlist"
      ? this.pathways.sources()
      : this.pathways.candidates(request);
  }

  /** A pathway moves as one, though its playlists and its segments may come from two hosts. */
  healthOf(pathway: string, host: string): PathwayHealth {
    return this.health.failureOf(host) ?? this.failureAt(pathway) ?? this.health.of(host);
  }

  failureAt(pathway: string | undefined): AvoidedPathway | undefined {
    const failures = this.pathways.hostsOf(pathway).map((host) => this.health.failureOf(host));
    return failures.find((failure) => failure !== undefined);
  }

  /** A source that has just failed may still be a pathway, but not before one that has not. */
  sourcesByHealth(): readonly string[] {
    const hasFailed = ({ host }: Candidate) => (this.health.failureOf(host) === undefined ? 0 : 1);
    const inOrder = this.pathways.sources().toSorted((a, b) => hasFailed(a) - hasFailed(b));
    return inOrder.map(({ url }) => url);
  }

  /** Connections are dead after a sleep; and whoever pauses because nobody answered need not any more. */
  lookAtOwnTrouble(nowMs: number): void {
    const trouble = this.ownTrouble.tick(nowMs);
    if (trouble === undefined) return;
    if (trouble === "slept") this.attempts.abandonAll();
    this.sleepers.wakeAll();
  }

  /** A segment has come at this pace: steering is told how quick the viewer's link is. */
  notePace(bytes: number, tookMs: number): void {
    const seconds = Math.max(1, tookMs) / 1_000;
    this.#bitsPerSecond = smooth(this.#bitsPerSecond, (bytes * 8) / seconds);
  }

  /** Nothing that lasts longer knows of it, until it is woken: one that nobody uses any more can go. */
  rest(): void {
    this.ownTrouble.rest();
    this.#stopListening?.();
    this.#stopListening = undefined;
  }

  wake(): void {
    this.#stopListening ??= this.health.whenRecovered((host) => this.#noteRecovery(host));
  }

  close(): void {
    this.rest();
    this.pathways.close();
    this.prober.close();
    this.attempts.abortAll();
  }

  #probeTargets(): readonly ProbeTarget[] {
    return (
      this.pathways
        .upcoming((host) => !this.health.isWell(host))
        .map((target) => ({
          ...target,
          health: this.health.of(target.host),
          wantsQuiet: this.pleas.wantsQuiet(target.host),
        }))
        // Where no playlist moves, there is none to see by that such a host is well again.
        .filter(({ host }) => !this.health.isStale(host) || !this.pathways.isLivePlaying)
    );
  }

  /** Whoever pauses, or waits patiently, because nobody was well need not do so any longer. */
  #noteRecovery(host: string): void {
    this.traffic.forget(host);
    this.pathways.noteRecovered(host);
    this.sleepers.wakeAll();
    // A host that is known to be slow, but well, keeps the time that it needs.
    this.attempts.hurry((waitedFor) =>
      patienceWith(this.health.of(waitedFor).firstByteMs, {}, this.options.policy),
    );
  }
}
