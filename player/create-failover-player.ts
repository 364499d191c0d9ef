/**
 * A player that keeps the picture moving: hls.js on the failover loader, on a page's own `<video>`.
 *
 * Tells what it does through events (`failover`, `failback`, `hedge`, `resume`, `steering`, `degraded`,
 * `error`) and a snapshot; needs nothing from the page but the video element and the sources.
 */
import Hls, { type HlsConfig } from "hls.js";
import type { PlayerSnapshot } from "./contract/player-events.ts";
import type { FailoverOptions } from "./contract/player-options.ts";
import type { ReportOptions } from "./contract/report-options.ts";
import { createFailoverLoader } from "./create-failover-loader.ts";
import type { FailoverPlayback } from "./hls/failover-playback.ts";
import { withHlsDefaults } from "./hls/hls-defaults.ts";
import { playNatively } from "./hls/native-play.ts";
import { PlayerEventTarget, tell } from "./hls/player-event-target.ts";
import { InvalidSourceError, sourceUrls } from "./hls/source-urls.ts";

export type FailoverPlayerOptions = {
  /**
   * URL of the multivariant playlist. Several URLs name the same playlist at different places, best
   * first: whichever answers is used, and if it names no pathways each of them is one.
   */
  readonly src: string | readonly string[];
  /** Passed on to hls.js, `loader` excepted; `hls/hls-defaults.ts` has what is set otherwise. */
  readonly hls?: Partial<HlsConfig>;
  readonly failover?: FailoverOptions;
  /** What is reported of this playback, and to whom; false is nothing at all. */
  readonly reports?: ReportOptions | false;
};

/**
 * Attaches a failover player to `video` and begins to load. Call `destroy()` when done. Where hls.js cannot play,
 * the browser plays by itself if it can (`hls/native-play.ts`).
 *
 * @throws {InvalidSourceError} if `src` is empty or holds something that is no URL.
 */
export function createFailoverPlayer(
  video: HTMLVideoElement,
  options: FailoverPlayerOptions,
): FailoverPlayer {
  return new FailoverPlayer(video, options);
}

export class FailoverPlayer extends PlayerEventTarget {
  readonly #hls: Hls;
  readonly #playback: FailoverPlayback;
  readonly #endNative: (() => void) | undefined;

  constructor(video: HTMLVideoElement, options: FailoverPlayerOptions) {
    super();
    const { src, hls = {}, failover = {}, reports = {} } = options;
    const sources = sourceUrls(typeof src === "string" ? [src] : src, document.baseURI);
    const [first] = sources;
    if (first === undefined) throw new InvalidSourceError("Cannot play: src is empty");
    const loader = createFailoverLoader({ sources, failover });
    this.#hls = new Hls({ ...withHlsDefaults(hls), loader });
    if (!Hls.isSupported()) {
      this.#playback = loader.attach(this.#hls, { target: this, reports: false });
      this.#endNative = playNatively(video, sources, (error) => tell(this, "error", error));
      return;
    }
    this.#playback = loader.attach(this.#hls, { target: this, rescue: video, reports });
    this.#hls.attachMedia(video);
    this.#hls.loadSource(first);
  }

  /** The hls.js instance, for what this player does not wrap: renditions, audio tracks, captions. */
  get hls(): Hls {
    return this.#hls;
  }

  snapshot(): PlayerSnapshot {
    return this.#playback.snapshot();
  }

  /** Ends everything; the video element is free for another player. */
  destroy(): void {
    this.#endNative?.();
    this.#hls.destroy();
  }
}
