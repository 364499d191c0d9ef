/**
 * Answers what is no request at all (malformed, too large, or never finished) as problem details, and
 * ends the connection: where one message ended badly, nobody can say where the next one begins.
 */
import type { Socket } from "node:net";
import { PROBLEM_CONTENT_TYPE, problemDetails } from "./problem-details.ts";

type Refusal = { readonly status: number; readonly phrase: string; readonly code: string };

const MALFORMED: Refusal = { status: 400, phrase: "Bad Request", code: "BAD_REQUEST" };
const REFUSALS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    phrase: "Request Header Fields Too Large",
    code: "HEADER_TOO_LARGE",
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, phrase: "Content Too Large", code: "TOO_LARGE" },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, phrase: "Request Timeout", code: "REQUEST_TIMEOUT" },
};

/** Fastify's `clientErrorHandler`. */
export function answerUnreadable(error: Error & { readonly code?: string }, socket: Socket): void {
  // Whoever has reset the connection hears nothing any more.
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, phrase, code } = REFUSALS[error.code ?? ""] ?? MALFORMED;
  const body = JSON.stringify(problemDetails(status, code));
  socket.end(
    `HTTP/1.1 ${status} ${phrase}\r\nconnection: close\r\ncontent-type: ${PROBLEM_CONTENT_TYPE}\r\n` +
      `cache-control: no-store\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    // What it goes on sending is of no interest.
    () => socket.destroy(),
  );
}
