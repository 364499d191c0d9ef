/**
 * The playlists that a `stale-playlist` repeats: of each path the first whole answer under the fault.
 *
 * Not the last one before it: for that every playlist would have to be kept while nothing is broken,
 * when the proxy only listens. Later answers to a path give way to the first that is whole, and of
 * several that are under way at once the one that began last is kept, so that none that broke off
 * stands in the way.
 */
import {
  type FrozenAnswer,
  NEW_RECORDING,
  type Recording,
  type RecordingPolicy,
  recordAnswer,
} from "../core/answer-recording.ts";
import type { Exchange, Recorded } from "../core/conversation.ts";
import { pathOf } from "../core/path-pattern.ts";

export type FrozenPlaylistsPolicy = RecordingPolicy & {
  /** Those to other paths pass. */
  readonly maxPlaylists: number;
};

export class FrozenPlaylists {
  readonly #policy: FrozenPlaylistsPolicy;
  readonly #frozen = new Map<string, FrozenAnswer>();
  readonly #underWay = new Map<string, { exchange: Exchange; recording: Recording }>();

  constructor(policy: FrozenPlaylistsPolicy) {
    this.#policy = policy;
  }

  find(target: string | undefined): FrozenAnswer | undefined {
    return target === undefined ? undefined : this.#frozen.get(pathOf(target));
  }

  record({ exchange, isStart }: Recorded, bytes: Buffer): void {
    const path = pathOf(exchange.target ?? "");
    if (exchange.method !== "GET" || this.#frozen.has(path)) return;
    if (isStart) this.#begin(path, exchange);
    const underWay = this.#underWay.get(path);
    if (underWay?.exchange !== exchange) return;

    const recording = recordAnswer(underWay.recording, bytes, this.#policy);
    if (recording.state === "under-way") {
      underWay.recording = recording;
      return;
    }
    this.#underWay.delete(path);
    if (recording.state === "whole") this.#frozen.set(path, recording.frozen);
  }

  clear(): void {
    this.#frozen.clear();
    this.#underWay.clear();
  }

  #begin(path: string, exchange: Exchange): void {
    this.#underWay.delete(path);
    if (this.#frozen.size >= this.#policy.maxPlaylists) return;
    this.#underWay.set(path, { exchange, recording: NEW_RECORDING });
    const [oldest] = this.#underWay.keys();
    if (this.#underWay.size > this.#policy.maxPlaylists && oldest !== undefined) {
      this.#underWay.delete(oldest);
    }
  }
}
