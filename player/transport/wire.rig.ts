/**
 * A network in which time passes only when the test says so, with a transport on it.
 *
 * Hosts a, b and c carry the same film and the same live channel; `set` makes one of them behave badly
 * from that moment on, answers under way included. With a link of limited speed, bodies take time.
 * `showsTitle` makes the film a real one, whose bytes can be told from damaged ones.
 */
import { createHash } from "node:crypto";
import type { ByteRange } from "../../kernel/byte-range.ts";
import type { PlayerEvents, ResourceKind } from "../contract/player-events.ts";
import { DEFAULT_FAILOVER_POLICY, type FailoverOptions } from "../contract/player-options.ts";
import { titleBody } from "../core/body/media.rig.ts";
import type { Delivery } from "./delivery.ts";
import type { ReportHooks } from "./ended-attempt.ts";
import { FailoverTransport } from "./failover-transport.ts";

export const POLICY = {
  ...DEFAULT_FAILOVER_POLICY,
  dwellJitterMs: 0,
  failbackRampMs: 0,
  overlapBytes: 100,
  probeBytes: 16_384,
  maxBodyBytes: 4 * 1024 * 1024,
};
export const MASTER = "http://steering/master.m3u8";
export const STEERED = `#EXTM3U
#EXT-X-CONTENT-STEERING:SERVER-URI="/steer",PATHWAY-ID="a"
${["a", "b", "c"]
  .map(
    (id) => `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="${id}:sound",NAME="x",URI="http://${id}/audio.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1,PATHWAY-ID="${id}",STABLE-VARIANT-ID="low",AUDIO="${id}:sound"
http://${id}/low.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=2,PATHWAY-ID="${id}",STABLE-VARIANT-ID="high",AUDIO="${id}:sound"
http://${id}/high.m3u8
`,
  )
  .join("")}`;
export const PLAIN = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8\n";
export const SEGMENT = Uint8Array.from({ length: 1_000 }, (_, index) => index % 251);
export const ONE = "http://a/1.m4s";
export const TWO = "http://a/2.m4s";

export const SEGMENT_MS = 2_000;
const FILM_SEGMENTS = 60;
const WINDOW_SEGMENTS = 15;
const STREAM_BYTES: Readonly<Record<string, number>> = {
  low: 42_000,
  high: 120_000,
  audio: 15_000,
};
const TITLE = "a-whale-named-tuesday";
const TITLE_SEGMENTS = 30;
const TITLE_STREAMS: Readonly<Record<string, string>> = {
  low: "video-240",
  high: "video-540",
  audio: "audio",
};
const STEP_MS = 100;

/** What a host does with a request for media; everything else it answers well. */
export type Behaviour =
  | {
      readonly does: "serve";
      readonly segment?: Uint8Array<ArrayBuffer>;
      readonly hides?: string;
      readonly changes?: Damage;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly does: "late"; readonly answer: Promise<Response> }
  | { readonly does: "refuse" | "hang" | "html" }
  | {
      readonly does: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly does: "trickle"; readonly bytesPerSecond: number }
  /** Answers as the test says, a step later; what that is undefined for is answered well. */
  | { readonly does: "answer"; readonly with: (asked: AskedFor) => Response | undefined }
  /** Sends so many bytes (half of them, if not said) and then nothing more, or breaks the connection. */
  | {
      readonly does: "hang-mid" | "cut";
      readonly afterBytes?: number;
      readonly segment?: Uint8Array<ArrayBuffer>;
      readonly changes?: Damage;
    };

/** What happens to a body on the way: digest and all are those of the good one. */
type Damage = (body: Uint8Array<ArrayBuffer>, path: string) => Uint8Array<ArrayBuffer>;

export type AskedFor = {
  readonly path: string;
  readonly range: string | null;
  /** What a good host would send for the whole. */
  readonly body: Uint8Array<ArrayBuffer>;
  readonly signal: AbortSignal | undefined;
};

/** How a host names what it has; without one a stream is `/low.m3u8`, and its segments `low/7.m4s`. */
export type Layout = {
  /** Path and query. */
  readonly playlist: (stream: string) => string;
  /** As written in the playlist. */
  readonly segment: (stream: string, number: number) => string;
  /** What it adds to media sequence numbers. */
  readonly offset?: number;
  /** What it writes before each segment, and at the top. */
  readonly tags?: (stream: string, number: number) => readonly string[];
  readonly head?: readonly string[];
  readonly durations?: (number: number) => number;
};

/** A multivariant playlist of pathways a, b and c, each with its own layout. */
export function masterOf(layouts: ReadonlyMap<string, Layout>): string {
  return STEERED.replace(/http:\/\/(\w)\/(\w+)\.m3u8/g, (url, host: string, stream: string) => {
    const layout = layouts.get(host);
    return layout === undefined ? url : `http://${host}${layout.playlist(stream)}`;
  });
}

type Told = {
  readonly name: keyof PlayerEvents;
  readonly detail: PlayerEvents[keyof PlayerEvents];
};

/** One request as the network saw it. */
export type WireRequest = {
  readonly url: string;
  readonly host: string;
  readonly range: string | undefined;
  readonly atMs: number;
  sentBytes: number;
  isAborted: boolean;
  /** When its last byte was sent. */
  servedMs: number | undefined;
};

/** An answer that is being sent. */
type Sending = {
  readonly host: string;
  readonly request: WireRequest;
  readonly bytes: Uint8Array;
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  sentBytes: number;
};

export class Rig {
  nowMs = 1;
  bufferSeconds = 10;
  random: () => number = () => 0.5;
  /** Length of a step in which the transport's loop wakes. */
  tickMs = STEP_MS;
  /** Of the viewer's link, shared by all that is under way; undefined is as fast as can be. */
  linkBytesPerSecond: number | undefined;
  steering: () => Response | Promise<Response> = () => new Response("down", { status: 503 });
  /** How far behind the live edge a host is. */
  readonly lagMs = new Map<string, number>();
  isLive = false;
  /** The film is one of our titles, in fragmented MP4. */
  showsTitle = false;
  /** Answers carry the digest of the whole. */
  tellsDigest = false;
  /** What every media playlist says besides. */
  playlistLines: readonly string[] = [];
  /** What the browser says of the viewer's own link; without one every request fails at once. */
  isOnline = true;
  saysOffline = false;
  /** The wall clock runs on while the page sleeps; the other one stops on some machines. */
  wallAheadMs = 0;
  /** What stands in the playlist of a path, in place of the film or the channel. */
  readonly playlists = new Map<string, string>();
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  /** A film's low rendition begins with `1.m4s` and `2.m4s`, for tests that look at single requests. */
  hasShortNames = true;
  readonly layouts: ReadonlyMap<string, Layout>;
  /** Where the playlists of a host stand still, or one of them, on its clock. */
  readonly frozenMs = new Map<string, number>();
  /** How much further than its segments a host's playlists are. */
  readonly aheadMs = new Map<string, number>();
  onStep: (stepMs: number) => void = () => undefined;
  readonly told: Told[] = [];
  readonly asked: string[] = [];
  readonly requests: WireRequest[] = [];
  /** For what else is to run on this network. */
  readonly fetch: typeof fetch = (url, init) => this.#answer(String(url), init);
  readonly transport: FailoverTransport;
  readonly #hosts = new Map<string, { readonly behaviour: Behaviour; readonly only: RegExp }>();
  readonly #waiting = new Set<(error: Error) => void>();
  /** The manifest that every source has. */
  master: string;
  #sending: Sending[] = [];
  #due: (() => void)[] = [];
  #lastTickMs = 1;

  constructor(
    sources: readonly string[] = [MASTER],
    master?: string,
    policy: FailoverOptions = {},
    hooks: ReportHooks = {},
    layouts: ReadonlyMap<string, Layout> = new Map(),
  ) {
    this.master = master ?? masterOf(layouts);
    this.layouts = layouts;
    this.hasShortNames = layouts.size === 0;
    this.transport = new FailoverTransport({
      ...hooks,
      sources,
      policy: { ...POLICY, ...policy },
      fetch: this.fetch,
      now: () => this.nowMs,
      wallNow: () => this.nowMs + this.wallAheadMs,
      isOnline: () => this.isOnline && !this.saysOffline,
      random: () => this.random(),
      bufferSeconds: () => this.bufferSeconds,
      digest: async (algorithm, bytes) =>
        new Uint8Array(createHash(algorithm.replace("-", "")).update(bytes).digest()).buffer,
      emit: (name, detail) => this.told.push({ name, detail } as Told),
    });
  }

  /** @param only the paths that it does so with; all others it answers well. */
  set(host: string, behaviour: Behaviour, only = /^/): void {
    this.#hosts.set(host, { behaviour, only });
  }

  load(
    url: string,
    kind: ResourceKind = "segment",
    signal = new AbortController().signal,
    range?: ByteRange,
  ) {
    const loading = this.transport.load({
      url,
      kind,
      range,
      headers: {},
      signal,
      onProgress: () => undefined,
    });
    // A test may look at other things first; a rejection is still seen where it is awaited.
    loading.catch(() => undefined);
    return loading;
  }

  /** Loads and lets as much time pass as that takes; for a link of limited speed. */
  async loads(url: string, kind: ResourceKind, withinMs = 500): Promise<Delivery> {
    const loading = this.load(url, kind);
    await this.pass(withinMs);
    return await loading;
  }

  async open(): Promise<this> {
    await this.load(MASTER, "multivariant-playlist");
    await this.load("http://a/low.m3u8", "media-playlist");
    this.asked.length = 0;
    return this;
  }

  /** Lets time pass in small steps, and everything that hangs on it happen. */
  async pass(ms: number): Promise<void> {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs; ) {
      await settled();
      this.nowMs += STEP_MS;
      this.#send();
      this.onStep(STEP_MS);
      await settled();
      if (this.nowMs - this.#lastTickMs >= this.tickMs) {
        this.#lastTickMs = this.nowMs;
        this.transport.tick(this.nowMs);
      }
    }
    await settled();
  }

  /** The lid is closed for so long: when it opens, every connection is found dead. */
  async sleeps(ms: number, clock: "runs" | "stops" = "runs"): Promise<void> {
    if (clock === "runs") this.nowMs += ms;
    else this.wallAheadMs += ms;
    this.#loseConnections();
    await settled();
  }

  async losesItsLink(): Promise<void> {
    this.isOnline = false;
    this.#loseConnections();
    await settled();
  }

  names(): string[] {
    return this.told.map(({ name }) => name);
  }

  all<Name extends keyof PlayerEvents>(name: Name): readonly PlayerEvents[Name][] {
    return this.told.flatMap((told) =>
      told.name === name ? [told.detail as PlayerEvents[Name]] : [],
    );
  }

  /** The last segment of the live channel that a host has. */
  edgeOf(host: string, atMs = this.nowMs): number {
    return Math.floor((atMs + 60_000 - (this.lagMs.get(host) ?? 0)) / SEGMENT_MS);
  }

  /** From now on the playlists of the host list nothing new; its segments go on. */
  freeze(host: string, stream?: string): void {
    this.frozenMs.set(stream === undefined ? host : `${host} ${stream}`, this.nowMs);
  }

  /** The most that came twice of any one segment, of what was asked for from the given request on. */
  bytesSentAgain(fromRequest = 0): number {
    const sent = new Map<string, number>();
    for (const { url, sentBytes } of this.requests.slice(fromRequest)) {
      const path = new URL(url).pathname;
      if (path.endsWith(".m4s")) sent.set(path, (sent.get(path) ?? 0) + sentBytes);
    }
    const again = [...sent].map(([path, bytes]) => bytes - this.#sizeOf(path));
    return Math.max(0, ...again);
  }

  #sizeOf(path: string): number {
    return STREAM_BYTES[path.split("/")[1] ?? ""] ?? SEGMENT.length;
  }

  #loseConnections(): void {
    for (const sending of [...this.#sending]) {
      this.#end(sending, () => sending.controller.error(new TypeError("network changed")));
    }
    for (const reject of this.#waiting) reject(new TypeError("network changed"));
    this.#waiting.clear();
  }

  #behaviourFor({ host, url }: Pick<WireRequest, "host" | "url">): Behaviour {
    const { behaviour, only } = this.#hosts.get(host) ?? { only: /^/ };
    const isMeant = behaviour !== undefined && only.test(new URL(url).pathname);
    return isMeant ? behaviour : { does: "serve" };
  }

  #answer(url: string, init: RequestInit = {}): Promise<Response> {
    const range = new Headers(init.headers).get("range");
    this.asked.push(range === null ? url : `${url} ${range}`);
    const address = new URL(url);
    const { host, pathname } = address;
    if (!this.isOnline) return Promise.reject(new TypeError("offline"));
    // Chromium fails a request for a part of what the host compresses nevertheless.
    if (range !== null && pathname.endsWith(".m3u8")) return Promise.reject(new TypeError("gzip"));
    if (pathname === "/steer") return Promise.resolve(this.steering());
    const behaviour = this.#behaviourFor({ host, url });
    const signal = init.signal ?? undefined;
    const request: WireRequest = {
      url,
      host,
      range: range ?? undefined,
      atMs: this.nowMs,
      sentBytes: 0,
      isAborted: false,
      servedMs: undefined,
    };
    this.requests.push(request);
    signal?.addEventListener("abort", () => {
      request.isAborted = true;
    });
    switch (behaviour.does) {
      case "refuse":
        return Promise.reject(new TypeError("fetch failed"));
      case "hang":
        return this.#forever(signal);
      case "late":
        return Promise.race([behaviour.answer, this.#forever(signal)]);
      case "html":
        return Promise.resolve(new Response("<html>sorry</html>"));
      case "status":
        return Promise.resolve(
          new Response("no", { status: behaviour.status, headers: behaviour.headers ?? {} }),
        );
      default: {
        const body = this.#bodyOf(host, address, behaviour);
        if (body === undefined) return Promise.resolve(new Response("no", { status: 404 }));
        const asked = { path: pathname, range, body, signal };
        const answer = behaviour.does === "answer" ? behaviour.with(asked) : undefined;
        if (answer !== undefined) return this.#aStepLater(answer);
        const changes = "changes" in behaviour ? behaviour.changes : undefined;
        const sent = changes === undefined ? body : changes(body.slice(), pathname);
        const digest = this.tellsDigest ? digestOf(body) : undefined;
        return Promise.resolve(this.#bodyResponse(request, sent, { signal, digest }));
      }
    }
  }

  #forever(signal: AbortSignal | undefined): Promise<never> {
    return new Promise((_, reject) => {
      this.#waiting.add(reject);
      onAbort(signal, (error) => {
        this.#waiting.delete(reject);
        reject(error);
      });
    });
  }

  /** What a good host sends for a part of the film or channel. */
  goodBody(path: string): Uint8Array<ArrayBuffer> | undefined {
    return this.#bodyOf("", new URL(path, "http://good"), { does: "serve" });
  }

  #bodyOf(host: string, url: URL, behaviour: Behaviour): Uint8Array<ArrayBuffer> | undefined {
    const text = (content: string) => new TextEncoder().encode(content);
    const path = url.pathname;
    if (path === "/master.m3u8") return text(this.master);
    const playlist = this.playlists.get(path);
    if (playlist !== undefined) return text(playlist);
    if (this.layouts.size > 0) {
      const found = this.#placedAt(url.href);
      if (found === undefined) return undefined;
      const { owner, stream, number } = found;
      if (number === undefined) return text(this.#playlistOf(owner, stream));
      return this.#segmentOf(owner, stream, number);
    }
    if (path.endsWith(".m3u8")) return text(this.#playlistOf(host, path.slice(1, -5)));
    if (path === "/key") return new Uint8Array(16).fill(7);
    const file = this.files.get(path);
    if (file !== undefined) return file;
    const [, stream = "", number = ""] = /^\/(\w+)\/(\d+|init)\.m[4p][s4]$/.exec(path) ?? [];
    if (this.showsTitle && stream in TITLE_STREAMS) {
      if (this.isLive && Number(number) > this.edgeOf(host)) return undefined;
      const place = String((Number(number) % TITLE_SEGMENTS) + 1).padStart(5, "0");
      const file = number === "init" ? "init.mp4" : `segment-${place}.m4s`;
      return titleBody(`${TITLE}/${TITLE_STREAMS[stream]}/${file}`);
    }
    if (number !== "") return this.#segmentOf(host, stream, Number(number));
    return ("segment" in behaviour && behaviour.segment) || SEGMENT;
  }

  #segmentOf(host: string, stream: string, number: number): Uint8Array<ArrayBuffer> | undefined {
    if (this.isLive && number > this.edgeOf(host)) return undefined;
    return new Uint8Array(STREAM_BYTES[stream] ?? SEGMENT.length).fill(number % 256);
  }

  /** What stands at this address, and to whose layout it belongs: segments may lie on a third host. */
  #placedAt(url: string): { owner: string; stream: string; number?: number } | undefined {
    for (const [owner, layout] of this.layouts) {
      for (const stream of Object.keys(STREAM_BYTES)) {
        const [first, last] = this.#listedBy(owner, stream);
        const playlist = `http://${owner}${layout.playlist(stream)}`;
        if (url === playlist) return { owner, stream };
        for (let number = first; number <= last; number += 1) {
          if (new URL(layout.segment(stream, number), playlist).href === url) {
            return { owner, stream, number };
          }
        }
      }
    }
    return undefined;
  }

  #listedBy(host: string, stream: string): readonly [first: number, last: number] {
    if (!this.isLive) return [0, FILM_SEGMENTS - 1];
    const frozenMs = this.frozenMs.get(host) ?? this.frozenMs.get(`${host} ${stream}`);
    const atMs = (frozenMs ?? this.nowMs) + (this.aheadMs.get(host) ?? 0);
    const edge = this.edgeOf(host, atMs);
    return [edge - WINDOW_SEGMENTS + 1, edge];
  }

  #playlistOf(host: string, stream: string): string {
    const layout = this.layouts.get(host);
    const [first, last] = this.#listedBy(host, stream);
    const lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:2"];
    lines.push(`#EXT-X-MEDIA-SEQUENCE:${first + (layout?.offset ?? 0)}`, ...(layout?.head ?? []));
    lines.push(...this.playlistLines);
    if (this.showsTitle) lines.push(`#EXT-X-MAP:URI="${stream}/init.mp4"`);
    if (!this.isLive && stream === "low" && this.hasShortNames) {
      lines.push("#EXTINF:2,\n1.m4s\n#EXTINF:2,\n2.m4s");
    }
    for (let number = first; number <= last; number += 1) {
      const seconds = layout?.durations?.(number) ?? SEGMENT_MS / 1_000;
      lines.push(...(layout?.tags?.(stream, number) ?? []), `#EXTINF:${seconds.toFixed(3)},`);
      lines.push(layout?.segment(stream, number) ?? `${stream}/${number}.m4s`);
    }
    if (!this.isLive) lines.push("#EXT-X-ENDLIST");
    return `${lines.join("\n")}\n`;
  }

  #bodyResponse(
    request: WireRequest,
    body: Uint8Array<ArrayBuffer>,
    { signal, digest }: Pick<AskedFor, "signal"> & { readonly digest: string | undefined },
  ): Response {
    const { host, range } = request;
    const [, first = "0", last = ""] = /bytes=(\d+)-(\d*)/.exec(range ?? "") ?? [];
    const bytes = body.slice(Number(first), last === "" ? undefined : Number(last) + 1);
    const headers = new Headers({ "content-length": String(bytes.length) });
    if (range !== undefined) {
      const end = Number(first) + bytes.length - 1;
      headers.set("content-range", `bytes ${first}-${end}/${body.length}`);
    }
    const behaviour = this.#behaviourFor(request);
    if (digest !== undefined) headers.set("repr-digest", digest);
    if (behaviour.does === "serve") {
      const { hides, headers: own = {} } = behaviour;
      for (const [name, value] of Object.entries(own)) headers.set(name, value);
      if (hides !== undefined) headers.delete(hides);
    }
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const sending = { host, request, bytes, controller, sentBytes: 0 };
        this.#sending.push(sending);
        onAbort(signal, (error) => this.#end(sending, () => controller.error(error)));
        if (this.linkBytesPerSecond === undefined) this.#sendTo(sending, bytes.length);
        else if (isHalfway(behaviour)) this.#sendTo(sending, bytes.length);
      },
    });
    return new Response(stream, { status: range === undefined ? 200 : 206, headers });
  }

  #aStepLater(answer: Response): Promise<Response> {
    return new Promise((resolve) => this.#due.push(() => resolve(answer)));
  }

  /** One step's share of the link for every answer under way. */
  #send(): void {
    const linkBytes =
      this.linkBytesPerSecond === undefined
        ? Number.POSITIVE_INFINITY
        : (this.linkBytesPerSecond * STEP_MS) / 1_000;
    const share = Math.ceil(linkBytes / Math.max(1, this.#sending.length));
    for (const answer of this.#due.splice(0)) answer();
    for (const sending of [...this.#sending]) {
      const behaviour = this.#behaviourFor(sending.request);
      const ownBytes =
        behaviour.does === "trickle"
          ? (behaviour.bytesPerSecond * STEP_MS) / 1_000
          : Number.POSITIVE_INFINITY;
      this.#sendTo(sending, Math.min(share, ownBytes));
    }
  }

  #sendTo(sending: Sending, mostBytes: number): void {
    const { request, bytes, controller } = sending;
    const behaviour = this.#behaviourFor(request);
    if (behaviour.does === "hang") return;
    if (behaviour.does === "trickle" && mostBytes > behaviour.bytesPerSecond) return;
    const limit = isHalfway(behaviour)
      ? Math.max(sending.sentBytes, behaviour.afterBytes ?? Math.floor(bytes.length / 2))
      : bytes.length;
    const end = Math.min(limit, sending.sentBytes + mostBytes);
    if (end > sending.sentBytes) controller.enqueue(bytes.slice(sending.sentBytes, end));
    sending.sentBytes = end;
    sending.request.sentBytes = end;
    if (end === bytes.length) sending.request.servedMs ??= this.nowMs;
    if (end === bytes.length) this.#end(sending, () => controller.close());
    else if (behaviour.does === "cut" && end === limit) {
      // What was sent has arrived before the connection breaks.
      setImmediate(() => this.#end(sending, () => controller.error(new TypeError("terminated"))));
    }
  }

  #end(sending: Sending, end: () => void): void {
    if (!this.#sending.includes(sending)) return;
    this.#sending = this.#sending.filter((other) => other !== sending);
    end();
  }
}

function digestOf(body: Uint8Array): string {
  return `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;
}

function isHalfway(
  behaviour: Behaviour,
): behaviour is Extract<Behaviour, { readonly does: "hang-mid" | "cut" }> {
  return behaviour.does === "hang-mid" || behaviour.does === "cut";
}

function onAbort(signal: AbortSignal | undefined, reject: (error: Error) => void): void {
  signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
}

/** Everything that can happen without time passing has happened. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
