/**
 * The failover transport for a page that makes its own hls.js: a class for `new Hls({ loader })`.
 *
 * The class works by itself. `attach` shows it the video, so that it knows how much is in hand before it
 * spends any of it, and gives the page the events. Several hls.js may load with one class, and share then
 * what each finds out about the hosts.
 */
import type Hls from "hls.js";
import { DEFAULT_FAILOVER_POLICY, type FailoverOptions } from "./contract/player-options.ts";
import { type AttachOptions, FailoverPlayback } from "./hls/failover-playback.ts";
import { LoaderSessions } from "./hls/loader-sessions.ts";
import { sourceUrls } from "./hls/source-urls.ts";
import { type LoaderClass, transportLoader } from "./hls/transport-loader.ts";

export type FailoverLoaderOptions = {
  /**
   * Where one multivariant playlist is found, best first, if at more than one place: whichever answers is
   * used for any of them. hls.js is given one with `loadSource`.
   */
  readonly sources?: readonly string[];
  readonly failover?: FailoverOptions;
};

export type FailoverLoader = LoaderClass & {
  /**
   * Tells the loader which hls.js it loads for. Best right after `new Hls({ loader })`, before `loadSource`.
   *
   * @throws {TypeError} for an hls.js that was made without this loader, or is attached already.
   */
  attach(hls: Hls, options?: AttachOptions): FailoverPlayback;
  /** Ends everything that is under way. An hls.js that is destroyed needs no such call. */
  destroy(): void;
};

const TICK_MS = 100;

/** @throws {InvalidSourceError} if a source is no URL. */
export function createFailoverLoader({
  sources = [],
  failover = {},
}: FailoverLoaderOptions = {}): FailoverLoader {
  const now = () => performance.now();
  const base = () => globalThis.document?.baseURI;
  let loop: ReturnType<typeof setInterval> | undefined;
  const sessions = new LoaderSessions({
    sources: sourceUrls(sources, base()),
    base,
    policy: { ...DEFAULT_FAILOVER_POLICY, ...failover },
    fetch: (input, init) => fetch(input, init),
    now,
    wallNow: () => Date.now(),
    random: () => Math.random(),
    isOnline: () => globalThis.navigator?.onLine !== false,
    onLoop: (isNeeded) => {
      clearInterval(loop);
      if (isNeeded) loop = setInterval(() => sessions.tick(now()), TICK_MS);
    },
  });
  const Loader = transportLoader({ sessionOf: (config) => sessions.of(config), now });
  return Object.assign(Loader, {
    attach(hls: Hls, options?: AttachOptions): FailoverPlayback {
      const { loader, pLoader, fLoader, cmcd } = hls.config;
      // CMCD of hls.js hides the loaders of playlists and fragments in loaders of its own.
      const isOurs = [loader, pLoader, fLoader].some((used) => used === Loader) || cmcd != null;
      if (!isOurs) throw new TypeError("Cannot attach: make hls.js with this loader first");
      return new FailoverPlayback(hls, sessions.of(hls.config), options);
    },
    destroy: () => sessions.close(),
  });
}
