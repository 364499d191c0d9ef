/**
 * The same stream in hls.js as it comes from npm, beside our own player: what the picture would do without
 * it. It follows the viewer's pauses and seeks, so that only the network makes a difference.
 */
import Hls, { Events } from "hls.js";
import { beginWatch, type FrozenWatch, lookAt } from "../core/frozen-watch.ts";

export type StockView = {
  readonly stock: FrozenWatch;
  readonly ours: FrozenWatch;
  /** It has given up, and will not play on by itself. */
  readonly hasGivenUp: boolean;
};

export type StockOptions = {
  readonly video: HTMLVideoElement;
  readonly ours: HTMLVideoElement;
  readonly src: string;
  readonly isLive: boolean;
  readonly bufferSeconds: number;
};

export class StockSession {
  view: StockView;
  readonly #options: StockOptions;
  readonly #hls: Hls;
  readonly #closing = new AbortController();
  #hasBegun = false;

  constructor(options: StockOptions) {
    const { video, ours, src, isLive, bufferSeconds } = options;
    const nowMs = performance.now();
    this.#options = options;
    this.view = { stock: beginWatch(nowMs), ours: beginWatch(nowMs), hasGivenUp: false };
    this.#hls = new Hls({
      maxBufferLength: bufferSeconds,
      maxMaxBufferLength: bufferSeconds,
      startPosition: isLive ? -1 : ours.currentTime,
    });
    this.#hls.on(Events.ERROR, (_, { fatal }) => {
      if (fatal) this.view = { ...this.view, hasGivenUp: true };
    });
    const listening = { signal: this.#closing.signal };
    video.addEventListener("playing", () => this.#begin(), listening);
    ours.addEventListener("play", () => this.#follow(), listening);
    ours.addEventListener("pause", () => this.#follow(), listening);
    if (!isLive) ours.addEventListener("seeking", () => this.#seek(), listening);
    this.#hls.loadSource(src);
    this.#hls.attachMedia(video);
    this.#follow();
  }

  tick(nowMs: number): void {
    const { video, ours } = this.#options;
    this.view = {
      ...this.view,
      stock: lookAt(this.view.stock, lookOf(video, this.#hasBegun), nowMs),
      ours: lookAt(this.view.ours, lookOf(ours, true), nowMs),
    };
  }

  close(): void {
    this.#closing.abort();
    this.#hls.destroy();
  }

  /** Where our picture is, as it took a moment to begin. */
  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    if (!this.#options.isLive) this.#seek();
  }

  #follow(): void {
    const { video, ours } = this.#options;
    if (ours.paused) video.pause();
    // Refused only where the picture is gone already.
    else video.play().catch(() => undefined);
  }

  #seek(): void {
    this.#options.video.currentTime = this.#options.ours.currentTime;
  }
}

function lookOf(video: HTMLVideoElement, hasBegun: boolean) {
  const { paused, ended, seeking, currentTime } = video;
  return { timeSeconds: currentTime, isAtRest: !hasBegun || paused || ended || seeking };
}
