/**
 * The answers that the server hands out, where Node's own lack something: the edge writes to them as to
 * any other, and need not know which protocol a client speaks, nor that sending is paced.
 */
import { once } from "node:events";
import { ServerResponse } from "node:http";
import { Http2ServerResponse, type ServerHttp2Stream } from "node:http2";
import { type BodySink, PacedBody } from "../capacity/paced-body.ts";
import type { Pacer } from "../capacity/pacer.ts";

/** Says, as an answer of HTTP/1.1 does, whether the client is gone, and where it was cut off. */
export class EdgeHttp2Response extends Http2ServerResponse {
  override destroy(): this {
    breakOff(this.stream);
    return this;
  }
}

/**
 * Ends a stream of which not all has been sent. Without an error, Node would reset it as one that is well
 * (RFC 9113 §7), and a client that was told no length would take what it has got for the whole.
 */
export function breakOff(stream: ServerHttp2Stream): void {
  stream.destroy(new Error("The answer broke off"));
}

// Node's types have these as fields, and a field cannot be overridden by an accessor.
Object.defineProperty(EdgeHttp2Response.prototype, "destroyed", {
  get(this: EdgeHttp2Response) {
    return this.stream.destroyed;
  },
});

/** Answers of HTTP/1.1 that wait for their turn. */
export function pacedResponse(pacer: Pacer): typeof ServerResponse {
  class PacedResponse extends ServerResponse {
    readonly paced = new PacedBody(
      pacer,
      sinkOf(this, {
        write: (bytes) => super.write(bytes),
        end: (bytes) => super.end(bytes),
      }),
    );

    override write(piece: unknown, encoding?: unknown): boolean {
      return this.paced.write(bytesOf(piece, encoding));
    }

    override end(piece?: unknown, encoding?: unknown): this {
      this.paced.end(lastBytesOf(piece, encoding));
      return this;
    }
  }
  needsDrainWhilePaced(PacedResponse.prototype, ServerResponse.prototype);
  return PacedResponse as typeof ServerResponse;
}

/** The same for HTTP/2. */
export function pacedHttp2Response(pacer: Pacer): typeof Http2ServerResponse {
  class PacedHttp2Response extends EdgeHttp2Response {
    readonly paced = new PacedBody(
      pacer,
      sinkOf(this, {
        write: (bytes) => super.write(bytes),
        end: (bytes) => {
          // Node's `end` of HTTP/2 writes by calling `write`, which is ours.
          if (bytes !== undefined) super.write(bytes);
          super.end();
        },
      }),
    );

    override write(piece: unknown, encoding?: unknown): boolean {
      return this.paced.write(bytesOf(piece, encoding));
    }

    override end(piece?: unknown, encoding?: unknown): this {
      this.paced.end(lastBytesOf(piece, encoding));
      return this;
    }
  }
  needsDrainWhilePaced(PacedHttp2Response.prototype, Http2ServerResponse.prototype);
  return PacedHttp2Response as typeof Http2ServerResponse;
}

/** Whoever writes is told to wait while something of theirs waits for its turn. */
function needsDrainWhilePaced(prototype: { readonly paced: PacedBody }, base: object): void {
  Object.defineProperty(prototype, "writableNeedDrain", {
    get(this: { readonly paced: PacedBody }) {
      return this.paced.isWaiting || Reflect.get(base, "writableNeedDrain", this);
    },
  });
}

function sinkOf(
  response: ServerResponse | EdgeHttp2Response,
  { write, end }: Pick<BodySink, "write" | "end">,
): BodySink {
  return {
    write,
    end,
    isGone: () => response.destroyed,
    taken: async () => {
      if (response.destroyed) return;
      const waiting = new AbortController();
      const { signal } = waiting;
      await Promise.race([
        once(response, "drain", { signal }),
        once(response, "close", { signal }),
      ]).finally(() => waiting.abort());
    },
    onEmpty: () => response.emit("drain"),
  };
}

/** `end` may be called with nothing but a callback, which nobody here does; it is not a body. */
function lastBytesOf(piece: unknown, encoding: unknown): Buffer | undefined {
  return piece === undefined || typeof piece === "function" ? undefined : bytesOf(piece, encoding);
}

function bytesOf(piece: unknown, encoding: unknown): Buffer {
  if (Buffer.isBuffer(piece)) return piece;
  if (typeof piece === "string") {
    return Buffer.from(piece, encoding === "latin1" ? encoding : "utf8");
  }
  if (piece instanceof Uint8Array) return Buffer.from(piece);
  throw new TypeError("A body is written in bytes or text");
}
