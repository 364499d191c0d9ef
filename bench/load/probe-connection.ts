/** One kept-alive connection: sends one request after another, and keeps none of what it reads. */
import { once } from "node:events";
import { connect } from "node:net";
import { newAnswerReader } from "./answer-reader.ts";

export type ProbeConnection = {
  /** One at a time. `answered` is told what was wrong, if anything; the connection is closed then. */
  ask(path: string, answered: (flaw: string | undefined) => void): void;
  /** The same with a whole request, as it goes over the wire. */
  send(request: string, answered: (flaw: string | undefined) => void): void;
  close(): void;
};

const READ_BYTES = 256 * 1024;
/** All connections read into it: it is done with before another one reads. */
const BUFFER = Buffer.alloc(READ_BYTES);

export async function openProbeConnection(url: string): Promise<ProbeConnection> {
  const { hostname, port, host } = new URL(url);
  let answered: ((flaw: string | undefined) => void) | undefined;
  const finish = (flaw: string | undefined) => {
    const told = answered;
    answered = undefined;
    if (flaw !== undefined) socket.destroy();
    told?.(flaw);
  };
  const reader = newAnswerReader({ onBody: () => {}, onEnd: () => finish(undefined) });
  const socket = connect({
    host: hostname,
    port: Number(port),
    noDelay: true,
    onread: {
      buffer: BUFFER,
      callback: (length, bytes) => {
        const flaw = reader.take(Buffer.from(bytes.buffer, bytes.byteOffset, length));
        if (flaw !== undefined) finish(flaw);
        return true;
      },
    },
  });
  await once(socket, "connect");
  socket.on("error", ({ message }) => finish(message));
  socket.on("close", () => finish("the server closed the connection"));
  const send: ProbeConnection["send"] = (request, whenAnswered) => {
    answered = whenAnswered;
    socket.write(request);
  };
  return {
    ask: (path, whenAnswered) =>
      send(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, whenAnswered),
    send,
    close() {
      answered = undefined;
      socket.destroy();
    },
  };
}
