/**
 * Which segment comes after which, as the playlists say that the appliance has served.
 *
 * Bounded by the number of segments in all playlists together; the playlist that was used for longest
 * not at all is forgotten first. A segment that stands in several playlists is followed by what the one
 * read last lists after it.
 */
import { LRUCache } from "lru-cache";
import type { ListedSegment, SegmentList } from "../core/segment-list.ts";

type Listed = { readonly playlistKey: string; readonly segments: readonly ListedSegment[] };

export class PlaylistMap {
  readonly #lists: LRUCache<string, Listed>;
  readonly #positions = new Map<string, { readonly list: Listed; readonly index: number }>();

  constructor({ maxSegments, now }: { readonly maxSegments: number; readonly now: () => number }) {
    this.#lists = new LRUCache({
      maxSize: maxSegments,
      sizeCalculation: ({ segments }) => segments.length + 1,
      dispose: (list) => this.#forget(list),
      perf: { now },
    });
  }

  get segmentCount(): number {
    return this.#positions.size;
  }

  learn(playlistKey: string, { segments }: SegmentList): void {
    // Ranges of one object are read ahead as its slices.
    const whole = segments.filter(({ range }) => range === undefined);
    const list: Listed = { playlistKey, segments: whole };
    this.#lists.set(playlistKey, list);
    if (this.#lists.peek(playlistKey) !== list) return;
    for (const [index, { key }] of whole.entries()) this.#positions.set(key, { list, index });
  }

  /** The segments after this one, no more than `count`; undefined where it stands in no playlist. */
  after(key: string, count: number): readonly string[] | undefined {
    const position = this.#positions.get(key);
    if (position === undefined) return undefined;
    const { list, index } = position;
    this.#lists.get(list.playlistKey);
    return list.segments.slice(index + 1, index + 1 + count).map((segment) => segment.key);
  }

  #forget(list: Listed): void {
    for (const { key } of list.segments) {
      if (this.#positions.get(key)?.list === list) this.#positions.delete(key);
    }
  }
}
