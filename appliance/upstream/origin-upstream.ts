/**
 * The one origin that the appliance fills from, over a bounded pool of connections.
 *
 * Paths are only ever appended to the origin's base address, so no request can lead anywhere else.
 */
import type { IncomingHttpHeaders } from "node:http";
import { type Dispatcher, Pool } from "undici";
import type { HeaderFields } from "../core/response-headers.ts";
import type { Upstream, UpstreamCall, UpstreamFailure, UpstreamReceiver } from "./upstream.ts";

export type UpstreamPolicy = {
  readonly connections: number;
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
  /** Longest silence in the middle of a body. */
  readonly bodyTimeoutMs: number;
  readonly maxHeaderBytes: number;
};

export type OriginUpstreamOptions = { readonly origin: URL; readonly policy: UpstreamPolicy };

export function openOriginUpstream({ origin, policy }: OriginUpstreamOptions): Upstream {
  const basePath = origin.pathname.replace(/\/$/, "");
  const pool = new Pool(origin.origin, {
    connections: policy.connections,
    connectTimeout: policy.connectTimeoutMs,
    headersTimeout: policy.headersTimeoutMs,
    bodyTimeout: policy.bodyTimeoutMs,
    maxHeaderSize: policy.maxHeaderBytes,
    allowH2: false,
  });
  return {
    url: origin.href,
    call: (request, receiver) => {
      const call = new OriginCall(receiver);
      pool.dispatch(
        { method: request.method, path: basePath + request.target, headers: request.fields },
        call,
      );
      return call;
    },
    close: () => pool.destroy(),
  };
}

class OriginCall implements UpstreamCall, Dispatcher.DispatchHandler {
  readonly #receiver: UpstreamReceiver;
  #controller: Dispatcher.DispatchController | undefined;
  #isAborted = false;
  #isOver = false;

  constructor(receiver: UpstreamReceiver) {
    this.#receiver = receiver;
  }

  hold(): void {
    this.#controller?.pause();
  }

  goOn(): void {
    if (this.#controller?.paused) this.#controller.resume();
  }

  abort(): void {
    this.#isAborted = true;
    if (!this.#isOver) this.#controller?.abort(new Error("no longer needed"));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isAborted) controller.abort(new Error("no longer needed"));
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    // 1xx answers announce the real one.
    if (status >= 200) this.#receiver.onHead(status, joinFields(headers));
  }

  onResponseData(_: Dispatcher.DispatchController, bytes: Buffer): void {
    if (!this.#isAborted) this.#receiver.onBytes(bytes);
  }

  onResponseEnd(): void {
    this.#isOver = true;
    this.#receiver.onEnd();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#receiver.onFailure(this.#isAborted ? ABORTED : failureOf(error));
  }
}

const ABORTED: UpstreamFailure = { source: "edge", kind: "aborted", reason: "no longer needed" };

const TIMEOUT_CODES = new Set([
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
]);
const UNREACHABLE_CODES = new Set(["ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH"]);

function failureOf(error: Error): UpstreamFailure {
  const code = "code" in error ? String(error.code) : error.name;
  const kind = TIMEOUT_CODES.has(code)
    ? "timeout"
    : UNREACHABLE_CODES.has(code)
      ? "unreachable"
      : "broken";
  return { source: "origin", kind, reason: code };
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
