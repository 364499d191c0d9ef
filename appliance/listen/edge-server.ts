/**
 * The server that viewers connect to: HTTP/1.1 in the clear, or HTTP/2 and HTTP/1.1 over TLS, within
 * limits on connections, headers and patience.
 */
import { createServer, type RequestListener, type Server, ServerResponse } from "node:http";
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import type { Pacer } from "../capacity/pacer.ts";
import type { SlowReadingPolicy } from "../core/slow-reading.ts";
import {
  breakOff,
  EdgeHttp2Response,
  pacedHttp2Response,
  pacedResponse,
} from "./response-classes.ts";
import { SlowReaders } from "./slow-readers.ts";
import type { TlsMaterial } from "./tls-files.ts";

export type ListenPolicy = {
  readonly maxHeaderBytes: number;
  /** More fields than any browser sends; who sends more is refused. */
  readonly maxFields: number;
  /** A header must have come within this time, */
  readonly headersTimeoutMs: number;
  /** and a request with its body within this; both are looked at every so often. */
  readonly requestTimeoutMs: number;
  readonly checkTimeoutsEveryMs: number;
  /** How long a connection may wait for its next request. */
  readonly keepAliveMs: number;
  readonly maxConnections: number;
  /** A household, an office and a mobile carrier's gateway each look like one address. */
  readonly maxConnectionsPerAddress: number;
  readonly handshakeTimeoutMs: number;
  /** Of HTTP/2, for one connection at a time. */
  readonly maxStreams: number;
  /**
   * What may wait for the client of one connection of HTTP/2 before its further requests are refused:
   * Node's own limit is less than one large object. The bytes are those of the cache, not copies.
   */
  readonly maxSessionMegabytes: number;
  readonly slowReading: SlowReadingPolicy;
};

export type EdgeServerOptions = {
  readonly policy: ListenPolicy;
  /** Without it, the server speaks in the clear. */
  readonly tls: TlsMaterial | undefined;
  /** Whose turn it is to send; undefined where nothing limits what is sent. */
  readonly pacer: Pacer | undefined;
};

export type ConnectionCounts = {
  readonly open: number;
  /** Turned away since the start, because there were too many. */
  readonly refused: number;
  /** Cut off since the start, because they read too slowly. */
  readonly cutOff: number;
};

export class EdgeServer {
  readonly #policy: ListenPolicy;
  readonly #tls: TlsMaterial | undefined;
  readonly #pacer: Pacer | undefined;
  readonly #connections = new Set<Socket>();
  readonly #perAddress = new Map<string, number>();
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #slowReaders: SlowReaders;
  #secureServer: Http2SecureServer | undefined;
  #refused = 0;
  #isDraining = false;

  constructor({ policy, tls, pacer }: EdgeServerOptions) {
    this.#policy = policy;
    this.#tls = tls;
    this.#pacer = pacer;
    this.#slowReaders = new SlowReaders(policy.slowReading);
  }

  get isSecure(): boolean {
    return this.#tls !== undefined;
  }

  counts(): ConnectionCounts {
    return {
      open: this.#connections.size,
      refused: this.#refused,
      cutOff: this.#slowReaders.cutOff,
    };
  }

  /** Makes the server that calls `listener` for each request. */
  make(listener: RequestListener): Server {
    const server =
      this.#tls === undefined ? this.#clear(listener) : this.#secure(listener, this.#tls);
    server.maxConnections = this.#policy.maxConnections;
    server.on("drop", () => {
      this.#refused += 1;
    });
    server.on("connection", (socket: Socket) => this.#accept(socket));
    return server;
  }

  /** Answers new connections with a renewed certificate; those that are open keep theirs. */
  renew(tls: TlsMaterial): void {
    this.#secureServer?.setSecureContext({ ...tls, minVersion: OLDEST_TLS });
  }

  /**
   * Lets load move away: nobody is refused, and who is connected is asked to connect anew, where another
   * node may be chosen. HTTP/1.1 is told with the next answer (RFC 9112 §9.6), HTTP/2 at once, by a notice
   * that ends no request (RFC 9113 §6.8).
   */
  setDraining(isDraining: boolean): void {
    this.#isDraining = isDraining;
    if (isDraining) for (const session of this.#sessions) announceEnd(session);
  }

  tick(nowMs: number): void {
    this.#slowReaders.tick(nowMs);
  }

  /** Ends every connection, whatever is going on. */
  closeAll(): void {
    for (const socket of this.#connections) socket.destroy();
  }

  #clear(listener: RequestListener): Server {
    const options = { ...this.#httpOptions(), ServerResponse: this.#http1Response() };
    const server = createServer(options, listener);
    server.on("connection", (socket) => this.#watchSocket(socket));
    return server;
  }

  #secure(listener: RequestListener, tls: TlsMaterial): Server {
    const policy = this.#policy;
    const server = createSecureServer(
      {
        ...this.#httpOptions(),
        ...tls,
        minVersion: OLDEST_TLS,
        allowHTTP1: true,
        Http1ServerResponse: this.#http1Response(),
        Http2ServerResponse: this.#pacer ? pacedHttp2Response(this.#pacer) : EdgeHttp2Response,
        handshakeTimeout: policy.handshakeTimeoutMs,
        maxSessionMemory: policy.maxSessionMegabytes,
        settings: {
          maxConcurrentStreams: policy.maxStreams,
          maxHeaderListSize: policy.maxHeaderBytes,
        },
      },
      // Node's answers of HTTP/2 have the face of those of HTTP/1.1, but not their type.
      listener as unknown as Parameters<typeof createSecureServer>[1],
    );
    this.#secureServer = server;
    server.on("secureConnection", (socket) => {
      this.#track(socket);
      // What waits for a client of HTTP/2 waits in its streams.
      if (socket.alpnProtocol !== "h2") this.#watchSocket(socket);
    });
    server.on("stream", (stream) => {
      this.#slowReaders.watch(stream, () => breakOff(stream));
      // A client may leave without calling it an error; Node would wait for ever to send the rest.
      stream.once("aborted", () => stream.destroy());
    });
    server.on("session", (session) => {
      this.#sessions.add(session);
      session.once("close", () => this.#sessions.delete(session));
      session.setTimeout(policy.keepAliveMs, () => session.close());
      if (this.#isDraining) session.once("stream", () => announceEnd(session));
    });
    return server as unknown as Server;
  }

  #http1Response(): typeof ServerResponse {
    return this.#pacer === undefined ? ServerResponse : pacedResponse(this.#pacer);
  }

  #httpOptions() {
    const policy = this.#policy;
    return {
      maxHeaderSize: policy.maxHeaderBytes,
      headersTimeout: policy.headersTimeoutMs,
      requestTimeout: policy.requestTimeoutMs,
      connectionsCheckingInterval: policy.checkTimeoutsEveryMs,
      keepAliveTimeout: policy.keepAliveMs,
      noDelay: true,
    };
  }

  #accept(socket: Socket): void {
    const address = socket.remoteAddress ?? "";
    const open = this.#perAddress.get(address) ?? 0;
    if (open >= this.#policy.maxConnectionsPerAddress) {
      this.#refused += 1;
      socket.destroy();
      return;
    }
    this.#perAddress.set(address, open + 1);
    socket.once("close", () => {
      const left = (this.#perAddress.get(address) ?? 1) - 1;
      if (left === 0) this.#perAddress.delete(address);
      else this.#perAddress.set(address, left);
    });
    if (this.#tls === undefined) this.#track(socket);
  }

  #watchSocket(socket: Socket): void {
    this.#slowReaders.watch(socket, () => socket.destroy());
  }

  #track(socket: Socket): void {
    this.#connections.add(socket);
    socket.once("close", () => this.#connections.delete(socket));
  }
}

const OLDEST_TLS = "TLSv1.2";
const NO_ERROR = 0;
/** Says that every request under way, and those already on their way, will be answered. */
const LAST_STREAM_OF_ALL = 2 ** 31 - 1;

function announceEnd(session: ServerHttp2Session): void {
  if (!session.closed && !session.destroyed) session.goaway(NO_ERROR, LAST_STREAM_OF_ALL);
}
