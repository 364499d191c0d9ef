/**
 * A player that keeps the picture moving: hls.js on the failover transport, on a page's own `<video>`.
 *
 * Tells what it does through events (`failover`, `failback`, `hedge`, `resume`, `steering`, `degraded`,
 * `error`) and a snapshot; needs nothing from the page but the video element and the sources.
 */
import Hls, { Events, type HlsConfig } from "hls.js";
import type { PlayerEvents, PlayerSnapshot, ServedSpan } from "./contract/player-events.ts";
import { DEFAULT_FAILOVER_POLICY, type FailoverOptions } from "./contract/player-options.ts";
import { laySpan } from "./core/served-spans.ts";
import { withHlsDefaults } from "./hls/hls-defaults.ts";
import { MediaRescue } from "./hls/media-rescue.ts";
import { type FragmentDelivery, transportLoader } from "./hls/transport-loader.ts";
import { FailoverTransport } from "./transport/failover-transport.ts";

export type FailoverPlayerOptions = {
  /**
   * URL of the multivariant playlist. Several URLs name the same playlist at different places, best
   * first: whichever answers is used, and if it names no pathways each of them is one.
   */
  readonly src: string | readonly string[];
  /** Passed on to hls.js, `loader` excepted; `hls/hls-defaults.ts` has what is set otherwise. */
  readonly hls?: Partial<HlsConfig>;
  readonly failover?: FailoverOptions;
};

const TICK_MS = 100;

/** Attaches a failover player to `video` and begins to load. Call `destroy()` when done. */
export function createFailoverPlayer(
  video: HTMLVideoElement,
  options: FailoverPlayerOptions,
): FailoverPlayer {
  return new FailoverPlayer(video, options);
}

type Listen<Options> = <Name extends keyof PlayerEvents>(
  name: Name,
  listener: (event: CustomEvent<PlayerEvents[Name]>) => void,
  options?: boolean | Options,
) => void;

/** An `EventTarget` that knows the player's events by name and detail. */
type PlayerEventTarget = Pick<EventTarget, "dispatchEvent"> & {
  readonly addEventListener: Listen<AddEventListenerOptions>;
  readonly removeEventListener: Listen<EventListenerOptions>;
};
const PlayerEventTarget = EventTarget as new () => PlayerEventTarget;

export class FailoverPlayer extends PlayerEventTarget {
  readonly #video: HTMLVideoElement;
  readonly #transport: FailoverTransport;
  readonly #deliveries = new WeakMap<object, FragmentDelivery>();
  readonly #hls: Hls;
  readonly #loop: ReturnType<typeof setInterval>;
  #served: readonly ServedSpan[] = [];

  /** @throws {TypeError} if `src` is empty or holds something that is no URL. */
  constructor(video: HTMLVideoElement, { src, hls = {}, failover = {} }: FailoverPlayerOptions) {
    super();
    const sources = absoluteSources(src);
    const now = () => performance.now();
    const policy = { ...DEFAULT_FAILOVER_POLICY, ...failover };
    this.#video = video;
    this.#transport = new FailoverTransport({
      sources,
      policy,
      fetch: (input, init) => fetch(input, init),
      now,
      wallNow: () => Date.now(),
      random: () => Math.random(),
      bufferSeconds: () => bufferSecondsOf(video),
      emit: (name, detail) => this.#emit(name, detail),
    });
    this.#hls = new Hls({
      ...withHlsDefaults(hls),
      loader: transportLoader({
        transport: this.#transport,
        now,
        deliveries: this.#deliveries,
      }),
    });
    this.#hls.on(Events.FRAG_BUFFERED, (_, { frag }) => {
      const delivery = this.#deliveries.get(frag);
      if (frag.type === "main" && delivery !== undefined) this.#noteServed(frag, delivery);
    });
    new MediaRescue({
      hls: this.#hls,
      video,
      transport: this.#transport,
      deliveries: this.#deliveries,
      policy,
      now,
      tell: (error) => this.#emit("error", error),
    });
    this.#loop = setInterval(() => this.#transport.tick(now()), TICK_MS);
    this.#hls.attachMedia(video);
    this.#hls.loadSource(sources[0] as string);
  }

  /** The hls.js instance, for what this player does not wrap: renditions, audio tracks, captions. */
  get hls(): Hls {
    return this.#hls;
  }

  snapshot(): PlayerSnapshot {
    const level = this.#hls.levels[this.#hls.currentLevel];
    const isLive = this.#hls.latestLevelDetails?.live === true;
    return {
      ...this.#transport.snapshot(),
      bufferSeconds: bufferSecondsOf(this.#video),
      rendition: level && { height: level.height, bitsPerSecond: level.bitrate },
      live: isLive ? { latencySeconds: this.#hls.latency } : undefined,
      served: this.#served,
    };
  }

  destroy(): void {
    clearInterval(this.#loop);
    this.#hls.destroy();
    this.#transport.close();
  }

  #emit<Name extends keyof PlayerEvents>(name: Name, detail: PlayerEvents[Name]): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #noteServed(
    { start, end }: { readonly start: number; readonly end: number },
    { pathway, begunOn }: FragmentDelivery,
  ): void {
    this.#served = laySpan(this.#served, {
      startSeconds: start,
      endSeconds: end,
      pathway: begunOn ?? pathway,
      resumedOn: begunOn === undefined ? undefined : pathway,
    });
  }
}

function absoluteSources(src: string | readonly string[]): readonly string[] {
  const sources = typeof src === "string" ? [src] : src;
  if (sources.length === 0) throw new TypeError("Cannot play: src is empty");
  return sources.map((source) => new URL(source, document.baseURI).href);
}

/** Media time that can be played from here without a further byte. */
function bufferSecondsOf(video: HTMLVideoElement): number {
  const { buffered, currentTime } = video;
  for (let index = 0; index < buffered.length; index += 1) {
    // A gap of a frame or two is played over, so the range that begins just ahead counts too.
    if (buffered.start(index) <= currentTime + 0.1 && currentTime < buffered.end(index)) {
      return buffered.end(index) - currentTime;
    }
  }
  return 0;
}
