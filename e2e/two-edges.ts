/**
 * A page of somebody else's that plays with the package as it is built, and two plain web servers that carry
 * the same film: nothing of steering, appliances or the site is in it.
 *
 * Both servers are reached over one link of the viewer's, which can be made slow; each can become a black
 * hole, connections that are open included.
 */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build, type Rolldown } from "vite";

const ROOT = join(import.meta.dirname, "..");
const FILM = join(ROOT, "media", "titles", "four-hundred-miles-of-evening");
const HLS = createRequire(import.meta.url).resolve("hls.js/dist/hls.mjs");
const LINK_STEP_MS = 20;

export type Edge = "a" | "b";

type Sending = { readonly edge: Edge; readonly response: ServerResponse; rest: Buffer };

export class TwoEdges {
  /** Of what the page asked the edges for, with who was asked first. */
  readonly asked: string[] = [];
  /** Of the viewer's link; undefined is as fast as can be. */
  linkBytesPerSecond: number | undefined;
  readonly #blackHoles = new Set<Edge>();
  readonly #servers: Server[] = [];
  readonly #ports = new Map<Edge | "page", number>();
  readonly #link = setInterval(() => this.#send(), LINK_STEP_MS);
  #sending: Sending[] = [];
  #player = "";

  static async start(): Promise<TwoEdges> {
    const edges = new TwoEdges();
    edges.#player = await buildPlayer();
    await edges.#listen("page", (path, response) => edges.#answerPage(path, response));
    for (const edge of ["a", "b"] as const) {
      await edges.#listen(edge, (path, response) => edges.#answerFilm(edge, path, response));
    }
    return edges;
  }

  /** The page that runs `script`, a module that may import hls.js and understudy. */
  pageUrl(page: string): string {
    return `${this.#urlOf("page")}/${page}.html`;
  }

  /** The film's playlist as it lies on an edge: without pathways. */
  plain(edge: Edge): string {
    return `${this.#urlOf(edge)}/master.m3u8`;
  }

  /** One that lists both edges as pathways, with steering that prefers the first. */
  get steered(): string {
    return `${this.#urlOf("page")}/steered.m3u8`;
  }

  hostOf(edge: Edge): string {
    return `127.0.0.1-${this.#ports.get(edge)}`;
  }

  breaks(edge: Edge): void {
    this.#blackHoles.add(edge);
  }

  heals(edge: Edge): void {
    this.#blackHoles.delete(edge);
  }

  async close(): Promise<void> {
    clearInterval(this.#link);
    for (const server of this.#servers) {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    }
  }

  #urlOf(name: Edge | "page"): string {
    return `http://127.0.0.1:${this.#ports.get(name)}`;
  }

  async #listen(
    name: Edge | "page",
    answer: (path: string, response: ServerResponse, range: string | undefined) => Promise<void>,
  ): Promise<void> {
    const server = createServer(async (request, response) => {
      response.setHeader("access-control-allow-origin", "*");
      response.setHeader("access-control-allow-headers", "*");
      response.setHeader("access-control-expose-headers", "content-range, age");
      const { pathname, search } = new URL(request.url ?? "/", "http://edge.invalid");
      if (name !== "page") this.asked.push(`${name} ${pathname}${search}`);
      if (request.method === "OPTIONS") response.end();
      else await answer(pathname, response, request.headers.range);
    });
    this.#servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    this.#ports.set(name, (server.address() as AddressInfo).port);
  }

  async #answerPage(path: string, response: ServerResponse): Promise<void> {
    const files: Readonly<Record<string, () => Promise<Buffer | string> | string>> = {
      "text/javascript /hls.mjs": () => readFile(HLS),
      "text/javascript /understudy.js": () => this.#player,
      "application/vnd.apple.mpegurl /steered.m3u8": () => this.#steeredPlaylist(),
      "application/json /steer": () => STEERING,
      [`text/html ${path}`]: () =>
        readFile(join(import.meta.dirname, "players", path.slice("/".length))),
    };
    const [key = ""] = Object.keys(files).filter((each) => each.endsWith(` ${path}`));
    const [type = ""] = key.split(" ");
    try {
      const body = await files[key]?.();
      response.writeHead(200, { "content-type": type }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  }

  async #steeredPlaylist(): Promise<string> {
    const lines = (await readFile(join(FILM, "master.m3u8"), "utf8")).split("\n");
    const listed = (["a", "b"] as const).flatMap((edge) =>
      lines.flatMap((line) => {
        if (line.startsWith("#EXT-X-MEDIA:")) {
          return line
            .replace('"sound"', `"${edge}"`)
            .replace('URI="', `URI="${this.#urlOf(edge)}/`);
        }
        if (line.startsWith("#EXT-X-STREAM-INF:")) {
          return `${line.replace('"sound"', `"${edge}"`)},PATHWAY-ID="${edge}"`;
        }
        return line.endsWith(".m3u8") ? `${this.#urlOf(edge)}/${line}` : [];
      }),
    );
    const steering = '#EXT-X-CONTENT-STEERING:SERVER-URI="/steer",PATHWAY-ID="a"';
    return [...lines.slice(0, 3), steering, ...listed, ""].join("\n");
  }

  async #answerFilm(edge: Edge, path: string, response: ServerResponse): Promise<void> {
    // A black hole takes the request and never answers it.
    if (this.#blackHoles.has(edge)) return;
    const rest = await readFile(join(FILM, path)).catch(() => undefined);
    if (rest === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-length": rest.byteLength });
    const sending = { edge, response, rest };
    this.#sending.push(sending);
    response.once("close", () => {
      this.#sending = this.#sending.filter((other) => other !== sending);
    });
  }

  /** One step's share of the link for every answer under way. */
  #send(): void {
    const open = this.#sending.filter(({ edge }) => !this.#blackHoles.has(edge));
    const linkBytes =
      ((this.linkBytesPerSecond ?? Number.POSITIVE_INFINITY) * LINK_STEP_MS) / 1_000;
    for (const sending of open) {
      const { response, rest } = sending;
      const share = Math.min(rest.byteLength, Math.ceil(linkBytes / open.length));
      sending.rest = rest.subarray(share);
      if (sending.rest.byteLength > 0) response.write(rest.subarray(0, share));
      else response.end(rest.subarray(0, share));
    }
  }
}

const STEERING = JSON.stringify({ VERSION: 1, TTL: 300, "PATHWAY-PRIORITY": ["a", "b"] });

/** As `npm run build:player` makes it for pages that have hls.js already. */
async function buildPlayer(): Promise<string> {
  const result = await build({
    configFile: join(ROOT, "player", "vite.config.ts"),
    mode: "module",
    logLevel: "error",
    build: { write: false },
  });
  const [{ output }] = (Array.isArray(result) ? result : [result]) as [Rolldown.RolldownOutput];
  return output[0].code;
}
