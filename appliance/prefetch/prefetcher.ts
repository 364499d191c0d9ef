/**
 * Fetches the next segments of what viewers watch, before they ask.
 *
 * Who seeks away says so to nobody: what was fetched ahead and has no reader after a while is broken off,
 * and what nobody came for is counted as wasted, so that an operator sees what the depth costs.
 */
import { decidePrefetching, type PrefetchingPolicy } from "../core/decide-prefetching.ts";
import { readSegmentList } from "../core/segment-list.ts";
import type { StoredMetadata } from "../core/stored-metadata.ts";
import type { Fill } from "../fill/fill.ts";
import { PlaylistMap } from "./playlist-map.ts";

export type PrefetchPolicy = Omit<PrefetchingPolicy, "depth"> & {
  /** Segments in all the playlists that are remembered. */
  readonly maxSegments: number;
  /** A playlist larger than this is not read. */
  readonly maxPlaylistBytes: number;
  /** A fetch ahead that is not over by then, and has no reader, is broken off. */
  readonly abandonAfterMs: number;
  /** What nobody asked for by then was fetched in vain. */
  readonly wastedAfterMs: number;
};

export type PrefetchCounts = {
  readonly prefetched: number;
  readonly used: number;
  readonly wasted: number;
};

export type PrefetcherOptions = {
  readonly policy: PrefetchPolicy & PrefetchingPolicy;
  readonly now: () => number;
  readonly isOriginIdle: () => boolean;
  /** It is stored, or being fetched. */
  readonly isThere: (key: string) => boolean;
  /** Begins to fetch what nobody waits for. */
  readonly fetch: (key: string) => Fill | undefined;
};

type Prefetch = { readonly fill: Fill; readonly startedAtMs: number };

export class Prefetcher {
  readonly #options: PrefetcherOptions;
  readonly #map: PlaylistMap;
  readonly #running = new Set<Prefetch>();
  /** What was fetched ahead and not asked for yet, in the order in which it was begun. */
  readonly #unused = new Map<string, number>();
  /** Viewers who were given the last segment of a list wait there for the next one. */
  readonly #atEnd = new Map<string, number>();
  #prefetched = 0;
  #used = 0;
  #wasted = 0;

  constructor(options: PrefetcherOptions) {
    this.#options = options;
    this.#map = new PlaylistMap({ maxSegments: options.policy.maxSegments, now: options.now });
  }

  counts(): PrefetchCounts {
    return { prefetched: this.#prefetched, used: this.#used, wasted: this.#wasted };
  }

  /** Something has been fetched: where it is a playlist, it tells the order of its segments. */
  onStored({ key, status, fields }: StoredMetadata, body: Buffer): void {
    const { maxPlaylistBytes, depth } = this.#options.policy;
    if (depth === 0 || status !== 200 || body.length > maxPlaylistBytes) return;
    if (!isHlsPlaylist(key, fields["content-type"])) return;
    const list = readSegmentList(body.toString("utf8"), key);
    if (list === undefined) return;
    this.#map.learn(key, list);
    for (const { key: listed } of list.segments) {
      if (this.#atEnd.delete(listed)) this.#fetchAfter(listed);
    }
  }

  /** A viewer has been given an object. Called for every request, so it is cheap for what is no segment. */
  onServed(key: string): void {
    if (this.#unused.delete(key)) this.#used += 1;
    this.#fetchAfter(key);
  }

  tick(nowMs: number): void {
    const { abandonAfterMs, wastedAfterMs } = this.#options.policy;
    for (const { fill, startedAtMs } of this.#running) {
      if (nowMs - startedAtMs > abandonAfterMs) fill.abandon("nobody came for it");
    }
    forgetUntil(this.#atEnd, nowMs - wastedAfterMs);
    this.#wasted += forgetUntil(this.#unused, nowMs - wastedAfterMs);
  }

  #fetchAfter(key: string): void {
    const { policy, now, isOriginIdle, isThere, fetch } = this.#options;
    const ahead = this.#map.after(key, policy.depth);
    if (ahead === undefined) return;
    for (const prefetch of this.#running) if (prefetch.fill.isOver) this.#running.delete(prefetch);
    const decision = decidePrefetching(
      {
        ahead: ahead.map((next) => ({ key: next, isThere: isThere(next) })),
        isOriginIdle: isOriginIdle(),
        running: this.#running.size,
      },
      policy,
    );
    if (decision.reason === "end-of-list") setLast(this.#atEnd, key, now());
    if (decision.action === "wait") return;
    for (const next of decision.keys) {
      const fill = fetch(next);
      if (fill === undefined) continue;
      this.#prefetched += 1;
      setLast(this.#unused, next, now());
      this.#running.add({ fill, startedAtMs: now() });
    }
  }
}

function setLast(entries: Map<string, number>, key: string, atMs: number): void {
  entries.delete(key);
  entries.set(key, atMs);
}

function isHlsPlaylist(key: string, contentType: string | undefined): boolean {
  return /mpegurl/i.test(contentType ?? "") || /\.m3u8?(?:$|\?)/i.test(key);
}

/** Forgets what is older, and says how much it was. Entries stand in the order of their times. */
function forgetUntil(entries: Map<string, number>, untilMs: number): number {
  let forgotten = 0;
  for (const [key, sinceMs] of entries) {
    if (sinceMs > untilMs) break;
    entries.delete(key);
    forgotten += 1;
  }
  return forgotten;
}
