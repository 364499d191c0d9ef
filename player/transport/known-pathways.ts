/**
 * The pathways of what is playing: which there are, in which order, and where each has a resource.
 *
 * Before the multivariant playlist has been read the page's sources stand in for pathways. From then
 * on steering's order counts, and the map learns from every media playlist that passes.
 */
import type { ByteRange } from "../../kernel/byte-range.ts";
import { isPlaylist } from "../../kernel/playlist-lines.ts";
import type { PlayerEvents, PlayerSnapshot } from "../contract/player-events.ts";
import type { FailoverPolicy } from "../contract/player-options.ts";
import { type Cadence, holdMs, readCadence } from "../core/attempt/held-answer.ts";
import { adoptPresentation } from "../core/place/adopt-presentation.ts";
import { NO_OFFSET } from "../core/place/align-playlists.ts";
import { type CopyOrigin, type Located, PathwayMap } from "../core/place/pathway-map.ts";
import { renumber, splitDirectives } from "../core/place/playlist-directives.ts";
import {
  HLS,
  type Pathway,
  type Presentation,
  type PresentationFormat,
} from "../core/place/presentation.ts";
import type { ReceivedManifest, SavedPlay } from "../core/play/saved-play.ts";
import { BetterSources } from "./better-sources.ts";
import { ForeignCopies } from "./foreign-copies.ts";
import { PlaylistReader } from "./playlist-reader.ts";
import { SteeredOrder } from "./steered-order.ts";
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
  readonly isWell: (host: string) => boolean;
  /** It was left so long ago that it is looked after whatever the buffer holds. */
  readonly hasWaited: (host: string) => boolean;
  /** A manifest has been opened. */
  readonly onOpened?:
    | ((manifest: ReceivedManifest, presentation: Presentation) => void)
    | undefined;
  /** Pathways are called otherwise from here on. */
  readonly onRenamed: (renamed: ReadonlyMap<string, string>) => void;
  readonly onSteering: (event: PlayerEvents["steering"]) => void;
  readonly onIncompatible: (event: PlayerEvents["incompatible"]) => void;
};

/** Somewhere a resource can be asked for. */
export type Candidate = {
  /** Pathway id; for a source, its URL. */
  readonly id: string;
  readonly host: string;
  readonly url: string;
  /** The part of it that is wanted; another pathway may have it at other bytes. */
  readonly range: ByteRange | undefined;
  readonly certainty: Located["certainty"];
};

/** What is asked for, as the media player names it. */
export type Named = { readonly url: string; readonly range: ByteRange | undefined };

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
  readonly #reader: PlaylistReader;
  #presentation: Presentation | undefined;
  #map: PathwayMap | undefined;
  #copies: ForeignCopies | undefined;
  readonly #order: SteeredOrder;
  readonly #incompatible = new Set<string>();
  readonly #recheckedMs = new Map<string, number>();
  #streams: StreamsInUse;
  /** By the logical URL of the media playlist. */
  readonly #cadences = new Map<string, Cadence>();
  #better: BetterSources | undefined;
  #adopted: SavedPlay["adopted"];
  /** What an attempt that is under way may still call a pathway → what it is called now. */
  #renamed: ReadonlyMap<string, string> = new Map();

  constructor(options: KnownPathwaysOptions) {
    this.#options = options;
    this.#streams = new StreamsInUse(options.now);
    this.#reader = new PlaylistReader(options);
    this.#order = new SteeredOrder({
      ...options,
      onJoined: (pathway) => this.#map?.include(pathway),
      onForgotten: (id) => this.#map?.forget(id),
    });
  }

  /** Undefined before the multivariant playlist has been read. */
  get map(): PathwayMap | undefined {
    return this.#map;
  }

  /** Best first. A clone that steering no longer offers stays, last of all, until another has served. */
  get order(): readonly Pathway[] {
    return this.#order.pathways;
  }

  get steeringState(): PlayerSnapshot["steering"] {
    return this.#order.state;
  }

  /** The steered manifest that came after the one which was opened. */
  get adopted(): SavedPlay["adopted"] {
    return this.#adopted;
  }

  get steeringUri(): string | undefined {
    return this.#order.uri;
  }

  /** Where its playlists come from, and its segments: one of them ill, and the pathway is. */
  hostsOf(id: string | undefined): readonly string[] {
    const pathway = this.order.find((each) => each.id === id);
    if (pathway === undefined) return [];
    return [pathway.host, ...(this.#map?.mediaHostsOf(pathway.id) ?? [])];
  }

  /** Whether what a pathway has comes from there, and not from a host of nobody's. */
  isOwnHost(host: string): boolean {
    return this.order.some(({ id }) => this.hostsOf(id).includes(host));
  }

  sources(): readonly Candidate[] {
    return this.#options.sources.map((url) =>
      candidateAt(url, { url, range: undefined, certainty: "exact" }),
    );
  }

  /** Where what is wanted is found, in steering's order. */
  candidates(wanted: Named): readonly Candidate[] {
    // No multivariant playlist has passed, so there is nowhere else that it could be.
    if (this.#map === undefined) {
      return [candidateAt(hostOf(wanted.url), { ...wanted, certainty: "exact" })];
    }
    return this.order.flatMap(({ id }) => this.#candidateOn(id, wanted) ?? []);
  }

  /** The pathway has nothing where it was guessed to be: what does it call it? */
  async correct(refused: Candidate, wanted: Named): Promise<Candidate | undefined> {
    if (refused.certainty === "exact") return undefined;
    const better = await this.reread(refused, wanted);
    const isOther = better?.url !== refused.url || better.range?.first !== refused.range?.first;
    return isOther ? better : undefined;
  }

  /** How long the resource plays; undefined for what is no segment. */
  durationMsOf({ url, range }: Named): number | undefined {
    return this.#map?.durationMsOf(url, range);
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

  /** Whether what is playing is live. */
  get isLivePlaying(): boolean {
    return this.isLive(this.#playing?.playlist ?? "");
  }

  /** What a pathway is called by now. */
  nameOf(id: string): string {
    return this.#renamed.get(id) ?? id;
  }

  /** A segment has come from the pathway. */
  noteServed(pathwayId: string): void {
    this.#order.noteServed(pathwayId);
  }

  /** The media player wants this. Only media have something that comes after. */
  noteAsked(url: string): void {
    const playlist = this.#map?.playlistOf(url);
    const isListed = playlist !== undefined && this.#map?.durationMsOf(url) !== undefined;
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
   * What the player will ask for next, at each host that a pathway has it from, in its turn also in the
   * stream that an avoided host failed with; before any segment, and of a host that has no segments, a playlist.
   */
  upcoming(isAvoided: (host: string) => boolean): readonly Upcoming[] {
    return this.order.flatMap(({ id, host, playlists }) => {
      const ill = this.hostsOf(id).find(isAvoided) ?? host;
      const wanted = this.#streams.wantedOf(ill, isAvoided(ill));
      const listing = wanted?.playlist && this.#map?.urlOn(id, wanted.playlist);
      const url = listing || ownPlaylist(playlists, host);
      const playlist = { host, segment: undefined, isToCome: false, url, durationMs: undefined };
      const segment = wanted && this.#upcomingOn(id, wanted);
      if (segment === undefined) return playlist;
      return segment.host === host ? segment : [segment, playlist];
    });
  }

  /** The media player was shown it by somebody else. */
  learnPlaylist(logicalUrl: string, text: string): void {
    if (!isPlaylist(text)) return;
    this.#map?.learnPlaylist(logicalUrl, text);
    this.#cadences.set(splitDirectives(logicalUrl).url, readCadence(text, logicalUrl));
  }

  /** A pathway's copy of a media playlist has come. */
  learnCopy(logicalUrl: string, text: string, from: CopyOrigin): void {
    this.#map?.learnCopy(logicalUrl, text, from);
    const { pathwayId: pathway } = from;
    const told = `${pathway} ${logicalUrl}`;
    if (this.#map?.isApart(pathway, logicalUrl) !== true || this.#incompatible.has(told)) return;
    this.#incompatible.add(told);
    this.#options.onIncompatible({ pathway, playlist: logicalUrl, reason: "other-boundaries" });
  }

  /** The media player is given that copy, in the numbers that it knows. */
  show(logicalUrl: string, text: string, pathwayId: string): string {
    this.#map?.show(logicalUrl, pathwayId);
    this.#cadences.set(splitDirectives(logicalUrl).url, readCadence(text, logicalUrl));
    return renumber(text, this.#map?.offsetOf(pathwayId, logicalUrl) ?? NO_OFFSET);
  }

  /**
   * Reads again what the pathway lists of what is playing, in turn with the stream that its host failed with, as
   * often as avoided pathways are probed.
   */
  async recheck(
    id: string,
    nowMs: number,
    onRead: (read: { readonly playlist: string; readonly firstByteMs: number }) => void,
  ): Promise<void> {
    const host = this.#order.get(id)?.host ?? "";
    const playlist = this.#streams.wantedOf(host, true)?.playlist;
    const lastMs = this.#recheckedMs.get(id) ?? 0;
    if (playlist === undefined || nowMs - lastMs < this.#options.policy.probeEveryMs) return;
    this.#recheckedMs.set(id, nowMs);
    this.#streams.takeTurn(host);
    const read = await this.#copies?.read(id, playlist, "low");
    if (read !== undefined) onRead({ playlist, firstByteMs: read.firstByteMs });
  }

  /**
   * Reads the multivariant playlist and begins to follow its steering.
   *
   * @param sources where else the same playlist is found, best first.
   * @param order in which the pathways are known to stand; else as the playlist has them.
   * @returns the playlist that the media player is shown.
   */
  open(
    manifest: ReceivedManifest,
    sources: readonly string[],
    order: readonly string[] = [],
  ): string {
    const { format = HLS, onOpened, now } = this.#options;
    const { text, url } = manifest;
    const presentation = format.read(text, url, withoutRedirect(sources, manifest));
    onOpened?.(manifest, presentation);
    this.#map = new PathwayMap(presentation);
    this.#streams = new StreamsInUse(now);
    this.#cadences.clear();
    if (this.#map.isListed(url)) this.#map.learnPlaylist(url, text);
    this.#copies = this.#copiesFor(this.#map);
    this.#adopted = undefined;
    this.#renamed = new Map();
    const ids = presentation.pathways.map(({ id }) => id);
    this.#presentation = presentation;
    this.#order.begin(presentation, [...order, presentation.first, ...ids], undefined);
    this.#better?.close();
    this.#better = presentation.steering ? undefined : this.#sourcesBefore(manifest.source);
    return presentation.playlist;
  }

  /**
   * A manifest that is refreshed has come anew (DASH), and may name other places.
   *
   * @returns whether it does.
   */
  refresh(manifest: ReceivedManifest): boolean {
    const { format = HLS, sources, onOpened, now } = this.#options;
    const { text, url } = manifest;
    const places = withoutRedirect(sources, manifest);
    const fresh =
      this.#presentation &&
      format.refresh?.(this.#presentation, text, format.read(text, url, places));
    if (fresh === undefined) return false;
    this.#presentation = fresh;
    this.#map = new PathwayMap(fresh);
    this.#streams = new StreamsInUse(now);
    this.#copies = this.#copiesFor(this.#map);
    this.#order.renew(fresh.pathways);
    onOpened?.(manifest, fresh);
    return true;
  }

  /** Goes on with the steering of a manifest that came after the play had begun without. */
  adopt(text: string, url: string, order: readonly string[] = []): "adopted" | "unfit" | "useless" {
    const { format = HLS, onRenamed } = this.#options;
    const newcomer = format.read(text, url, [url]);
    if (newcomer.steering === undefined) return "useless";
    const adoption = this.#presentation && adoptPresentation(this.#presentation, newcomer);
    if (adoption === undefined) return "unfit";
    this.#adopted = { text, url };
    this.#renamed = adoption.renamed;
    this.#map?.adopt(adoption);
    this.#presentation = adoption.presentation;
    const { servedBy } = this.#order;
    this.#order.begin(
      adoption.presentation,
      [...order, ...adoption.order],
      servedBy && this.nameOf(servedBy),
    );
    onRenamed(adoption.renamed);
    return "adopted";
  }

  /** @param bufferMs media in hand. */
  tick(bufferMs: number, nowMs: number): void {
    this.#order.tick(nowMs);
    this.#reader.tick(nowMs);
    this.#copies?.tick(bufferMs, this.#playing?.playlist, nowMs);
    this.#better?.tick(bufferMs, nowMs);
  }

  close(): void {
    this.#order.close();
    this.#better?.close();
    this.#reader.close();
  }

  /** The next segment, or the latest that the pathway is known to have where it names things otherwise. */
  #upcomingOn(id: string, wanted: Wanted): Upcoming | undefined {
    const map = this.#map;
    const next = this.#nextOf(wanted);
    if (map === undefined || next === undefined) return undefined;
    const { after, playlist } = wanted;
    const located = map.locate(id, next);
    const isRead = !map.unreadOn(id).includes(playlist);
    const isSure = located !== undefined && located.certainty !== "doubtful" && isRead;
    const url = isSure ? located.url : map.latestOn(id, playlist);
    if (url === undefined) return undefined;
    const durationMs = map.fileMsOf(next);
    // A file that holds several segments has no part that is known to be the next.
    const segment = durationMs === map.durationMsOf(next) ? next : undefined;
    const isToCome = isSure && located.range === undefined && next !== after;
    return { host: hostOf(url), segment, isToCome, url, durationMs };
  }

  /** An MPD does not list what comes next: there the segment that was asked for last has to do. */
  #nextOf(wanted: Wanted | undefined): string | undefined {
    if (wanted?.after === undefined || wanted.playlist === UNLISTED) return wanted?.after;
    return this.#map?.upcoming(wanted.playlist, wanted.after);
  }

  /** Where playback is. */
  get #playing(): Wanted | undefined {
    return this.#streams.wantedOf("", false);
  }

  #isOutdated(id: string): boolean {
    const next = this.#nextOf(this.#playing);
    return next !== undefined && this.#map?.locate(id, next)?.certainty === "doubtful";
  }

  #candidateOn(id: string, { url, range }: Named): Candidate | undefined {
    const located = this.#map?.locate(id, url, range);
    return located && candidateAt(id, located);
  }

  /** The candidate as its own playlist has it, read again; undefined if the pathway turns out not to have it. */
  async reread({ id }: Candidate, wanted: Named): Promise<Candidate | undefined> {
    const playlist = this.#map?.playlistNaming(wanted.url, wanted.range);
    if (playlist !== undefined) await this.#copies?.read(id, playlist);
    return this.#candidateOn(id, wanted);
  }

  get #base(): string | undefined {
    return this.#presentation?.pathways[0]?.base;
  }

  #copiesFor(map: PathwayMap): ForeignCopies {
    return new ForeignCopies({
      ...this.#options,
      reader: this.#reader,
      map,
      order: () => this.order,
      isWell: (id) => this.hostsOf(id).every((host) => this.#options.isWell(host)),
      hasWaited: (id) => this.hostsOf(id).some((host) => this.#options.hasWaited(host)),
      isOutdated: (id) => this.#isOutdated(id),
      onCopy: (pathwayId, playlist, read) =>
        this.learnCopy(playlist, read.text, { pathwayId: this.nameOf(pathwayId), url: read.url }),
    });
  }

  #sourcesBefore(source: string): BetterSources {
    const { sources } = this.#options;
    return new BetterSources({
      ...this.#options,
      reader: this.#reader,
      sources: sources.slice(0, Math.max(0, sources.indexOf(source))),
      onRead: ({ text, url }) => this.adopt(text, url),
    });
  }
}

/** A source that leads elsewhere has nothing but the way there. */
function withoutRedirect(
  sources: readonly string[],
  { url, source }: ReceivedManifest,
): readonly string[] {
  return hostOf(url) === hostOf(source) ? sources : sources.filter((other) => other !== source);
}

/** A playlist that lies elsewhere says nothing of the host. */
function ownPlaylist(playlists: ReadonlyMap<string, string>, host: string): string | undefined {
  const [url] = playlists.values();
  return url !== undefined && new URL(url).origin === host ? url : undefined;
}

function candidateAt(id: string, located: Located): Candidate {
  return { ...located, id, host: hostOf(located.url) };
}

function hostOf(url: string): string {
  return new URL(url).origin;
}
