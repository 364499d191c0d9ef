/**
 * The pathways of what is playing: which there are, in which order, and where each has a resource.
 *
 * Before the multivariant playlist has been read the page's sources stand in for pathways. From then
 * on steering's order counts, and the map learns from every media playlist that passes.
 */

import { isPlaylist } from "../../kernel/playlist-lines.ts";
import type { PlayerEvents, PlayerSnapshot } from "../contract/player-events.ts";
import type { FailoverPolicy } from "../contract/player-options.ts";
import { type Cadence, holdMs, readCadence } from "../core/held-answer.ts";
import { PathwayMap, splitDirectives } from "../core/pathway-map.ts";
import {
  HLS,
  type Pathway,
  type Presentation,
  type PresentationFormat,
} from "../core/presentation.ts";
import { SteeringClient } from "./steering-client.ts";
import { StreamsInUse, type Wanted } from "./streams-in-use.ts";

export type KnownPathwaysOptions = {
  /** URLs of the same multivariant playlist, best first. */
  readonly sources: readonly string[];
  readonly format?: PresentationFormat | undefined;
  readonly policy: FailoverPolicy;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly wallNow: () => number;
  readonly random: () => number;
  readonly current: () => string | undefined;
  readonly throughputBitsPerSecond: () => number | undefined;
  readonly onSteering: (event: PlayerEvents["steering"]) => void;
};

/** Somewhere a resource can be asked for. */
export type Candidate = {
  /** Pathway id; for a source, its URL. */
  readonly id: string;
  readonly host: string;
  readonly url: string;
};

/** A resource that will be needed, at one pathway. */
export type Upcoming = {
  readonly host: string;
  /** Logical URL of the segment, where it has that URL to itself. */
  readonly segment: string | undefined;
  /** The player has not asked for it yet. At a live edge, what comes next is not known. */
  readonly isToCome: boolean;
  /** Undefined where the pathway does not carry that stream. */
  readonly url: string | undefined;
  /** Of all that is there; undefined for a playlist. */
  readonly durationMs: number | undefined;
};

/** In place of a playlist, where none lists the segments. */
const UNLISTED = "";

export class KnownPathways {
  readonly #options: KnownPathwaysOptions;
  #presentation: Presentation | undefined;
  #map: PathwayMap | undefined;
  #order: readonly Pathway[] = [];
  #streams: StreamsInUse;
  /** By the logical URL of the media playlist. */
  readonly #cadences = new Map<string, Cadence>();
  #steering: SteeringClient | undefined;

  constructor(options: KnownPathwaysOptions) {
    this.#options = options;
    this.#streams = new StreamsInUse(options.now);
  }

  /** Best first. */
  get order(): readonly Pathway[] {
    return this.#order;
  }

  get steeringState(): PlayerSnapshot["steering"] {
    if (this.#steering === undefined) return this.#presentation === undefined ? "unknown" : "none";
    const { state } = this.#steering.course;
    return state === "ended" ? "none" : state;
  }

  get steeringUri(): string | undefined {
    return this.#steering?.course.reloadUri;
  }

  hostOf(id: string | undefined): string | undefined {
    return this.#order.find((pathway) => pathway.id === id)?.host;
  }

  sources(): readonly Candidate[] {
    return this.#options.sources.map((url) => ({ id: url, host: new URL(url).origin, url }));
  }

  /** Where the resource of this logical URL is found, in steering's order. */
  candidates(logicalUrl: string): readonly Candidate[] {
    const map = this.#map;
    // No multivariant playlist has passed, so there is nowhere else that it could be.
    if (map === undefined) {
      const { origin } = new URL(logicalUrl);
      return [{ id: origin, host: origin, url: logicalUrl }];
    }
    return this.#order.flatMap(({ id }) => {
      const url = map.urlOn(id, logicalUrl);
      return url === undefined ? [] : [{ id, host: new URL(url).origin, url }];
    });
  }

  /** How long the resource plays; undefined for what is no segment. */
  durationMsOf(logicalUrl: string): number | undefined {
    return this.#map?.durationMsOf(logicalUrl);
  }

  /** The media playlist that lists it. */
  streamOf(logicalUrl: string): string | undefined {
    return this.#map?.playlistOf(logicalUrl);
  }

  /** How long a host may keep silent about it because it does not exist yet. */
  holdMsOf(logicalUrl: string): number {
    const own = this.#cadences.get(splitDirectives(logicalUrl).url);
    const cadences = own === undefined ? [...this.#cadences.values()] : [own];
    const { policy } = this.#options;
    return Math.max(0, ...cadences.map((cadence) => holdMs(logicalUrl, cadence, policy)));
  }

  /** Whether a live playlist names it, so that what is not there yet may still come. */
  isLive(logicalUrl: string): boolean {
    return this.#map?.isLive(logicalUrl) === true;
  }

  /** The media player wants this. Only media have something that comes after. */
  noteAsked(url: string): void {
    const playlist = this.#map?.playlistOf(url);
    const isListed = playlist !== undefined && this.durationMsOf(url) !== undefined;
    if (isListed || this.#base !== undefined) this.#streams.noteAsked(playlist ?? UNLISTED, url);
  }

  /** The host has failed with this: what comes after it in the same stream may tell whether it still does. */
  noteFailed(host: string, url: string): void {
    const bare = splitDirectives(url).url;
    const isItself = this.#cadences.has(bare);
    const playlist = isItself ? bare : this.#map?.playlistOf(url);
    if (playlist === undefined) return;
    this.#streams.noteFailed(host, { playlist, after: isItself ? undefined : url });
  }

  noteProbe(host: string): void {
    this.#streams.takeTurn(host);
  }

  noteRecovered(host: string): void {
    this.#streams.noteRecovered(host);
  }

  /**
   * Where each pathway has what the player will ask for next, in its turn also in the stream that an avoided
   * host failed with; before any segment, a playlist.
   */
  upcoming(isAvoided: (host: string) => boolean): readonly Upcoming[] {
    const map = this.#map;
    return this.#order.map(({ id, host, playlists }) => {
      const wanted = this.#streams.wantedOf(host, isAvoided(host));
      const next = this.#nextOf(wanted);
      if (next === undefined) {
        const playlist = wanted && map?.urlOn(id, wanted.playlist);
        const url = playlist ?? ownPlaylist(playlists, host);
        return { host, segment: undefined, isToCome: false, url, durationMs: undefined };
      }
      const durationMs = map?.fileMsOf(next);
      return {
        host,
        // A file that holds several segments has no part that is known to be the next.
        segment: durationMs === map?.durationMsOf(next) ? next : undefined,
        isToCome: next !== wanted?.after,
        url: map?.urlOn(id, next),
        durationMs,
      };
    });
  }

  /** An MPD does not list what comes next: there the segment that was asked for last has to do. */
  #nextOf(wanted: Wanted | undefined): string | undefined {
    if (wanted?.after === undefined || wanted.playlist === UNLISTED) return wanted?.after;
    return this.#map?.upcoming(wanted.playlist, wanted.after);
  }

  learnPlaylist(logicalUrl: string, text: string): void {
    if (!isPlaylist(text)) return;
    this.#map?.learnPlaylist(logicalUrl, text);
    this.#cadences.set(splitDirectives(logicalUrl).url, readCadence(text, logicalUrl));
  }

  /**
   * Reads the multivariant playlist and begins to follow its steering.
   *
   * @param sources where else the same playlist is found, best first.
   * @param order in which the pathways are known to stand; else as the playlist has them.
   * @returns the playlist that the media player is shown.
   */
  open(
    text: string,
    url: string,
    sources: readonly string[],
    order: readonly string[] = [],
  ): string {
    const { format = HLS } = this.#options;
    const presentation = format.read(text, url, sources);
    this.#presentation = presentation;
    this.#map = new PathwayMap(presentation);
    this.#streams = new StreamsInUse(this.#options.now);
    this.#cadences.clear();
    if (isPlaylist(text)) this.#map.learnPlaylist(url, text);
    const ids = presentation.pathways.map(({ id }) => id);
    this.#setOrder([...new Set([...order, presentation.first, ...ids])]);
    this.#steering?.close();
    this.#steering = presentation.steering && this.#follow(presentation.steering.serverUri);
    return presentation.playlist;
  }

  tick(nowMs: number): void {
    this.#steering?.tick(nowMs);
  }

  close(): void {
    this.#steering?.close();
  }

  get #base(): string | undefined {
    return this.#presentation?.pathways[0]?.base;
  }

  #follow(serverUri: string): SteeringClient {
    const { onSteering, ...options } = this.#options;
    return new SteeringClient({
      ...options,
      serverUri,
      order: this.#order.map(({ id }) => id),
      onCourse: ({ order, ttlSeconds, state }) => {
        const before = this.#order.map(({ id }) => id).join(" ");
        this.#setOrder(order);
        if (state === "following" && order.join(" ") !== before) onSteering({ order, ttlSeconds });
      },
    });
  }

  #setOrder(ids: readonly string[]): void {
    const byId = new Map(this.#presentation?.pathways.map((pathway) => [pathway.id, pathway]));
    this.#order = ids.flatMap((id) => byId.get(id) ?? []);
  }
}

/** A playlist that lies elsewhere says nothing of the host. */
function ownPlaylist(playlists: ReadonlyMap<string, string>, host: string): string | undefined {
  const [url] = playlists.values();
  return url !== undefined && new URL(url).origin === host ? url : undefined;
}
