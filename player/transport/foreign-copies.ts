/**
 * Reads the media playlists of pathways that do not serve at present, to know beforehand what they call
 * things: at low priority, one at a time, with media in hand, and once for what does not change.
 *
 * At a live edge a copy ages: it is read again when something is wanted that it does not list yet.
 */
import type { FailoverPolicy } from "../contract/player-options.ts";
import type { PathwayMap } from "../core/place/pathway-map.ts";
import type { Pathway } from "../core/place/presentation.ts";
import type { PlaylistRead, PlaylistReader } from "./playlist-reader.ts";

export type ForeignCopiesOptions = {
  readonly policy: FailoverPolicy;
  readonly now: () => number;
  readonly reader: PlaylistReader;
  readonly map: PathwayMap;
  /** Best first. */
  readonly order: () => readonly Pathway[];
  readonly isWell: (pathwayId: string) => boolean;
  /** It was left so long ago that it is looked after with little in hand, too. */
  readonly hasWaited: (pathwayId: string) => boolean;
  /** Its copy does not tell what comes next, nor can it be guessed. */
  readonly isOutdated: (pathwayId: string) => boolean;
  readonly onCopy: (pathwayId: string, playlist: string, read: PlaylistRead) => void;
};

export class ForeignCopies {
  readonly #options: ForeignCopiesOptions;
  readonly #readings = new Map<string, Promise<PlaylistRead | undefined>>();
  readonly #askedMs = new Map<string, number>();

  constructor(options: ForeignCopiesOptions) {
    this.#options = options;
  }

  /**
   * @param bufferMs media in hand.
   * @param playing media playlist of what is played at present.
   */
  tick(bufferMs: number, playing: string | undefined, nowMs: number): void {
    const { policy, map, isOutdated, hasWaited } = this.#options;
    if (this.#readings.size > 0) return;
    const isDue = (everyMs: number) => (copy: { id: string; playlist: string }) =>
      this.#isDue(copy.id, copy.playlist, everyMs, nowMs);
    // A pathway that has been left is probed with what it lists, and at a live edge that is soon gone.
    const left = this.#pathways(false).map((id) => ({ id, playlist: playing ?? "" }));
    const aged = left.filter(({ id }) => isOutdated(id));
    const unread = this.#pathways(true)
      .slice(0, policy.pathwaysReadAhead + 1)
      .flatMap((id) => map.unreadOn(id).map((playlist) => ({ id, playlist })));
    const hasEnough = bufferMs >= policy.probeBufferFloorMs;
    const [ahead, again] = hasEnough
      ? [unread, aged]
      : [[], aged.filter(({ id }) => hasWaited(id))];
    const next =
      ahead.find(isDue(policy.playlistAgainMs)) ?? again.find(isDue(policy.probeEveryMs));
    if (next !== undefined) void this.read(next.id, next.playlist, "low");
  }

  /** Brings the pathway's copy up to date, if it can be had and has not just been. */
  async read(
    pathwayId: string,
    playlist: string,
    priority?: RequestPriority,
  ): Promise<PlaylistRead | undefined> {
    const { policy, now, map } = this.#options;
    const key = keyOf(pathwayId, playlist);
    const underWay = this.#readings.get(key);
    if (underWay !== undefined) return await underWay;
    const isFinal = map.copyOn(pathwayId, playlist)?.isComplete === true;
    if (isFinal || !this.#isDue(pathwayId, playlist, policy.copyFreshMs, now())) return undefined;
    const reading = this.#read(pathwayId, playlist, priority);
    this.#readings.set(key, reading);
    const read = await reading;
    this.#readings.delete(key);
    return read;
  }

  #pathways(isWell: boolean): readonly string[] {
    const { order } = this.#options;
    const ids = order().map(({ id }) => id);
    return ids.filter((id) => this.#options.isWell(id) === isWell);
  }

  async #read(
    pathwayId: string,
    playlist: string,
    priority?: RequestPriority,
  ): Promise<PlaylistRead | undefined> {
    const { now, reader, map, onCopy } = this.#options;
    const url = map.urlOn(pathwayId, playlist);
    if (url === undefined) return undefined;
    this.#askedMs.set(keyOf(pathwayId, playlist), now());
    // A page's own `fetch` may fail in its own ways.
    const read = await reader.read(url, priority).catch(() => undefined);
    if (read !== undefined) onCopy(pathwayId, playlist, read);
    return read;
  }

  #isDue(pathwayId: string, playlist: string, everyMs: number, nowMs: number): boolean {
    const askedMs = this.#askedMs.get(keyOf(pathwayId, playlist));
    return askedMs === undefined || nowMs - askedMs >= everyMs;
  }
}

function keyOf(pathwayId: string, playlist: string): string {
  return `${pathwayId} ${playlist}`;
}
