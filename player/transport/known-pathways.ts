/**
 * The pathways of what is playing: which there are, in which order, and where each has a resource.
 *
 * Before the multivariant playlist has been read the page's sources stand in for pathways. From then
 * on steering's order counts, and the map learns from every media playlist that passes.
 */

import { isPlaylist } from "../../kernel/playlist-lines.ts";
import type { PlayerEvents, PlayerSnapshot } from "../contract/player-events.ts";
import { PathwayMap } from "../core/pathway-map.ts";
import {
  HLS,
  type Pathway,
  type Presentation,
  type PresentationFormat,
} from "../core/presentation.ts";
import { SteeringClient } from "./steering-client.ts";

export type KnownPathwaysOptions = {
  /** URLs of the same multivariant playlist, best first. */
  readonly sources: readonly string[];
  readonly format?: PresentationFormat | undefined;
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
  /** Its logical URL; undefined for a playlist. */
  readonly segment: string | undefined;
  /** The player has not asked for it yet. At a live edge, what comes next is not known. */
  readonly isToCome: boolean;
  /** Undefined where the pathway does not carry that stream. */
  readonly url: string | undefined;
  readonly durationMs: number | undefined;
};

export class KnownPathways {
  readonly #options: KnownPathwaysOptions;
  #presentation: Presentation | undefined;
  #map: PathwayMap | undefined;
  #order: readonly Pathway[] = [];
  #latest: { readonly segment: string; readonly playlist: string | undefined } | undefined;
  #steering: SteeringClient | undefined;
  /** By host: the last object that was no good, and the playlist that listed it. */
  readonly #bad = new Map<string, { readonly segment: string; readonly playlist: string }>();

  constructor(options: KnownPathwaysOptions) {
    this.#options = options;
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

  /** Whether a live playlist names it, so that what is not there yet may still come. */
  isLive(logicalUrl: string): boolean {
    return this.#map?.isLive(logicalUrl) === true;
  }

  /** The media player wants this. Only media have something that comes after. */
  noteAsked(url: string): void {
    const playlist = this.#map?.playlistOf(url);
    const isListed = playlist !== undefined && this.durationMsOf(url) !== undefined;
    if (isListed || this.#base !== undefined) this.#latest = { segment: url, playlist };
  }

  /** What the host sent for this was no good: what comes after it in the same stream may tell the same. */
  noteBad(host: string, url: string): void {
    const playlist = this.#map?.playlistOf(url);
    if (playlist !== undefined) this.#bad.set(host, { segment: url, playlist });
  }

  forgetBad(host: string): void {
    this.#bad.delete(host);
  }

  /**
   * Where each pathway has what the player will ask for next, in the stream that its host sent no good
   * for, if any; before any segment, a playlist.
   */
  upcoming(): readonly Upcoming[] {
    return this.#order.map(({ id, host, playlists }) => {
      const after = this.#bad.get(host) ?? this.#latest;
      // An MPD does not list what comes next: there the segment that was asked for last has to do.
      const next =
        after?.playlist === undefined
          ? after?.segment
          : this.#map?.upcoming(after.playlist, after.segment);
      return {
        host,
        segment: next,
        isToCome: next !== after?.segment,
        url: next === undefined ? ownPlaylist(playlists, host) : this.#map?.urlOn(id, next),
        durationMs: next === undefined ? undefined : this.#map?.durationMsOf(next),
      };
    });
  }

  learnPlaylist(logicalUrl: string, text: string): void {
    if (isPlaylist(text)) this.#map?.learnPlaylist(logicalUrl, text);
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
    this.#latest = undefined;
    this.#bad.clear();
    this.learnPlaylist(url, text);
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
