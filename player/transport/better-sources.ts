/**
 * While a play has no steering, reads the sources that stand before the one which answered first: one of them
 * may be a steering service that was slow or down when the page opened.
 */
import type { FailoverPolicy } from "../contract/player-options.ts";
import type { PlaylistRead, PlaylistReader } from "./playlist-reader.ts";

export type BetterSourcesOptions = {
  readonly policy: FailoverPolicy;
  readonly reader: PlaylistReader;
  readonly now: () => number;
  /** URLs, best first. */
  readonly sources: readonly string[];
  /** @returns what came of it: `useless` is not read again. */
  readonly onRead: (read: PlaylistRead) => "adopted" | "unfit" | "useless";
};

export class BetterSources {
  readonly #options: BetterSourcesOptions;
  #left: readonly string[];
  #nextMs: number;
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
    if (this.#isReading || this.#left.length === 0 || !isDue) return;
    this.#nextMs = nowMs + policy.sourceAgainMs;
    void this.#readAll();
  }

  close(): void {
    this.#left = [];
  }

  async #readAll(): Promise<void> {
    this.#isReading = true;
    for (const source of this.#left) {
      // A page's own `fetch` may fail in its own ways.
      const read = await this.#options.reader.read(source, "low").catch(() => undefined);
      if (read === undefined || this.#left.length === 0) continue;
      const outcome = this.#options.onRead(read);
      if (outcome === "adopted") this.close();
      if (outcome === "useless") this.#left = this.#left.filter((other) => other !== source);
    }
    this.#isReading = false;
  }
}
