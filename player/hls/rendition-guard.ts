/**
 * Takes the lowest rendition rather than let the picture stand still: gives up a segment that the link cannot
 * bring in time, and tells hls.js what the link is worth now. The rules are in `core/play/judge-rendition.ts`.
 */
import { Events, type Fragment, type default as Hls } from "hls.js";
import type { FailoverPolicy } from "../contract/player-options.ts";
import { correctEstimate, judgeRendition } from "../core/play/judge-rendition.ts";

export type RenditionGuardOptions = {
  readonly hls: Hls;
  readonly policy: FailoverPolicy;
  readonly bufferSeconds: () => number;
};

export class RenditionGuard {
  readonly #options: RenditionGuardOptions;
  #loading: Fragment | undefined;

  constructor(options: RenditionGuardOptions) {
    this.#options = options;
    const { hls } = options;
    hls.on(Events.FRAG_LOADING, (_, { frag, part }) => {
      if (frag.type !== "main") return;
      const isWhole = frag.sn !== "initSegment" && part == null;
      this.#loading = isWhole ? frag : undefined;
    });
    hls.on(Events.FRAG_LOADED, (_, { frag, part }) => {
      if (frag !== this.#loading) return;
      this.#loading = undefined;
      if (part == null) this.#correct(frag);
    });
  }

  tick(nowMs: number): void {
    const { hls, policy, bufferSeconds } = this.#options;
    const frag = this.#loading;
    const lowest = hls.minAutoLevel;
    if (frag === undefined || frag.level <= lowest || !this.#mayChoose()) return;
    const { loading, loaded, total, aborted } = frag.stats;
    if (aborted || loading.first === 0 || loading.end > 0) return;
    const bytesAt = (level: number) =>
      ((hls.levels[level]?.averageBitrate ?? 0) / 8) * frag.duration;
    const verdict = judgeRendition(
      {
        receivedBytes: loaded,
        receivingMs: nowMs - loading.first,
        remainingBytes: Math.max(0, (total || bytesAt(frag.level)) - loaded),
        bufferMs: bufferSeconds() * 1_000,
        lowestBytes: bytesAt(lowest),
      },
      policy,
    );
    if (verdict === "drop-to-lowest") this.#drop(frag, lowest, nowMs);
  }

  /** As hls.js does when it gives a segment up by its own rule. */
  #drop(frag: Fragment, lowest: number, nowMs: number): void {
    const { hls } = this.#options;
    const { stats } = frag;
    this.#loading = undefined;
    const receivingMs = Math.max(1, nowMs - stats.loading.first);
    hls.bandwidthEstimate = Math.max(1, (stats.loaded * 8 * 1_000) / receivingMs);
    hls.nextLoadLevel = lowest;
    hls.nextAutoLevel = lowest;
    frag.abortRequests();
    hls.trigger(Events.FRAG_LOAD_EMERGENCY_ABORTED, { frag, part: null, stats });
  }

  #correct({ stats, duration }: Fragment): void {
    const { hls, policy, bufferSeconds } = this.#options;
    if (!this.#mayChoose()) return;
    const load = {
      bytes: stats.loaded,
      transferMs: stats.loading.end - stats.loading.first,
      durationMs: duration * 1_000,
      bufferMs: bufferSeconds() * 1_000,
    };
    const corrected = correctEstimate(hls.bandwidthEstimate, load, policy);
    if (corrected !== undefined) hls.bandwidthEstimate = corrected;
  }

  #mayChoose(): boolean {
    const { hls } = this.#options;
    return hls.autoLevelEnabled && hls.media?.paused === false;
  }
}
