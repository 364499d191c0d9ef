/**
 * One client of a crowd: a bare socket that asks for one object and reads it as fast as it comes, or
 * at a rate of its own.
 *
 * Thousands of these fit into one process because a body is never kept: it is read into one buffer
 * that all share, counted, and hashed for a few of them only.
 */
import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";
import { newAnswerReader } from "./answer-reader.ts";

export type CrowdClient = {
  /** Resolves when the connection stands, or is refused. */
  readonly connected: Promise<void>;
  /** Resolves when the whole body is there, or when it can no longer come. */
  readonly over: Promise<ClientOutcome>;
  ask(): void;
  /** For a client that reads at a rate: lets it read once more into the buffer. */
  readOn(): void;
  leave(): void;
};

export type ClientOutcome = {
  readonly firstByteAtMs: number | undefined;
  readonly overAtMs: number;
  readonly bodyBytes: number;
  /** Hexadecimal; of those clients that were to hash. */
  readonly sha256: string | undefined;
  /** Why the body did not come whole. */
  readonly flaw: string | undefined;
};

export type ClientWishes = {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly hashes: boolean;
  /** Its size is the most that is read at once. */
  readonly buffer: Buffer;
  readonly reads: "as-it-comes" | "when-told";
};

export function newCrowdClient(wishes: ClientWishes, now: () => number): CrowdClient {
  const { host, port, path, buffer, reads } = wishes;
  const hash = wishes.hashes ? createHash("sha256") : undefined;
  const { promise: connected, resolve: isConnected } = Promise.withResolvers<void>();
  const { promise: over, resolve: end } = Promise.withResolvers<ClientOutcome>();
  let bodyBytes = 0;
  let firstByteAtMs: number | undefined;

  const finish = (flaw: string | undefined) => {
    const sha256 = flaw === undefined ? hash?.digest("hex") : undefined;
    end({ firstByteAtMs, overAtMs: now(), bodyBytes, sha256, flaw });
    isConnected();
    socket.destroy();
  };
  const reader = newAnswerReader({
    onBody: (bytes) => {
      firstByteAtMs ??= now();
      bodyBytes += bytes.length;
      hash?.update(bytes);
    },
    onEnd: () => finish(undefined),
  });

  const socket: Socket = connect({
    host,
    port,
    onread: {
      buffer,
      callback: (length, bytes) => {
        const flaw = reader.take(Buffer.from(bytes.buffer, bytes.byteOffset, length));
        if (flaw !== undefined) finish(flaw);
        // One piece for each client in turn: else who has much to read keeps the others' first
        // bytes waiting, and the server is blamed for it.
        if (reads === "as-it-comes") setImmediate(() => socket.resume());
        return false;
      },
    },
  });
  socket.once("connect", isConnected);
  socket.once("error", ({ message }) => finish(message));
  socket.once("close", () => finish("closed before the end"));
  return {
    connected,
    over,
    ask: () => socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`),
    readOn: () => socket.resume(),
    leave: () => finish(undefined),
  };
}
