/**
 * Sends each request to a pathway: asks `core/host/choose-pathway.ts`, and tells the story what came of it.
 *
 * Two things take more than one request to get right. A pathway that has recovered gets one segment of each
 * stream on trial, and playback counts as returned once that has come. And when steering has another order, what is
 * under way on the pathway that is left goes on at the new one, if that is worth it.
 */
import type { FailoverPolicy } from "../contract/player-options.ts";
import { isWorthLeaving } from "../core/attempt/judge-leaving.ts";
import { choosePathway, type PathwayChoice } from "../core/host/choose-pathway.ts";
import { mayReturn } from "../core/host/failback-ramp.ts";
import type { PathwayHealth } from "../core/host/pathway-health.ts";
import type { TransportRequest } from "./delivery.ts";
import type { Errand } from "./errand.ts";
import type { HostHealth } from "./host-health.ts";
import type { HostPleas } from "./host-pleas.ts";
import type { HostTraffic } from "./host-traffic.ts";
import type { Candidate } from "./known-pathways.ts";
import type { PlayStory } from "./play-story.ts";

export type RoutingOptions = {
  readonly policy: FailoverPolicy;
  readonly now: () => number;
  readonly candidates: (request: TransportRequest) => readonly Candidate[];
  /** All that a pathway's things come from. */
  readonly hostsOf: (pathway: string) => readonly string[];
  /** Whether it lies on a pathway's own host. */
  readonly isOwn: (candidate: Candidate) => boolean;
  /** What a resource is a part of: picture and sound are streams of their own. */
  readonly streamOf: (url: string) => string | undefined;
  /** Steering is being followed. */
  readonly isSteered: () => boolean;
  readonly health: HostHealth;
  readonly pleas: HostPleas;
  readonly traffic: HostTraffic;
  readonly story: PlayStory;
};

type UnderWay = { readonly candidate: Candidate; readonly tried: ReadonlySet<string> };

export class Routing {
  readonly #options: RoutingOptions;
  /** Whom each request is asking, and whom it has asked. */
  readonly #underWay = new Map<Errand, UnderWay>();
  /** The requests that find out whether a host has recovered in earnest. */
  readonly #trials = new Map<Errand, string>();

  constructor(options: RoutingOptions) {
    this.#options = options;
  }

  /** Whom the request asks next; undefined once everybody has been asked. */
  next(errand: Errand, tried: Set<string>): Candidate | undefined {
    this.end(errand);
    const { candidates, story } = this.#options;
    const { request, trouble } = errand;
    const choice = this.#choiceFor(request, tried);
    const candidate = candidates(request).find(({ id }) => id === choice?.id);
    if (choice === undefined || candidate === undefined) return undefined;
    const isReturn = choice.reason === "moves" || choice.reason === "spares";
    const isTrial = isReturn && isOnTrial(this.#healthOf(candidate));
    if (isTrial) this.#trials.set(errand, candidate.host);
    else if (this.isPlayed(request)) story.follow(choice, request.kind, trouble);
    tried.add(candidate.id);
    this.#underWay.set(errand, { candidate, tried });
    return candidate;
  }

  /** Who could be asked beside the one that is being asked. */
  secondFor({ request }: Errand, host: string, tried: ReadonlySet<string>): Candidate | undefined {
    const { candidates, health } = this.#options;
    return candidates(request).find(
      (other) =>
        other.host !== host &&
        !tried.has(other.id) &&
        other.certainty !== "doubtful" &&
        health.isWell(other.host) &&
        !this.#isSpared(other, request),
    );
  }

  /** The pathway has delivered. */
  arrive(errand: Errand, { id, host }: Candidate): void {
    const { request } = errand;
    if (!this.isPlayed(request)) return;
    const { story } = this.#options;
    const isTrial = this.#trials.get(errand) === host;
    if (isTrial) story.follow({ id, reason: "moves" }, request.kind, undefined);
    story.arrive(id, request.kind);
  }

  /** The request asks nobody any more. */
  end(errand: Errand): void {
    this.#underWay.delete(errand);
    this.#trials.delete(errand);
  }

  /**
   * The multivariant playlist comes from a source, while what is played comes from a pathway. What lies on
   * a host of nobody's, such as a key server's, says nothing of where playback is.
   */
  isPlayed(request: TransportRequest): boolean {
    const { candidates, isOwn } = this.#options;
    return request.kind !== "multivariant-playlist" && candidates(request).every(isOwn);
  }

  /** Steering has another order. */
  followOrder(): void {
    const { policy, traffic, health, story } = this.#options;
    const { current } = story.whereabouts;
    const leaving = [...this.#underWay].filter(([errand, { candidate, tried }]) => {
      const { id, host } = candidate;
      if (errand.isText || id !== current || !health.isWell(host)) return false;
      const others = new Set([...tried].filter((other) => other !== id));
      if (!this.#wouldMove(errand.request, others)) return false;
      const { bytesPerSecond } = traffic.paceOf(host);
      return isWorthLeaving({ remainingBytes: errand.remainingBytes, bytesPerSecond }, policy);
    });
    for (const [errand] of leaving) errand.leave();
  }

  #choiceFor(request: TransportRequest, tried: ReadonlySet<string>): PathwayChoice | undefined {
    const { policy, now, candidates, story } = this.#options;
    const { current, lastMoveMs } = story.whereabouts;
    const ranked = candidates(request).map((candidate) => ({
      id: candidate.id,
      health: this.#healthOf(candidate),
      isSpared: this.#isSpared(candidate, request),
    }));
    const { dwellMs } = policy;
    const from = this.isPlayed(request) ? current : undefined;
    return choosePathway(ranked, { current: from, tried, lastMoveMs, dwellMs }, now());
  }

  /** To one that is on trial, nothing is moved that is under way. */
  #wouldMove(request: TransportRequest, tried: ReadonlySet<string>): boolean {
    const choice = this.#choiceFor(request, tried);
    const to = this.#options.candidates(request).find(({ id }) => id === choice?.id);
    return choice?.reason === "moves" && to !== undefined && !isOnTrial(this.#healthOf(to));
  }

  /** It serves, but is to be left alone for now: it asked for that, or is on its way back. */
  #isSpared(candidate: Candidate, { kind, url }: TransportRequest): boolean {
    const { now, pleas, isSteered } = this.#options;
    const { host } = candidate;
    if (pleas.isSpared(host)) return true;
    const context = {
      isSteered: isSteered(),
      isSegment: kind === "segment",
      isTrialUnderWay: this.#isTriedBy(host, url),
    };
    return !mayReturn(this.#healthOf(candidate), context, now());
  }

  #isTriedBy(host: string, url: string): boolean {
    const { streamOf } = this.#options;
    return [...this.#trials].some(
      ([{ request }, on]) => on === host && streamOf(request.url) === streamOf(url),
    );
  }

  /** A pathway moves as one, though its playlists and its segments may come from two hosts. */
  #healthOf({ id, host }: Candidate): PathwayHealth {
    const { health, hostsOf } = this.#options;
    const own = health.of(host);
    const all = [own, ...hostsOf(id).map((each) => health.of(each))];
    return all.find(({ state }) => state === "avoided") ?? all.find(isOnTrial) ?? own;
  }
}

function isOnTrial(health: PathwayHealth): boolean {
  return health.state === "well" && health.isOnTrial;
}
