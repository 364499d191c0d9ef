/**
 * What stands behind one pathway's proxy: the test stream, live or on demand, told truthfully unless it
 * is asked to lie.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { EXPOSED_HEADERS } from "../../../chassis/cross-origin.ts";
import { formatContentRange, selectRange } from "../../../kernel/byte-range.ts";
import type { LabMode, LabPathway } from "../../contract/lab-result.ts";
import type { SourceLie } from "../../core/lab/lab-fault.ts";
import { VOD_SEGMENTS } from "../../core/lab/lab-ladder.ts";
import { mediaPlaylist } from "../../core/lab/lab-playlists.ts";
import { liveWindow, shownSegments } from "../../core/lab/live-window.ts";
import type { LabMedia } from "./lab-media.ts";
import { closeServer, listenBelowEphemeral, listenOn } from "./listening.ts";
import type { ServingLog } from "./serving-log.ts";
import type { SharedLink } from "./shared-link.ts";

export type PathwaySourceOptions = {
  readonly pathway: LabPathway;
  readonly mode: LabMode;
  readonly media: LabMedia;
  readonly link: SharedLink;
  readonly log: ServingLog;
  /** Since the page opened. */
  readonly elapsedSeconds: () => number;
  readonly epochWallMs: () => number;
  /** Where nobody listens. */
  readonly deadUrl: string;
  readonly random: () => number;
};

type Answer = { readonly type: string; readonly body: Uint8Array; readonly etag?: string };
type Asked = {
  readonly kind: "playlist" | "init" | "segment";
  readonly stream: string;
  readonly number: number;
};

const PATH = /^\/([\w-]+)\/(?:(index\.m3u8)|(init\.mp4)|segment-(\d+)\.m4s)$/;
const CORS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": EXPOSED_HEADERS.join(", "),
  "cache-control": "no-store",
};

/** A range that says where it ends, wherever that is: nobody asks so for all of a thing. */
const HAS_END = /-\d+\s*$/;

export class PathwaySource {
  /** What it does to every answer that it can. */
  lie: SourceLie | undefined;
  readonly #options: PathwaySourceOptions;
  #server: Server;
  #port = 0;

  static async open(options: PathwaySourceOptions): Promise<PathwaySource> {
    const source = new PathwaySource(options);
    source.#port = await listenBelowEphemeral(source.#server, options.random);
    return source;
  }

  private constructor(options: PathwaySourceOptions) {
    this.#options = options;
    this.#server = this.#newServer();
  }

  get port(): number {
    return this.#port;
  }

  /** As if its process were killed. */
  async stop(): Promise<void> {
    await closeServer(this.#server);
  }

  /** On the same port. */
  async start(): Promise<void> {
    if (this.#server.listening) return;
    this.#server = this.#newServer();
    await listenOn(this.#server, this.#port);
  }

  #newServer(): Server {
    return createServer((request, response) => this.#answer(request, response));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const [path = ""] = (request.url ?? "").split("?");
    if (request.method === "OPTIONS") {
      response.writeHead(204, { ...CORS, "access-control-allow-headers": "*" }).end();
      return;
    }
    const asked = readPath(path);
    const answer = asked && this.#find(asked);
    if (asked === undefined || answer === undefined) {
      response.writeHead(404, CORS).end();
      return;
    }
    const { body, type, etag } = answer;
    const range = selectRange(request.headers.range, body.length);
    const isLie = this.#mayLie(asked);
    this.#options.log.noteAsked({
      ...asked,
      isLie,
      pathway: this.#options.pathway,
      path,
      sizeBytes: body.length,
      asksForRest: !HAS_END.test(request.headers.range ?? ""),
    });
    if (isLie) {
      this.#options.log.noteTouched(path);
      this.#lieAbout(answer, response);
      return;
    }
    const headers = {
      ...CORS,
      "content-type": type,
      "accept-ranges": "bytes",
      ...(etag && { etag }),
    };
    switch (range.kind) {
      case "whole":
        response.writeHead(200, { ...headers, "content-length": body.length });
        this.#options.link.send(response, body);
        return;
      case "part": {
        const part = body.subarray(range.range.first, range.range.last + 1);
        response.writeHead(206, {
          ...headers,
          "content-length": part.length,
          "content-range": formatContentRange(range.range, body.length),
        });
        this.#options.link.send(response, part);
        return;
      }
      case "unsatisfiable":
        response.writeHead(416, { ...headers, "content-range": `bytes */${body.length}` }).end();
    }
  }

  #find({ kind, stream: id, number }: Asked): Answer | undefined {
    const { media, mode, elapsedSeconds } = this.#options;
    const stream = media.find(id);
    if (stream === undefined) return undefined;
    const type = `${stream.kind}/mp4`;
    switch (kind) {
      case "playlist":
        return { type: "application/vnd.apple.mpegurl", body: Buffer.from(this.#playlist()) };
      case "init":
        return { type, body: media.init(stream), etag: `"${id}-init"` };
      case "segment": {
        const shown = mode === "vod" ? VOD_SEGMENTS : shownSegments(elapsedSeconds());
        if (number >= shown) return undefined;
        return { type, body: media.segment(stream, number), etag: `"${id}-${number}"` };
      }
    }
  }

  #playlist(): string {
    const { mode, elapsedSeconds, epochWallMs } = this.#options;
    if (mode === "vod") return mediaPlaylist({ first: 0, count: VOD_SEGMENTS });
    const isAhead = this.lie === "playlist-ahead";
    return mediaPlaylist({
      ...liveWindow(elapsedSeconds(), { isAhead }),
      live: { epochWallMs: epochWallMs() },
    });
  }

  #mayLie({ kind }: Asked): boolean {
    if (this.lie === undefined) return false;
    if (this.lie === "html-200") return true;
    return kind === (this.lie === "playlist-ahead" ? "playlist" : "segment");
  }

  #lieAbout({ body, type, etag }: Answer, response: ServerResponse): void {
    const headers = {
      ...CORS,
      "content-type": type,
      "accept-ranges": "bytes",
      ...(etag && { etag }),
    };
    const half = Math.floor(body.length / 2);
    const send = (status: number, more: Record<string, string>, bytes: Uint8Array) => {
      response.writeHead(status, { ...headers, "content-length": bytes.length, ...more });
      this.#options.link.send(response, bytes);
    };
    switch (this.lie) {
      case "status-404":
        response.writeHead(404, CORS).end();
        return;
      case "html-200":
        send(200, { "content-type": "text/html" }, Buffer.from(PAGE));
        return;
      case "short-length":
        send(200, {}, body.subarray(0, half));
        return;
      case "corrupt":
        send(
          200,
          {},
          body.map((byte) => byte ^ 0x5a),
        );
        return;
      case "wrong-range": {
        const range = formatContentRange({ first: half, last: body.length - 1 }, body.length);
        send(206, { "content-range": range }, body.subarray(half));
        return;
      }
      case "redirect-dead":
        response.writeHead(302, { ...CORS, location: `${this.#options.deadUrl}/gone` }).end();
        return;
      case "playlist-ahead":
      case undefined:
        send(200, {}, body);
    }
  }
}

const PAGE = "<!doctype html><title>Welcome</title><p>Please sign in to the network.</p>";

function readPath(path: string): Asked | undefined {
  const match = PATH.exec(path);
  if (match === null) return undefined;
  const [, stream = "", playlist, init, number = "0"] = match;
  const kind = playlist === undefined ? (init === undefined ? "segment" : "init") : "playlist";
  return { kind, stream, number: Number(number) };
}
