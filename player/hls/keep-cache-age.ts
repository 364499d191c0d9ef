/**
 * Gives the `Age` of a playlist back to hls.js, which needs it to ask a CDN for the newest part of a
 * low-latency stream: with `cmcd` set, hls.js wraps the loader of playlists in one that knows no age.
 */
import type { HlsConfig, Loader, PlaylistLoaderConstructor, PlaylistLoaderContext } from "hls.js";

type Load = Loader<PlaylistLoaderContext>["load"];

/** Call it once hls.js has been made, and with it its CMCD. */
export function keepCacheAge(config: HlsConfig): void {
  const { pLoader } = config;
  if (config.cmcd == null || pLoader === undefined || "getCacheAge" in pLoader.prototype) return;
  config.pLoader = withCacheAge(pLoader);
}

function withCacheAge(Wrapped: PlaylistLoaderConstructor): PlaylistLoaderConstructor {
  return class extends Wrapped {
    #response: Response | undefined;

    override load(...[context, config, callbacks]: Parameters<Load>): void {
      super.load(context, config, {
        ...callbacks,
        onSuccess: (answer, stats, asked, details) => {
          if (details instanceof Response) this.#response = details;
          callbacks.onSuccess(answer, stats, asked, details);
        },
      });
    }

    override getCacheAge = () => cacheAgeOf(this.#response);
  };
}

/** In seconds; null where no cache says for how long it has had the answer. */
export function cacheAgeOf(response: Response | null | undefined): number | null {
  const age = Number.parseFloat(response?.headers.get("age") ?? "");
  return Number.isNaN(age) ? null : age;
}
