/**
 * One play of a page whose player is not ours: answers the player's requests by the failover transport,
 * and tells the page what happens.
 *
 * The player is shown one pathway and no steering, as hls.js is, so that there is one brain. A body is
 * given out once it is whole: what has been passed on could not be taken back when another pathway turns
 * out to hold different bytes.
 */
import type { ByteRange } from "../../kernel/byte-range.ts";
import { DEFAULT_FAILOVER_POLICY } from "../contract/player-options.ts";
import type { OpenSession, ToPage, WorkerSnapshot } from "../contract/worker-messages.ts";
import { HLS_OR_DASH, isMpd, showMpd } from "../core/place/mpd-presentation.ts";
import { splitDirectives } from "../core/place/playlist-directives.ts";
import { type Pathway, type Presentation, withAbsoluteUris } from "../core/place/presentation.ts";
import { moveClock, type SavedPlay } from "../core/play/saved-play.ts";
import { writeAnswerHead } from "../core/worker/answer-head.ts";
import { isOnWatch, type WatchPolicy } from "../core/worker/judge-watch.ts";
import { type NamedResource, NamedResources } from "../core/worker/named-resources.ts";
import { bufferSecondsNow, type ToldBuffer } from "../core/worker/told-buffer.ts";
import { splitCmcd, withCmcd } from "../hls/cmcd-query.ts";
import { type Delivery, UnavailableError } from "../transport/delivery.ts";
import { FailoverTransport } from "../transport/failover-transport.ts";
import { respondBegun } from "./begun-answer.ts";
import { FirstBytes } from "./first-bytes.ts";
import { PageErrand } from "./page-errand.ts";

export type SessionPolicy = {
  readonly watch: WatchPolicy;
  /** What a page has in hand that does not say so. */
  readonly assumedBufferSeconds: number;
  readonly snapshotEveryMs: number;
  /** A request that brings nothing for so long is ended: no player waits longer. */
  readonly silentLongestMs: number;
};

export type World = {
  readonly fetch: typeof fetch;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly wallNow: () => number;
  readonly random: () => number;
};

export type WorkerSessionOptions = World & {
  readonly session: OpenSession;
  readonly clientId: string;
  readonly policy: SessionPolicy;
  readonly tell: (message: ToPage) => void;
  /** A media playlist has passed. */
  readonly onPlaylist: (url: string, text: string) => void;
};

/** What was read of the sources. */
type Opened = { readonly text: string; readonly url: string; readonly presentation: Presentation };

export class WorkerSession {
  readonly #options: WorkerSessionOptions;
  readonly #transport: FailoverTransport;
  readonly #names = new NamedResources();
  readonly #firstBytes = new FirstBytes();
  #opened: Opened | undefined;
  #buffer: (ToldBuffer & { readonly atMs: number }) | undefined;
  /** How the page makes its requests: what is asked besides has to be made likewise. */
  #manner: RequestInit = {};
  #headers: Readonly<Record<string, string>> = {};
  readonly #underWay = new Map<string, PageErrand>();
  readonly #sinceMs: number;
  #lastAskedMs: number | undefined;
  #isClosed = false;
  #hasToldStray = false;
  #told = { snapshot: "", atMs: 0 };

  constructor(options: WorkerSessionOptions) {
    this.#options = options;
    const { session, policy, now, tell } = options;
    this.#sinceMs = now();
    this.#transport = new FailoverTransport({
      ...options,
      sources: session.sources,
      policy: { ...DEFAULT_FAILOVER_POLICY, ...session.failover },
      format: HLS_OR_DASH,
      onOpened: ({ text, url }, presentation) => {
        this.#opened = { text, url, presentation };
      },
      fetch: (input, init) => this.#fetchUnasked(String(input), init),
      bufferSeconds: () => bufferSecondsNow(this.#buffer, policy.assumedBufferSeconds, now()),
      emit: (name, detail) =>
        tell({
          understudy: "event",
          id: this.id,
          name,
          detail,
          snapshot: this.snapshot(),
        } as ToPage),
    });
  }

  get id(): string {
    return this.#options.session.id;
  }

  get clientId(): string {
    return this.#options.clientId;
  }

  get session(): OpenSession {
    return this.#options.session;
  }

  /** Since its last request, or since this worker knows of it. */
  get idleMs(): number {
    return this.#options.now() - (this.#lastAskedMs ?? this.#sinceMs);
  }

  /** Whether the page has done with it, and nothing is under way any more. */
  get isOver(): boolean {
    return this.#isClosed && this.#underWay.size === 0;
  }

  /** What the URL means in this play; undefined for what is none of its. */
  find(url: string): NamedResource | undefined {
    if (this.#isClosed) return undefined;
    const named = this.#names.find(url);
    if (named !== undefined) return named;
    const { url: bare } = splitCmcd(url.replace(/#.*$/s, ""));
    const isSource = this.session.sources.includes(bare);
    return isSource ? { kind: "multivariant-playlist", url: bare } : undefined;
  }

  /** Answers a request for something that `find()` has found. */
  async answer(
    request: Request,
    resource: NamedResource,
    range: ByteRange | undefined,
  ): Promise<Response> {
    const errand = this.#errandFor(request, resource, range);
    const onCancel = errand.join(request.signal);
    try {
      const begun = await errand.begun();
      const { delivery } = errand;
      if (begun !== undefined) return respondBegun({ ...begun, range, delivery, onCancel });
      return this.#respond(resource, range, await delivery);
    } catch (error) {
      // What exists nowhere is the player's to deal with, as it would have been without us.
      if (error instanceof UnavailableError) return new Response(null, { status: error.status });
      if (errand.isGivenUp) return new Response(null, { status: 504 });
      throw error;
    }
  }

  /** Before anything has been asked for, it may be that this is what was meant to be: the page is told once. */
  noteStray(url: string): void {
    const hasBegun = this.#lastAskedMs !== undefined || this.#opened !== undefined;
    if (hasBegun || this.#isClosed || this.#hasToldStray) return;
    this.#hasToldStray = true;
    this.#options.tell({ understudy: "stray", id: this.id, url, snapshot: this.snapshot() });
  }

  noteBuffer(told: ToldBuffer): void {
    this.#buffer = { ...told, atMs: this.#options.now() };
  }

  tick(nowMs: number): void {
    const { silentLongestMs, snapshotEveryMs } = this.#options.policy;
    this.#transport.tick(nowMs);
    for (const errand of this.#underWay.values()) errand.tick(nowMs, silentLongestMs);
    if (nowMs - this.#told.atMs >= snapshotEveryMs) this.#tellSnapshot(nowMs);
  }

  /** Nobody ticks it until it is asked again. */
  rest(): void {
    this.#transport.rest();
  }

  isOnWatch(nowMs: number): boolean {
    const facts = {
      underWay: this.#underWay.size,
      lastAskedMs: this.#isClosed ? undefined : this.#lastAskedMs,
      isAnyAvoided: this.snapshot().pathways.some(({ state }) => state !== "well"),
    };
    return isOnWatch(facts, this.#options.policy.watch, nowMs);
  }

  snapshot(): WorkerSnapshot {
    return this.#transport.snapshot();
  }

  /** On the wall clock, which goes on when this worker does not. */
  save(): SavedPlay {
    return moveClock(this.#transport.save(), this.#options.wallNow() - this.#options.now());
  }

  restore(play: SavedPlay, playlists: ReadonlyMap<string, string>): void {
    this.#transport.restore(moveClock(play, this.#options.now() - this.#options.wallNow()));
    if (this.#opened !== undefined) this.#learnManifest(this.#opened);
    for (const [url, text] of playlists) {
      this.#transport.learnPlaylist(url, text);
      this.#names.learn(url, text, this.#base);
    }
  }

  /** No more requests of this play are answered; those under way still are. */
  close(): void {
    this.#isClosed = true;
  }

  /** Once it is over. */
  end(): void {
    this.#transport.close();
  }

  /** A player that asks again for what is under way gets that. */
  #errandFor(request: Request, resource: NamedResource, range: ByteRange | undefined): PageErrand {
    const { credentials, referrer, referrerPolicy } = request;
    const manner: RequestInit = { credentials, referrer, referrerPolicy };
    this.#manner = manner;
    this.#lastAskedMs = this.#options.now();
    this.#transport.wake();
    const name = `${resource.url} ${range?.first}-${range?.last}`;
    const underWay = this.#underWay.get(name);
    if (underWay !== undefined) return underWay;
    const { fetch, now } = this.#options;
    const headers = headersOf(request);
    this.#headers = headers;
    const { cmcd } = splitCmcd(request.url);
    const { kind, url } = resource;
    const firstAt = kind === "segment" ? (range?.first ?? 0) : undefined;
    const errand = new PageErrand({
      now,
      firstAt,
      isLikelyFirst: (byte) => firstAt !== 0 || this.#firstBytes.isLikely(url, byte),
      fetch: (input, init) => fetch(withCmcd(String(input), cmcd), { ...manner, ...init }),
      load: (terms) => this.#transport.load({ ...resource, ...terms, range, headers }),
    });
    this.#underWay.set(name, errand);
    const end = () => this.#underWay.delete(name);
    errand.delivery.then(({ body }) => {
      end();
      if (firstAt === 0) this.#firstBytes.note(url, body);
    }, end);
    return errand;
  }

  #respond(resource: NamedResource, range: ByteRange | undefined, delivery: Delivery): Response {
    const shown = this.#shown(resource, delivery);
    const body = shown === undefined ? delivery.body : new TextEncoder().encode(shown).buffer;
    const { status, headers } = writeAnswerHead({
      range,
      sizeBytes: body.byteLength,
      isRewritten: shown !== undefined,
      received: delivery.response.headers,
    });
    // A response of our own has no URL, so that of the request counts: the player resolves what the body
    // names against the name that it knows, and not against the pathway that happened to answer.
    return new Response(body, { status, headers: headers.map(([name, value]) => [name, value]) });
  }

  /** Learns from a playlist what it names. What the player is shown in its place, if anything. */
  #shown({ kind, url }: NamedResource, { body }: Delivery): string | undefined {
    if (kind === "multivariant-playlist") {
      return this.#opened && this.#learnManifest(this.#opened);
    }
    if (kind !== "media-playlist") return undefined;
    const text = new TextDecoder().decode(body);
    if (isMpd(text)) this.#noteManifest();
    this.#names.learn(url, text, this.#base);
    // Of each playlist one is kept, whatever a reload waits for, and of a delta update none.
    if (!/^#EXT-X-SKIP:/m.test(text)) this.#options.onPlaylist(splitDirectives(url).url, text);
    if (isMpd(text)) return showMpd(text, this.#base ?? url);
    return url === this.#manifestUrl ? withAbsoluteUris(text, url) : undefined;
  }

  #learnManifest({ text, url, presentation }: Opened): string {
    const shown = presentation.playlist;
    const manifestUrl = this.#manifestUrl;
    if (manifestUrl === undefined) {
      this.#names.learn(url, shown);
      return shown;
    }
    this.#noteManifest();
    this.#names.learn(manifestUrl, text, this.#base);
    return isMpd(text) ? shown : withAbsoluteUris(shown, manifestUrl);
  }

  /** Whatever the player calls the manifest, it is refreshed where the pathway has it by now. */
  #noteManifest(): void {
    const { url } = this.#opened ?? {};
    const manifestUrl = this.#manifestUrl;
    if (url === undefined || manifestUrl === undefined) return;
    this.#names.noteManifest(manifestUrl, [...this.session.sources, url]);
  }

  get #first(): Pathway | undefined {
    const { presentation } = this.#opened ?? {};
    return presentation?.pathways.find(({ id }) => id === presentation.first);
  }

  get #base(): string | undefined {
    return this.#first?.base;
  }

  /** Of a manifest that is also what is refreshed: an MPD, or a media playlist given directly. */
  get #manifestUrl(): string | undefined {
    if (this.#opened?.text.includes("#EXT-X-STREAM-INF:") === true) return undefined;
    const [url] = this.#first?.playlists.values() ?? [];
    return url;
  }

  /**
   * For what the player has not asked for. Whoever wants the page's ticket with each request wants it with a
   * probe, too; steering is not the page's affair.
   */
  #fetchUnasked(url: string, init: RequestInit = {}): Promise<Response> {
    if (isSamePath(url, this.#transport.steeringUri)) {
      // DASH calls what it tells a steering server otherwise (ETSI TS 103 998 §6).
      const asked = this.#base === undefined ? url : url.replaceAll(/([?&])_HLS_/g, "$1_DASH_");
      return this.#options.fetch(asked, init);
    }
    const own = Object.fromEntries(new Headers(init.headers));
    const headers = { ...withoutReports(this.#headers), ...own };
    return this.#options.fetch(url, { ...this.#manner, ...init, headers });
  }

  #tellSnapshot(nowMs: number): void {
    const snapshot = this.snapshot();
    const written = JSON.stringify(snapshot);
    const hasChanged = written !== this.#told.snapshot;
    this.#told = { snapshot: written, atMs: nowMs };
    if (hasChanged) this.#options.tell({ understudy: "snapshot", id: this.id, snapshot });
  }
}

function isSamePath(one: string, other: string | undefined): boolean {
  return one.split("?")[0] === other?.split("?")[0];
}

/** The transport writes the range anew for each attempt. */
function headersOf({ headers }: Request): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from(headers).filter(([name]) => name !== "range"));
}

/** What says something of that one request alone: its condition, and its CMCD (CTA-5004 §3.2). */
function withoutReports(
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(?:if-|cmcd-)/.test(name)),
  );
}
