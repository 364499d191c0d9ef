/**
 * A page without a player and two edges with the same made-up film, for stories in which the page's own
 * script asks as a player would: what a browser does with a worker can be seen without a picture.
 */
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buildPlayerScript } from "./build-player-script.ts";

export const SEGMENT_BYTES = 50_000;
const SEGMENTS = 20;
const MASTER = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=200000\nlow.m3u8\n";

const PAGE = `<!doctype html><title>A page</title>
<script type="module">
  import { registerFailoverWorker } from "/register.js";
  window.register = registerFailoverWorker;
</script>`;

type Asked = { readonly path: string; isOver: boolean };

export class Edge {
  readonly asked: Asked[] = [];
  /** Takes connections and answers nothing. */
  isSilent = false;
  /** How long a segment rests in its middle. */
  pauseMs = 0;
  readonly #server: Server;

  constructor() {
    this.#server = createServer(({ url = "" }, response) => this.#answer(url, response));
  }

  async opens(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get master(): string {
    return `${this.url}/film/master.m3u8`;
  }

  segment(number: number): string {
    return `${this.url}/film/${number}.m4s`;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #answer(path: string, response: ServerResponse): void {
    const asked: Asked = { path, isOver: false };
    this.asked.push(asked);
    response.on("close", () => {
      asked.isOver = true;
    });
    if (this.isSilent) return;
    const body = bodyOf(path);
    response.setHeader("access-control-allow-origin", "*");
    // Without one, a browser keeps the first bytes back to find out what they are.
    response.setHeader("content-type", typeof body === "object" ? "video/mp4" : "text/plain");
    if (typeof body !== "object" || this.pauseMs === 0) {
      response.writeHead(body === undefined ? 404 : 200).end(body);
      return;
    }
    response.writeHead(200, { "content-length": body.length });
    response.write(body.subarray(0, body.length / 2));
    setTimeout(() => response.end(body.subarray(body.length / 2)), this.pauseMs);
  }
}

export class WorkerSite {
  readonly #scripts: ReadonlyMap<string, string>;
  readonly #server: Server;

  private constructor(scripts: ReadonlyMap<string, string>) {
    this.#scripts = scripts;
    this.#server = createServer(({ url = "" }, response) => {
      const script = this.#scripts.get(url);
      const type = script === undefined ? "text/html" : "text/javascript";
      response.writeHead(url.startsWith("/no-") ? 404 : 200, { "content-type": type });
      response.end(script ?? PAGE);
    });
  }

  static async open(): Promise<WorkerSite> {
    const [register, worker] = await Promise.all([
      buildPlayerScript("register"),
      buildPlayerScript("worker"),
    ]);
    const site = new WorkerSite(
      new Map([
        ["/register.js", register],
        ["/understudy-worker.js", worker],
        ["/elsewhere/understudy-worker.js", worker],
        ["/broken-worker.js", "throw new Error('on purpose');"],
      ]),
    );
    site.#server.listen(0, "127.0.0.1");
    await once(site.#server, "listening");
    return site;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

function bodyOf(path: string): string | Buffer | undefined {
  if (path === "/film/master.m3u8") return MASTER;
  if (path === "/film/low.m3u8") {
    const listed = Array.from({ length: SEGMENTS }, (_, number) => `#EXTINF:2,\n${number}.m4s\n`);
    return `#EXTM3U\n#EXT-X-TARGETDURATION:2\n${listed.join("")}#EXT-X-ENDLIST\n`;
  }
  const [, number] = /^\/film\/(\d+)\.m4s$/.exec(path) ?? [];
  if (number === undefined) return undefined;
  const body = Buffer.alloc(SEGMENT_BYTES, Number(number));
  // As the length of an MP4's first box does: what begins otherwise is not announced to the page.
  body[0] = 0;
  return body;
}
