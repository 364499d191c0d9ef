/**
 * While a play has no steering, reads the sources that stand before the one which answered first: one of them
 * may be a steering service that was slow or down when the page opened.
 */
import { backoffMs } from "../../kernel/backoff.ts";
import type { FailoverPolicy } from "../contract/player-options.ts";
import type { PlaylistRead, PlaylistReader } from "./playlist-reader.ts";

export type BetterSourcesOptions = {
  readonly policy: FailoverPolicy;
  readonly reader: PlaylistReader;
  readonly now: () => number;
  readonly random: () => number;
  /** URLs, best first. */
  readonly sources: readonly string[];
  /** @returns what came of it: `useless` is not read again. */
  readonly onRead: (read: PlaylistRead) => "adopted" | "unfit" | "useless";
};

export class BetterSources {
  readonly #options: BetterSourcesOptions;
  /** Empty once there is no more to be hoped for. */
  #left: readonly string[];
  #nextMs: number;
  #rounds = 0;
  #isReading = false;

  constructor(options: BetterSourcesOptions) {
    this.#options = options;
    this.#left = options.sources;
    this.#nextMs = options.now();
  }

  /** @param bufferMs media in hand: without enough of it the viewer's requests have the link to themselves. */
  tick(bufferMs: number, nowMs: number): void {
    const { policy } = this.#options;
    const isDue = nowMs >= this.#nextMs && bufferMs >= policy.probeBufferFloorMs;
    if (!isDue || this.#isReading || this.#left.length === 0) return;
    this.#isReading = true;
    void this.#readAll();
  }

  close(): void {
    this.#left = [];
  }

  async #readAll(): Promise<void> {
    const { policy, reader, now, random, onRead } = this.#options;
    for (const source of this.#left) {
      // A page's own `fetch` may fail in its own ways.
      const read = await reader.read(source, "low").catch(() => undefined);
      if (this.#left.length === 0) return;
      const outcome = read && onRead(read);
      if (outcome === "adopted") return this.close();
      if (outcome === "useless") this.#left = this.#left.filter((other) => other !== source);
    }
    // Viewers who opened in the same outage do not all ask at once when it ends.
    const pauses = { firstMs: policy.sourceAgainMs, longestMs: policy.sourceAgainLongestMs };
    this.#rounds += 1;
    this.#nextMs = now() + backoffMs(this.#rounds, pauses, random);
    this.#isReading = false;
  }
}
