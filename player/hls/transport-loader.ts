/**
 * The failover transport as an hls.js loader, for every kind of request that hls.js makes.
 *
 * hls.js' own timeouts and retries are left aside: they would give up on a host that the transport
 * has long left. What hls.js sees of a failover is a request that took a little longer, and its
 * bandwidth estimate sees only the transfer that succeeded.
 */
import Hls, {
  FetchLoader,
  type FragmentLoaderContext,
  type HlsConfig,
  type Loader,
  type LoaderCallbacks,
  type LoaderConfiguration,
  type LoaderContext,
  LoaderContextType,
  type LoaderStats,
  LoadStats,
  PlaylistLevelType,
} from "hls.js";
import type { ByteRange } from "../../kernel/byte-range.ts";
import type { ResourceKind } from "../contract/player-events.ts";
import { type Delivery, type DeliveryProgress, UnavailableError } from "../transport/delivery.ts";
import { splitCmcd, withCmcd } from "./cmcd-query.ts";
import { cacheAgeOf } from "./keep-cache-age.ts";
import type { LoaderSession } from "./loader-session.ts";

type Deliveries = LoaderSession["deliveries"];

/**
 * What a server of somebody else's answers, or does not: no other pathway has it, and hls.js has its own
 * way of going on without it, for which it must hear of the failure.
 */
const PLAIN_TYPES: ReadonlySet<LoaderContextType> = new Set([
  LoaderContextType.STEERING_MANIFEST,
  LoaderContextType.INTERSTITIAL_ASSET_LIST,
  LoaderContextType.SERVER_CERTIFICATE,
]);

export type LoaderClass = new (config: HlsConfig) => Loader<LoaderContext>;

export type TransportLoaderOptions = {
  /** Whose requests these are: every hls.js hands its loaders its own configuration. */
  readonly sessionOf: (config: HlsConfig) => Pick<LoaderSession, "load" | "fetch" | "deliveries">;
  /** The transport's clock; hls.js wants the timings of `performance.now()`. */
  readonly now: () => number;
};

/** Makes the class that goes into `new Hls({ loader })`. */
export function transportLoader({ sessionOf, now }: TransportLoaderOptions): LoaderClass {
  return class TransportLoader implements Loader<LoaderContext> {
    context: LoaderContext | null = null;
    // hls.js hands out the stats before it calls load(), and reads them while the load is running.
    stats: LoaderStats = new LoadStats();
    readonly #config: HlsConfig;
    readonly #controller = new AbortController();
    #callbacks: LoaderCallbacks<LoaderContext> | undefined;
    #response: Response | null = null;
    /** When the attempt under way began, and what was held by then. */
    #attemptMs: number | undefined;
    #carriedBytes = 0;
    /** Loads what belongs to no pathway. */
    #plain: Loader<LoaderContext> | undefined;

    constructor(config: HlsConfig) {
      this.#config = config;
    }

    load(
      context: LoaderContext,
      configuration: LoaderConfiguration,
      callbacks: LoaderCallbacks<LoaderContext>,
    ): void {
      if (this.context !== null) throw new Error("A loader can only be used once");
      this.context = context;
      if (isOthers(context, this.#config)) {
        this.#plain = hlsOwnLoader(this.#config);
        this.stats = this.#plain.stats;
        this.#plain.load(context, configuration, callbacks);
        return;
      }
      this.#callbacks = callbacks;
      this.stats.loading.start = now();
      const session = sessionOf(this.#config);
      const { url, cmcd } = splitCmcd(context.url);
      session
        .load(
          {
            url,
            kind: kindOf(context),
            range: rangeOf(context),
            headers: context.headers ?? {},
            signal: this.#controller.signal,
            onProgress: (progress) => this.#follow(progress),
            fetch: (input, init) =>
              session.fetch({ ...context, url: withCmcd(String(input), cmcd) }, init),
          },
          this.#controller,
        )
        .then(
          (delivery) => this.#read(context, delivery, session.deliveries),
          (error: unknown) => this.#fail(context, error),
        );
    }

    abort(): void {
      this.#plain?.abort();
      const callbacks = this.#callbacks;
      this.destroy();
      if (callbacks === undefined || this.context === null) return;
      this.stats.aborted = true;
      callbacks.onAbort?.(this.stats, this.context, this.#response);
    }

    destroy(): void {
      this.#plain?.destroy();
      this.#callbacks = undefined;
      this.#controller.abort();
    }

    getCacheAge(): number | null {
      return cacheAgeOf(this.#response);
    }

    getResponseHeader(name: string): string | null {
      if (this.#plain !== undefined) return this.#plain.getResponseHeader?.(name) ?? null;
      return this.#response?.headers.get(name) ?? null;
    }

    /**
     * As if the attempt under way were all there is: what an earlier one had brought is not of its pace, and
     * hls.js would take a host for quick that was slow, and hold on to a rendition for too long.
     */
    #follow({ startedMs, firstByteMs, receivedBytes, sizeBytes }: DeliveryProgress): void {
      const { stats } = this;
      if (startedMs !== this.#attemptMs) this.#carriedBytes = receivedBytes;
      this.#attemptMs = startedMs;
      stats.loading.start = startedMs;
      stats.loading.first = firstByteMs ?? 0;
      stats.loaded = Math.max(0, receivedBytes - this.#carriedBytes);
      stats.total = Math.max(0, (sizeBytes ?? 0) - this.#carriedBytes);
    }

    #read(context: LoaderContext, delivery: Delivery, deliveries: Deliveries): void {
      let data: ArrayBuffer | string | object;
      try {
        data = dataOf(context, delivery.body);
      } catch (error) {
        this.#fail(context, error);
        return;
      }
      if (this.#callbacks === undefined) return;
      noteDelivery(context, delivery, deliveries);
      this.#succeed(this.#callbacks, context, delivery, data);
    }

    #succeed(
      callbacks: LoaderCallbacks<LoaderContext>,
      context: LoaderContext,
      { url, body, response, transferMs, firstByteAfterMs }: Delivery,
      data: ArrayBuffer | string | object,
    ): void {
      const { stats } = this;
      const endMs = now();
      stats.loading.start = endMs - transferMs;
      stats.loading.first = stats.loading.start + firstByteAfterMs;
      stats.loading.end = endMs;
      stats.loaded = body.byteLength;
      stats.total = stats.loaded;
      this.#response = response;
      // Where hls.js would begin before the end, it gets all in one piece: no byte of a body goes to the
      // decoder before the whole has been found to be in order.
      if (typeof data === "string" || data instanceof ArrayBuffer) {
        callbacks.onProgress?.(stats, context, data, response);
      }
      // It may have turned away at that.
      if (this.#callbacks === undefined) return;
      this.#callbacks = undefined;
      callbacks.onSuccess({ url, data, code: response.status }, stats, context, response);
    }

    /** Whatever went wrong, a mistake of ours included: hls.js must not wait for ever. */
    #fail(context: LoaderContext, error: unknown): void {
      const callbacks = this.#callbacks;
      if (callbacks === undefined) return;
      this.#callbacks = undefined;
      this.stats.loading.end = now();
      const isMissing = error instanceof UnavailableError;
      const text = isMissing ? error.message : `Cannot load ${context.url}: ${String(error)}`;
      callbacks.onError({ code: isMissing ? error.status : 0, text }, context, null, this.stats);
    }
  };
}

/** An ad too: hls.js plays each asset of an interstitial with an hls.js of its own, and goes on when that fails. */
function isOthers({ type }: LoaderContext, { assetPlayerId }: HlsConfig): boolean {
  return PLAIN_TYPES.has(type) || assetPlayerId !== undefined;
}

/** A page says how to fetch by `fetchSetup`, of which the loader that hls.js takes by itself does not know. */
function hlsOwnLoader(config: HlsConfig): Loader<LoaderContext> {
  const { loader: Usual } = Hls.DefaultConfig;
  return config.fetchSetup === undefined ? new Usual(config) : new FetchLoader(config);
}

function kindOf(context: LoaderContext): ResourceKind {
  switch (context.type) {
    case LoaderContextType.MANIFEST:
      return "multivariant-playlist";
    case LoaderContextType.LEVEL:
    case LoaderContextType.AUDIO_TRACK:
    case LoaderContextType.SUBTITLE_TRACK:
      return "media-playlist";
    case LoaderContextType.MEDIA_FRAGMENT:
      return isOfCaptions(context) ? "captions" : "segment";
    case LoaderContextType.KEY:
      return "key";
    default:
      return "other";
  }
}

function isOfCaptions(context: LoaderContext): boolean {
  return (context as Partial<FragmentLoaderContext>).frag?.type === PlaylistLevelType.SUBTITLE;
}

/** hls.js' `rangeEnd` is exclusive. */
function rangeOf({ rangeStart, rangeEnd }: LoaderContext): ByteRange | undefined {
  return rangeEnd ? { first: rangeStart ?? 0, last: rangeEnd - 1 } : undefined;
}

function dataOf({ responseType }: LoaderContext, body: ArrayBuffer): ArrayBuffer | string | object {
  if (responseType === "arraybuffer") return body;
  const text = new TextDecoder().decode(body);
  return responseType === "json" ? (JSON.parse(text) as object) : text;
}

function noteDelivery(
  context: LoaderContext,
  { pathway, begunOn }: Delivery,
  deliveries: Deliveries,
): void {
  // A key's context names the fragment, too.
  if (context.type !== LoaderContextType.MEDIA_FRAGMENT) return;
  if ("frag" in context && typeof context.frag === "object" && context.frag !== null) {
    deliveries.set(context.frag, { pathway, begunOn });
  }
}
