/**
 * Tells the page what happens to the play: that it left a pathway, came back, went on elsewhere in
 * mid-body, or can reach nobody. Each once, however many requests it befell.
 */
import type { FailureReason, PlayerEvents, ResourceKind } from "../contract/player-events.ts";
import type { PathwayChoice } from "../core/host/choose-pathway.ts";
import type { AvoidedPathway } from "../core/host/pathway-health.ts";
import type { PlayCounts } from "../core/play/saved-play.ts";
import {
  arriveFrom,
  type Departure,
  followChoice,
  NOWHERE,
  renameIn,
  type Whereabouts,
} from "../core/play/whereabouts.ts";

export type PlayStoryOptions = {
  readonly now: () => number;
  readonly bufferSeconds: () => number;
  readonly emit: <Name extends keyof PlayerEvents>(name: Name, detail: PlayerEvents[Name]) => void;
  /** Why the pathway is avoided; undefined while it is well. */
  readonly failureAt: (pathway: string | undefined) => AvoidedPathway | undefined;
  readonly hasEverFailed: (pathway: string) => boolean;
};

/** The last thing that went wrong with a request, for the event that tells of its move. */
export type Trouble = {
  readonly pathway: string;
  readonly reason: FailureReason | "steering-order";
  readonly sinceMs: number;
  readonly keptBytes: number;
};

export class PlayStory {
  readonly #options: PlayStoryOptions;
  readonly #counts = { failovers: 0, failbacks: 0, hedges: 0, resumes: 0 };
  #whereabouts: Whereabouts = NOWHERE;
  #degradedSinceMs: number | undefined;
  /** Requests under way that have asked everybody in vain. */
  readonly #outOfReach = new Set<object>();

  constructor(options: PlayStoryOptions) {
    this.#options = options;
  }

  get whereabouts(): Whereabouts {
    return this.#whereabouts;
  }

  get counts(): PlayCounts {
    return { ...this.#counts };
  }

  /** The story of a transport that ended goes on. */
  restore(whereabouts: Whereabouts, counts: PlayCounts): void {
    this.#whereabouts = whereabouts;
    Object.assign(this.#counts, counts);
  }

  rename(renamed: ReadonlyMap<string, string>): void {
    this.#whereabouts = renameIn(this.#whereabouts, renamed);
  }

  get isDegraded(): boolean {
    return this.#degradedSinceMs !== undefined;
  }

  /** Another title begins. */
  begin(): void {
    this.#whereabouts = NOWHERE;
  }

  /** A request is about to go to the pathway that was chosen for it. */
  follow(choice: PathwayChoice, kind: ResourceKind, trouble: Trouble | undefined): void {
    const { now, failureAt, hasEverFailed } = this.#options;
    const failure = failureAt(this.#whereabouts.current);
    const facts = { hostFailure: failure?.reason, isRecovery: hasEverFailed(choice.id) };
    const next = followChoice(this.#whereabouts, choice, facts, now());
    this.#whereabouts = next.whereabouts;
    this.#tellDeparture(next.departure, kind, trouble, failure);
  }

  /** A body has arrived from the pathway. */
  arrive(pathway: string, kind: ResourceKind): void {
    const { now, bufferSeconds, emit, failureAt } = this.#options;
    const failure = failureAt(this.#whereabouts.current);
    const next = arriveFrom(this.#whereabouts, pathway, failure?.reason, now());
    this.#whereabouts = next.whereabouts;
    this.#tellDeparture(next.departure, kind, undefined, failure);
    if (next.arrived === undefined) return;
    this.#counts.failbacks += 1;
    emit("failback", { ...next.arrived, bufferSeconds: bufferSeconds() });
  }

  hedge(event: Omit<PlayerEvents["hedge"], "bufferSeconds">): void {
    this.#counts.hedges += 1;
    this.#options.emit("hedge", { ...event, bufferSeconds: this.#options.bufferSeconds() });
  }

  resume(event: PlayerEvents["resume"]): void {
    this.#counts.resumes += 1;
    this.#options.emit("resume", event);
  }

  /** The request has asked everybody in vain. */
  degrade(request: object, tried: readonly string[]): void {
    this.#outOfReach.add(request);
    if (this.#degradedSinceMs !== undefined) return;
    const sinceMs = this.#options.now();
    this.#degradedSinceMs = sinceMs;
    this.#options.emit("degraded", { state: "unreachable", sinceMs, tried });
  }

  /** Nobody waits for the request any more. */
  end(request: object): void {
    this.#outOfReach.delete(request);
  }

  /** Somebody has delivered it; while something else is out of reach, that is no recovery. */
  recover(request: object, pathway: string): void {
    this.end(request);
    if (this.#degradedSinceMs === undefined || this.#outOfReach.size > 0) return;
    const afterMs = this.#options.now() - this.#degradedSinceMs;
    this.#degradedSinceMs = undefined;
    this.#options.emit("degraded", { state: "recovered", afterMs, pathway });
  }

  #tellDeparture(
    departure: Departure | undefined,
    kind: ResourceKind,
    trouble: Trouble | undefined,
    failure: AvoidedPathway | undefined,
  ): void {
    if (departure === undefined) return;
    const { now, bufferSeconds, emit } = this.#options;
    const own = trouble?.pathway === departure.from ? trouble : undefined;
    const nowMs = now();
    this.#counts.failovers += 1;
    emit("failover", {
      ...departure,
      kind,
      keptBytes: own?.keptBytes ?? 0,
      afterMs: nowMs - (own?.sinceMs ?? failure?.sinceMs ?? nowMs),
      bufferSeconds: bufferSeconds(),
    });
  }
}
