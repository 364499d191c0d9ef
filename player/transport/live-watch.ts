/**
 * Watches whether live playlists move, and has those that do not compared with other pathways'.
 *
 * The rule is in `core/play/live-edge.ts`. A host that was left for an old playlist is looked after here and
 * not by the prober: its segments come as quickly as ever, only its playlist tells when it is well again.
 */
import type { PlayerEvents } from "../contract/player-events.ts";
import type { FailoverPolicy } from "../contract/player-options.ts";
import type { PathwayMap } from "../core/place/pathway-map.ts";
import { splitDirectives } from "../core/place/playlist-directives.ts";
import {
  isAhead,
  isUpToDate,
  judgeEdge,
  type LiveEdge,
  type Reach,
  reachOf,
} from "../core/play/live-edge.ts";
import type { Candidate } from "./known-pathways.ts";

export type LiveWatchOptions = {
  readonly policy: FailoverPolicy;
  readonly now: () => number;
  readonly map: () => PathwayMap | undefined;
  readonly onStandstill: (event: PlayerEvents["standstill"]) => void;
};

/** A playlist that has come from a pathway. */
export type Heard = { readonly candidate: Candidate; readonly startedMs: number };

/** What is given to the media player, and whose playlist was older than it may be. */
export type Settled<Answer> = { readonly answer: Answer; readonly stale?: Answer };

export class LiveWatch {
  readonly #options: LiveWatchOptions;
  readonly #edges = new Map<string, LiveEdge>();
  #stillSinceMs: number | undefined;

  constructor(options: LiveWatchOptions) {
    this.#options = options;
  }

  get standsStill(): boolean {
    return this.#stillSinceMs !== undefined;
  }

  /** Another title begins. */
  begin(): void {
    this.#edges.clear();
    this.#stillSinceMs = undefined;
  }

  /** Begins to hear what pathways answer to one request for a media playlist. */
  hearing<Answer extends Heard>(playlist: string): Hearing<Answer> {
    return new Hearing(this, this.#options.policy, splitDirectives(playlist).url);
  }

  /**
   * Whether the pathway's playlist, as it was read last, may be given to the media player unasked.
   *
   * @param askedMs when it was asked for: that a server held its answer back is no standing still.
   */
  trusts(playlist: string, pathwayId: string, askedMs: number): boolean {
    const { policy, map } = this.#options;
    const list = map()?.copyOn(pathwayId, playlist);
    const edge = this.#edges.get(playlist);
    const reach = this.#reachOn(playlist, pathwayId, edge?.pathwayId);
    if (list === undefined || reach === undefined || edge === undefined) return true;
    return judgeEdge(edge, { reach, pathwayId, list }, policy, askedMs) !== "suspect";
  }

  isAheadOf(playlist: string, pathwayId: string, other: string): boolean {
    const [one, two] = [pathwayId, other].map((id) => this.#reachOn(playlist, id, other));
    return one !== undefined && two !== undefined && isAhead(one, two);
  }

  /** Whether the pathway shows what the others show by now. */
  isUpToDate(playlist: string, pathwayId: string): boolean {
    const edge = this.#edges.get(playlist);
    const reach = this.#reachOn(playlist, pathwayId, edge?.pathwayId);
    return edge !== undefined && reach !== undefined && isUpToDate(edge, reach);
  }

  /** The media player is given this pathway's playlist. */
  note(playlist: string, pathwayId: string): void {
    const edge = this.#edges.get(playlist);
    const reach = this.#reachOn(playlist, pathwayId, pathwayId);
    if (reach === undefined) return;
    const before = this.#reachOn(playlist, pathwayId, edge?.pathwayId);
    const hasMoved = edge === undefined || before === undefined || isAhead(before, edge.reach);
    const sinceMs = this.#options.now();
    if (hasMoved || pathwayId !== edge.pathwayId) {
      this.#edges.set(playlist, { reach, pathwayId, sinceMs, agreedMs: undefined });
    }
    if (edge !== undefined && hasMoved) this.#tellMoving();
  }

  /** Nobody is further than this pathway. */
  agree(playlist: string, pathwayId: string): void {
    const nowMs = this.#options.now();
    const edge = this.#edges.get(playlist);
    const reach = this.#reachOn(playlist, pathwayId, pathwayId);
    if (edge === undefined || reach === undefined) return;
    // All have gone back: an encoder that started anew counts from where it likes.
    const isSame = !isAhead(edge.reach, reach) && pathwayId === edge.pathwayId;
    const sinceMs = isSame ? edge.sinceMs : nowMs;
    this.#edges.set(playlist, { reach, pathwayId, sinceMs, agreedMs: nowMs });
    if (!isSame || this.#stillSinceMs !== undefined) return;
    this.#stillSinceMs = sinceMs;
    this.#options.onStandstill({ state: "still", sinceMs });
  }

  #tellMoving(): void {
    if (this.#stillSinceMs === undefined) return;
    const afterMs = this.#options.now() - this.#stillSinceMs;
    this.#stillSinceMs = undefined;
    this.#options.onStandstill({ state: "moving", afterMs });
  }

  /** How far the pathway's copy reaches, by the numbers of another pathway. */
  #reachOn(playlist: string, pathwayId: string, numbers = pathwayId): Reach | undefined {
    const map = this.#options.map();
    const list = map?.copyOn(pathwayId, playlist);
    const reach = list && reachOf(list);
    if (map === undefined || reach === undefined) return undefined;
    const sequenceOf = (id: string) => map.offsetOf(id, playlist).sequence;
    return { ...reach, sequence: reach.sequence - sequenceOf(pathwayId) + sequenceOf(numbers) };
  }
}

/** The answers of several pathways to one request for a media playlist, until one is settled on. */
export class Hearing<Answer extends Heard> {
  readonly #watch: LiveWatch;
  readonly #policy: FailoverPolicy;
  readonly #playlist: string;
  #suspect: Answer | undefined;
  #opinions = 0;

  constructor(watch: LiveWatch, policy: FailoverPolicy, playlist: string) {
    this.#watch = watch;
    this.#policy = policy;
    this.#playlist = playlist;
  }

  /** Somebody is under suspicion, and others are asked for their opinion. */
  get isOpen(): boolean {
    return this.#suspect !== undefined;
  }

  /** An opinion is asked for as it is now: a host that were asked for what is next would wait for it. */
  question(candidate: Candidate): Candidate {
    return this.isOpen ? { ...candidate, url: splitDirectives(candidate.url).url } : candidate;
  }

  /** @returns undefined while another pathway should be asked. */
  hear(answer: Answer): Settled<Answer> | undefined {
    const suspect = this.#suspect;
    const { id } = answer.candidate;
    if (suspect === undefined) {
      if (this.#watch.trusts(this.#playlist, id, answer.startedMs)) return this.#settle({ answer });
      this.#suspect = answer;
      return undefined;
    }
    if (this.#watch.isAheadOf(this.#playlist, id, suspect.candidate.id)) {
      return this.#settle({ answer, stale: suspect });
    }
    this.#opinions += 1;
    return this.#opinions < this.#policy.staleOpinions ? undefined : this.conclude();
  }

  /** Nobody else can be asked: if all show the same, it is the stream that stands still. */
  conclude(): Settled<Answer> | undefined {
    if (this.#suspect === undefined) return undefined;
    this.#watch.agree(this.#playlist, this.#suspect.candidate.id);
    return { answer: this.#suspect };
  }

  #settle(settled: Settled<Answer>): Settled<Answer> {
    this.#watch.note(this.#playlist, settled.answer.candidate.id);
    return settled;
  }
}
