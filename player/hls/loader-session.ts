/**
 * All that one hls.js instance loads: a transport for the title that it plays, and a note of who delivered
 * each of its fragments.
 *
 * Another title is another transport, since pathways, steering and the story of the play belong to a title;
 * what is known of the hosts outlives it.
 */
import {
  Events,
  type default as Hls,
  type HlsConfig,
  type LoaderContext,
  LoaderContextType,
} from "hls.js";
import type { PlayerEvents } from "../contract/player-events.ts";
import type { FailoverPolicy } from "../contract/player-options.ts";
import type { EndedAttempt } from "../core/reports/ended-attempt.ts";
import type { Reporter, ReporterOptions } from "../report/reporter.ts";
import type { Delivery, TransportRequest } from "../transport/delivery.ts";
import { FailoverTransport } from "../transport/failover-transport.ts";
import type { HostRecords } from "../transport/host-records.ts";
import { bufferedAheadSeconds } from "./buffered-ahead.ts";
import { keepCacheAge } from "./keep-cache-age.ts";

export type LoaderSessionOptions = {
  /** URLs of one multivariant playlist, best first; another one is found where it is asked for. */
  readonly sources: readonly string[];
  readonly policy: FailoverPolicy;
  readonly hosts: HostRecords;
  /** What a relative URL is relative to, as it is for the page's own requests. */
  readonly base: () => string | undefined;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly wallNow: () => number;
  readonly random: () => number;
  readonly isOnline?: () => boolean;
  /** There is something to watch over: the loop has to run. */
  readonly onAwake: (session: LoaderSession) => void;
  readonly onClosed: (session: LoaderSession) => void;
};

/** Who delivered a fragment. */
export type FragmentDelivery = {
  readonly pathway: string;
  readonly begunOn: string | undefined;
};

export type ReportedWorld = Pick<
  ReporterOptions,
  "fetch" | "now" | "wallNow" | "random" | "steeringUri"
>;

type Emit = <Name extends keyof PlayerEvents>(name: Name, detail: PlayerEvents[Name]) => void;

/** What is taken to be in hand where nobody shows us the video: neither a hurry nor a feast. */
const ASSUMED_BUFFER_SECONDS = 6;
/** Reports are there soon after the first playlist, or never. */
const MAX_UNREPORTED = 64;
/** A session that no page has attached ends with its hls.js, of which it does not hear. */
const IDLE_AFTER_MS = 30_000;
/** What hls.js did not ask for, as its `fetchSetup` wants it described. */
const OURS = { type: LoaderContextType.MEDIA_FRAGMENT, responseType: "arraybuffer" };

export class LoaderSession {
  readonly deliveries = new WeakMap<object, FragmentDelivery>();
  /** Where the events go. */
  emit: Emit = () => undefined;
  /** What else the loop is to drive. */
  onTick: (nowMs: number) => void = () => undefined;
  readonly #options: LoaderSessionOptions;
  readonly #config: HlsConfig;
  readonly #underWay = new Set<AbortController>();
  #transport: FailoverTransport;
  #hls: Hls | undefined;
  #lastLoadMs: number | undefined;
  #hasDelivered = false;
  #isClosed = false;
  #reporter: Reporter | undefined;
  /** What came of attempts before there was anybody to tell. */
  #unreported: EndedAttempt[] = [];

  constructor(config: HlsConfig, options: LoaderSessionOptions) {
    this.#config = config;
    // That a segment is called otherwise than before is no error here: another pathway's playlist says so.
    config.ignorePlaylistParsingErrors = true;
    this.#options = options;
    this.#transport = this.#transportFor(options.sources);
  }

  get transport(): Pick<FailoverTransport, "snapshot" | "reject"> {
    return this.#transport;
  }

  get policy(): FailoverPolicy {
    return this.#options.policy;
  }

  get now(): () => number {
    return this.#options.now;
  }

  get reporter(): Reporter | undefined {
    return this.#reporter;
  }

  /** What is seen is reported from here on, and what the first attempts came to with it. */
  report(start: (world: ReportedWorld) => Reporter): void {
    if (this.#isClosed) return;
    const reporter = start({ ...this.#options, steeringUri: () => this.#transport.steeringUri });
    this.#reporter = reporter;
    for (const ended of this.#unreported) reporter.noteAttempt(ended);
    this.#unreported = [];
  }

  /** Looks at the video that `hls` plays on, and ends when `hls` is destroyed. */
  follow(hls: Hls): void {
    if (this.#hls !== undefined)
      throw new TypeError("Cannot attach: this hls.js is attached already");
    if (this.#isClosed) throw new TypeError("Cannot attach: the failover loader is destroyed");
    this.#hls = hls;
    keepCacheAge(this.#config);
    hls.once(Events.DESTROYING, () => this.close());
    this.#options.onAwake(this);
  }

  bufferSeconds(): number {
    if (this.#isClosed) return 0;
    const media = this.#hls?.media;
    if (media != null) return bufferedAheadSeconds(media);
    return this.#hls === undefined && this.#hasDelivered ? ASSUMED_BUFFER_SECONDS : 0;
  }

  /** @throws {DOMException} once the controller or the session has aborted it; otherwise as the transport. */
  async load(asked: TransportRequest, controller: AbortController): Promise<Delivery> {
    if (!this.#isClosed) this.#options.onAwake(this);
    if (this.#isClosed) throw new DOMException("The failover loader is destroyed", "AbortError");
    this.#lastLoadMs = this.#options.now();
    this.#transport.wake();
    const request = { ...asked, url: this.#absolute(asked.url) };
    if (request.kind === "multivariant-playlist") this.#begin(request.url);
    this.#underWay.add(controller);
    try {
      const delivery = await this.#transport.load(request);
      if (request.kind === "segment") this.#hasDelivered = true;
      return delivery;
    } finally {
      this.#underWay.delete(controller);
    }
  }

  /** Fetches as the page has told hls.js to: with its cookies, say, or signed. */
  async fetch(context: LoaderContext, init: RequestInit = {}): Promise<Response> {
    const { fetchSetup } = this.#config;
    if (fetchSetup === undefined) return this.#options.fetch(context.url, init);
    const request = await fetchSetup(context, { ...init, headers: new Headers(init.headers) });
    // The page may have left out what every watchdog hangs on, and what keeps the browser's cache out of it.
    const { signal = request.signal, cache = request.cache } = init;
    return this.#options.fetch(request, { signal, cache });
  }

  tick(nowMs: number): void {
    this.#transport.tick(nowMs);
    this.onTick(nowMs);
    this.#reporter?.tick(nowMs);
  }

  /** Nothing has been asked for in a while, and nobody is there who would say that it is over. */
  isIdle(nowMs: number): boolean {
    const isQuiet = nowMs - (this.#lastLoadMs ?? nowMs) >= IDLE_AFTER_MS;
    return this.#hls === undefined && this.#underWay.size === 0 && isQuiet;
  }

  rest(): void {
    this.#transport.rest();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#reporter?.close();
    this.#isClosed = true;
    this.#end();
    this.emit = () => undefined;
    this.onTick = () => undefined;
    this.#hls = undefined;
    this.#options.onClosed(this);
  }

  /** hls.js asks for the playlist as the page wrote it. What is absolute stays so: a signature may cover it. */
  #absolute(url: string): string {
    return URL.canParse(url) ? url : new URL(url, this.#options.base()).href;
  }

  #begin(url: string): void {
    const { sources } = this.#options;
    this.#end();
    this.#hasDelivered = false;
    // hls.js spells a URL in its own way.
    const isOneOfThem = sources.includes(new URL(url).href);
    this.#transport = this.#transportFor(isOneOfThem ? sources : [url]);
  }

  #noteAttempt(ended: EndedAttempt): void {
    if (this.#reporter !== undefined) this.#reporter.noteAttempt(ended);
    else if (this.#unreported.length < MAX_UNREPORTED) this.#unreported.push(ended);
  }

  #end(): void {
    for (const controller of this.#underWay) controller.abort();
    this.#transport.close();
  }

  #transportFor(sources: readonly string[]): FailoverTransport {
    const { fetchSetup } = this.#config;
    return new FailoverTransport({
      ...this.#options,
      sources,
      // Probes and steering's questions are of nobody's making but ours; the page's way of fetching is for them too.
      ...(fetchSetup && {
        fetch: (input, init) => this.fetch({ ...OURS, url: String(input) }, init),
      }),
      // Played at twice the rate, the buffer lasts half as long.
      bufferSeconds: () => this.bufferSeconds() / Math.max(1, this.#hls?.media?.playbackRate ?? 1),
      emit: (name, detail) => this.emit(name, detail),
      onAttempt: (ended) => this.#noteAttempt(ended),
      label: (request, about) => this.#reporter?.label(request, about) ?? request,
    });
  }
}
