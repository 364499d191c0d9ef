/**
 * Two hosts that carry the same test streams, and a bare page with our player: for stories that need no
 * fleet, but a way of packaging that the fleet's titles do not have.
 *
 * A host goes silent when told, for all paths or for some: what it was sending stops in mid-body, and it
 * accepts what it is asked without a word.
 */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { selectRange } from "../kernel/byte-range.ts";
import { LiveParts } from "./live-parts.ts";

const ROOT = join(import.meta.dirname, "..");
const SEGMENTS = 30;
const NOTHING = /^\b$/;
/** So many bytes at a time, so often: a segment takes a good tenth of a second. */
const PIECE_BYTES = 8_192;
const PIECE_EVERY_MS = 25;
/** How much of the channel there is when it begins. */
const LIVE_AGE_MS = 14_000;
const HOLD_LIMIT_MS = 6_000;
const HOLD_LOOK_EVERY_MS = 20;

/** `own-names` is the live one, and each host names in full what it has. */
export type Stream = "keys" | "ranges" | "captions" | "gap" | "live" | "own-names";
export type Pathway = "primary" | "backup";

type Host = { readonly server: Server; silent: RegExp; readonly asked: string[] };

export class TwoPathways {
  readonly #folder: string;
  readonly #hosts: Readonly<Record<Pathway, Host>>;
  readonly #pages: Server;
  readonly #live: Readonly<Record<string, LiveParts>>;
  #liveSinceMs: number | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#hosts = { primary: this.#host(), backup: this.#host() };
    this.#pages = createServer((request, response) => void this.#page(request, response));
    this.#live = Object.fromEntries(
      ["video", "audio"].map((track) => {
        const text = readFileSync(join(folder, "parts", `${track}.m3u8`), "utf8");
        return [`${track}.m3u8`, new LiveParts(text)];
      }),
    );
  }

  static async start(): Promise<TwoPathways> {
    const folder = await mkdtemp(join(tmpdir(), "understudy-streams-"));
    const script = join(ROOT, "media", "make-test-streams.ts");
    await promisify(execFile)(process.execPath, [script, folder, String(SEGMENTS)]);
    await build({
      configFile: join(ROOT, "player", "vite.config.ts"),
      mode: "global",
      logLevel: "warn",
      build: { outDir: join(folder, "player") },
    });
    const rig = new TwoPathways(folder);
    await Promise.all(rig.#servers.map(listen));
    return rig;
  }

  /** The pathway as the player names it: after its host. */
  idOf(pathway: Pathway): string {
    return `127.0.0.1-${portOf(this.#hosts[pathway].server)}`;
  }

  /** A page that plays the stream as soon as it is opened, with so much media in hand at most. */
  pageOf(stream: Stream, bufferSeconds: number): string {
    const sources = [this.#hosts.primary, this.#hosts.backup].map(
      ({ server }) => `http://127.0.0.1:${portOf(server)}/${stream}/master.m3u8`,
    );
    const query = new URLSearchParams({ src: sources.join(" "), buffer: String(bufferSeconds) });
    return `http://127.0.0.1:${portOf(this.#pages)}/understudy.html?${query}`;
  }

  goesSilent(pathway: Pathway, paths: RegExp): void {
    this.#hosts[pathway].silent = paths;
  }

  heals(pathway: Pathway): void {
    this.#hosts[pathway].silent = NOTHING;
  }

  /** Paths that were asked of the pathway so far, that match. */
  asked(pathway: Pathway, paths: RegExp): readonly string[] {
    return this.#hosts[pathway].asked.filter((path) => paths.test(path));
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#servers.map(async (server) => {
        const closed = once(server, "close");
        server.close();
        server.closeAllConnections();
        await closed;
      }),
    );
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #servers(): readonly Server[] {
    return [this.#hosts.primary.server, this.#hosts.backup.server, this.#pages];
  }

  get #liveAgeMs(): number {
    this.#liveSinceMs ??= performance.now();
    return performance.now() - this.#liveSinceMs + LIVE_AGE_MS;
  }

  #host(): Host {
    const host: Host = {
      server: createServer((request, response) => void this.#answer(host, request, response)),
      silent: NOTHING,
      asked: [],
    };
    return host;
  }

  async #answer(host: Host, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://host");
    host.asked.push(request.url ?? "");
    const [, stream = "", file = ""] = pathname.split("/");
    const isLive = stream === "live" || stream === "own-names";
    const found = isLive
      ? await this.#liveFile(file, searchParams)
      : await this.#file(stream, file);
    const body = stream === "own-names" && found ? namedInFull(found, file, request) : found;
    if (host.silent.test(pathname)) return;
    if (body === undefined) {
      response.writeHead(404, CORS).end();
      return;
    }
    const isText = /\.(m3u8|vtt)$/.test(file);
    const sent = isText ? gzipSync(body) : body;
    const selected = isText ? undefined : selectRange(request.headers.range, body.length);
    const range = selected?.kind === "part" ? selected.range : { first: 0, last: sent.length - 1 };
    response.writeHead(selected?.kind === "part" ? 206 : 200, {
      ...CORS,
      ...(isText ? { "content-encoding": "gzip" } : {}),
      ...(selected?.kind === "part"
        ? { "content-range": `bytes ${range.first}-${range.last}/${body.length}` }
        : {}),
      "content-length": range.last - range.first + 1,
    });
    for (let at = range.first; at <= range.last; at += PIECE_BYTES) {
      if (host.silent.test(pathname) || response.destroyed) return;
      response.write(sent.subarray(at, Math.min(range.last + 1, at + PIECE_BYTES)));
      await delay(PIECE_EVERY_MS);
    }
    response.end();
  }

  /** What does not exist yet is held for a while if it is a playlist, and is not there if it is media. */
  async #liveFile(file: string, asks: URLSearchParams): Promise<Buffer | undefined> {
    const playlist = this.#live[file];
    if (playlist === undefined) {
      const isThere = Object.values(this.#live).every((each) =>
        each.isThere(file, this.#liveAgeMs),
      );
      return isThere ? this.#file("parts", file) : undefined;
    }
    if (asks.has("_HLS_msn")) {
      const segment = Number(asks.get("_HLS_msn"));
      const part = Number(asks.get("_HLS_part") ?? Number.POSITIVE_INFINITY);
      const untilMs = performance.now() + HOLD_LIMIT_MS;
      while (!playlist.lists({ segment, part }, this.#liveAgeMs) && performance.now() < untilMs) {
        await delay(HOLD_LOOK_EVERY_MS);
      }
    }
    return Buffer.from(playlist.playlistAt(this.#liveAgeMs));
  }

  async #file(stream: string, file: string): Promise<Buffer | undefined> {
    if (!/^[\w-]+$/.test(stream) || !/^[\w.-]+$/.test(file)) return undefined;
    return readFile(join(this.#folder, stream, file)).catch(() => undefined);
  }

  async #page({ url = "" }: IncomingMessage, response: ServerResponse): Promise<void> {
    const isScript = url.endsWith("/understudy.js");
    const path = isScript
      ? join(this.#folder, "player", "understudy.iife.js")
      : join(import.meta.dirname, "players", "understudy.html");
    const type = isScript ? "text/javascript" : "text/html";
    response.writeHead(200, { "content-type": type }).end(await readFile(path));
  }
}

/** The playlist with the addresses that its host gives everything. */
function namedInFull(body: Buffer, file: string, { headers: { host } }: IncomingMessage): Buffer {
  if (!/^(?:video|audio)\.m3u8$/.test(file)) return body;
  const base = `http://${host}/own-names/`;
  const text = body.toString().replaceAll(/(^|URI=")(?=(?:video|audio)-)/gm, `$1${base}`);
  return Buffer.from(text);
}

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "content-range",
};

async function listen(server: Server): Promise<void> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
