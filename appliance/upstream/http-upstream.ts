/**
 * One HTTP server that the appliance asks, over a bounded pool of connections.
 *
 * Paths are only ever appended to the server's base address, and redirects are passed on rather than
 * followed, so no request and no answer can lead anywhere else.
 */
import type { IncomingHttpHeaders } from "node:http";
import { buildConnector, type Dispatcher, Pool } from "undici";
import type { HeaderFields } from "../core/response-headers.ts";
import { STALE_CONNECTION } from "../core/upstream/judge-call.ts";
import {
  ABORTED,
  type Upstream,
  type UpstreamCall,
  type UpstreamFailure,
  type UpstreamReceiver,
} from "./upstream.ts";

export type HttpUpstreamPolicy = {
  readonly connections: number;
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
  /** Longest silence in the middle of a body. */
  readonly bodyTimeoutMs: number;
  readonly maxHeaderBytes: number;
};

export type HttpUpstreamOptions = { readonly url: URL; readonly policy: HttpUpstreamPolicy };

export function openHttpUpstream({ url, policy }: HttpUpstreamOptions): Upstream {
  const basePath = url.pathname.replace(/\/$/, "");
  const wire: Wire = { isBreaking: false, breaksAfterUse: new WeakSet() };
  const pool = new Pool(url.origin, {
    connections: policy.connections,
    connect: connectorFor(wire, policy),
    headersTimeout: policy.headersTimeoutMs,
    bodyTimeout: policy.bodyTimeoutMs,
    maxHeaderSize: policy.maxHeaderBytes,
    allowH2: false,
  });
  return {
    url: url.href,
    call: ({ method, target, fields, body }, receiver) => {
      // In absolute form a target would name a server of its own (RFC 9112 §3.2.2).
      if (!target.startsWith("/")) throw new RangeError(`A target begins with "/": ${target}`);
      const call = new HttpCall(receiver, wire);
      pool.dispatch(
        {
          method: method as Dispatcher.HttpMethod,
          path: basePath + target,
          headers: fields,
          body: body ?? null,
        },
        call,
      );
      return call;
    },
    close: () => pool.destroy(),
  };
}

type Wire = {
  /** True while a connection's error is being told to whom it concerns. */
  isBreaking: boolean;
  /** The errors of connections that had brought an answer before. */
  readonly breaksAfterUse: WeakSet<Error>;
};

/**
 * A body whose length nobody announced ends with its connection, and undici takes a reset for such an
 * end. A reset is no end (RFC 9112 §8), so connections say when they break; undici hears it after us.
 */
function connectorFor(wire: Wire, policy: HttpUpstreamPolicy): buildConnector.connector {
  const connect = buildConnector({ timeout: policy.connectTimeoutMs, allowH2: false });
  return (options, callback) =>
    connect(options, (...outcome) => {
      const [, socket] = outcome;
      socket?.on("error", (error) => {
        if (socket.bytesRead > 0) wire.breaksAfterUse.add(error);
        wire.isBreaking = true;
        queueMicrotask(() => {
          wire.isBreaking = false;
        });
      });
      callback(...outcome);
    });
}

class HttpCall implements UpstreamCall, Dispatcher.DispatchHandler {
  readonly #receiver: UpstreamReceiver;
  readonly #wire: Wire;
  #controller: Dispatcher.DispatchController | undefined;
  #isHeld = false;
  #isBeingAnswered = false;
  #isAborted = false;
  #isOver = false;

  constructor(receiver: UpstreamReceiver, wire: Wire) {
    this.#receiver = receiver;
    this.#wire = wire;
  }

  hold(): void {
    this.#isHeld = true;
    this.#controller?.pause();
  }

  goOn(): void {
    this.#isHeld = false;
    // It parses one connection at a time, and this may be said in the midst of another one's bytes.
    queueMicrotask(() => {
      if (!this.#isHeld && !this.#isOver && this.#controller?.paused) this.#controller.resume();
    });
  }

  abort(): void {
    this.#isAborted = true;
    if (!this.#isOver) this.#controller?.abort(new Error("no longer needed"));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isHeld) controller.pause();
    if (this.#isAborted) controller.abort(new Error("no longer needed"));
  }

  /** The first byte of an answer, or of one that announces it. */
  onResponseStarted(): void {
    this.#isBeingAnswered = true;
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    // They announce the real one.
    if (status < 200) {
      this.#receiver.onInterim?.(status, joinFields(headers));
      return;
    }
    this.#receiver.onHead(status, joinFields(headers));
  }

  onResponseData(_: Dispatcher.DispatchController, bytes: Buffer): void {
    if (!this.#isAborted) this.#receiver.onBytes(bytes);
  }

  onResponseEnd(): void {
    this.#isOver = true;
    if (this.#wire.isBreaking) this.#receiver.onFailure(RESET);
    else this.#receiver.onEnd();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#receiver.onFailure(this.#failureOf(error));
  }

  #failureOf(error: Error): UpstreamFailure {
    if (this.#isAborted) return ABORTED;
    const reason = "code" in error ? String(error.code) : error.name;
    const isLate = LOST_CODES.has(reason) && this.#wire.breaksAfterUse.has(error);
    if (isLate && !this.#isBeingAnswered) {
      return { source: "origin", kind: "broken", reason: STALE_CONNECTION };
    }
    return { source: "origin", kind: kindOf(reason), reason };
  }
}

const RESET: UpstreamFailure = { source: "origin", kind: "broken", reason: "ECONNRESET" };

const TIMEOUT_CODES = new Set([
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "ETIMEDOUT",
]);
const UNREACHABLE_CODES = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

/** How a connection ends that was closed, or cut, just as it was taken up again. */
const LOST_CODES = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"]);

function kindOf(code: string): UpstreamFailure["kind"] {
  if (TIMEOUT_CODES.has(code)) return "timeout";
  return UNREACHABLE_CODES.has(code) ? "unreachable" : "broken";
}

/** `Set-Cookie` alone may not be joined with a comma (RFC 9110 §5.3); it gets a line of its own. */
function joinFields(headers: IncomingHttpHeaders): HeaderFields {
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    const separator = name === "set-cookie" ? "\n" : ", ";
    fields[name] = Array.isArray(value) ? value.join(separator) : value;
  }
  return fields;
}
