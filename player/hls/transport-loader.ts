/**
 * The failover transport as an hls.js loader, for every kind of request that hls.js makes.
 *
 * hls.js' own timeouts and retries are left aside: they would give up on a host that the transport
 * has long left. What hls.js sees of a failover is a request that took a little longer, and its
 * bandwidth estimate sees only the transfer that succeeded.
 */
import {
  type HlsConfig,
  type Loader,
  type LoaderCallbacks,
  type LoaderConfiguration,
  type LoaderContext,
  LoaderContextType,
  LoadStats,
} from "hls.js";
import type { ByteRange } from "../../kernel/byte-range.ts";
import type { ResourceKind } from "../contract/player-events.ts";
import { type Delivery, type DeliveryProgress, UnavailableError } from "../transport/delivery.ts";
import type { FailoverTransport } from "../transport/failover-transport.ts";

/** Who delivered a fragment. */
export type FragmentDelivery = {
  readonly pathway: string;
  readonly begunOn: string | undefined;
};

export type LoaderClass = new (config: HlsConfig) => Loader<LoaderContext>;

export type TransportLoaderOptions = {
  readonly transport: Pick<FailoverTransport, "load">;
  /** The transport's clock; hls.js wants the timings of `performance.now()`. */
  readonly now: () => number;
  /** Where the loader notes, per fragment object of hls.js, who delivered it. */
  readonly deliveries: WeakMap<object, FragmentDelivery>;
};

/** Makes the class that goes into `new Hls({ loader })`. */
export function transportLoader({
  transport,
  now,
  deliveries,
}: TransportLoaderOptions): LoaderClass {
  return class TransportLoader implements Loader<LoaderContext> {
    context: LoaderContext | null = null;
    // hls.js hands out the stats before it calls load(), and reads them while the load is running.
    readonly stats = new LoadStats();
    readonly #controller = new AbortController();
    #callbacks: LoaderCallbacks<LoaderContext> | undefined;
    #response: Response | null = null;

    load(
      context: LoaderContext,
      _config: LoaderConfiguration,
      callbacks: LoaderCallbacks<LoaderContext>,
    ): void {
      this.context = context;
      this.#callbacks = callbacks;
      this.stats.loading.start = now();
      transport
        .load({
          url: context.url,
          kind: kindOf(context),
          range: rangeOf(context),
          headers: context.headers ?? {},
          signal: this.#controller.signal,
          onProgress: (progress) => this.#follow(progress),
        })
        .then(
          (delivery) => this.#read(context, delivery),
          (error: unknown) => this.#fail(context, error),
        );
    }

    abort(): void {
      const callbacks = this.#callbacks;
      this.destroy();
      if (callbacks === undefined || this.context === null) return;
      this.stats.aborted = true;
      callbacks.onAbort?.(this.stats, this.context, this.#response);
    }

    destroy(): void {
      this.#callbacks = undefined;
      this.#controller.abort();
    }

    getCacheAge(): number | null {
      const age = Number(this.#response?.headers.get("age") ?? Number.NaN);
      return Number.isNaN(age) ? null : age;
    }

    getResponseHeader(name: string): string | null {
      return this.#response?.headers.get(name) ?? null;
    }

    #follow({ startedMs, firstByteMs, receivedBytes, sizeBytes }: DeliveryProgress): void {
      const { stats } = this;
      stats.loading.start = startedMs;
      stats.loading.first = firstByteMs ?? 0;
      stats.loaded = receivedBytes;
      stats.total = sizeBytes ?? 0;
    }

    #read(context: LoaderContext, delivery: Delivery): void {
      let data: ArrayBuffer | string | object;
      try {
        data = dataOf(context, delivery.body);
      } catch (error) {
        this.#fail(context, error);
        return;
      }
      this.#succeed(context, delivery, data);
    }

    #succeed(
      context: LoaderContext,
      delivery: Delivery,
      data: ArrayBuffer | string | object,
    ): void {
      const callbacks = this.#callbacks;
      if (callbacks === undefined) return;
      this.#callbacks = undefined;
      this.#response = delivery.response;
      const { stats } = this;
      const endMs = now();
      stats.loading.start = endMs - delivery.transferMs;
      stats.loading.first = stats.loading.start + delivery.firstByteAfterMs;
      stats.loading.end = endMs;
      stats.loaded = delivery.body.byteLength;
      stats.total = stats.loaded;
      noteDelivery(context, delivery, deliveries);
      callbacks.onSuccess(
        { url: delivery.url, data, code: delivery.response.status },
        stats,
        context,
        delivery.response,
      );
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

function kindOf({ type }: LoaderContext): ResourceKind {
  switch (type) {
    case LoaderContextType.MANIFEST:
      return "multivariant-playlist";
    case LoaderContextType.LEVEL:
    case LoaderContextType.AUDIO_TRACK:
    case LoaderContextType.SUBTITLE_TRACK:
      return "media-playlist";
    case LoaderContextType.MEDIA_FRAGMENT:
      return "segment";
    case LoaderContextType.KEY:
      return "key";
    default:
      return "other";
  }
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
  deliveries: WeakMap<object, FragmentDelivery>,
): void {
  if ("frag" in context && typeof context.frag === "object" && context.frag !== null) {
    deliveries.set(context.frag, { pathway, begunOn });
  }
}
