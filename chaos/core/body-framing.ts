/**
 * Follows the body of a message to its end (RFC 9112 §6–7), for bytes that come in any pieces.
 *
 * Nothing is copied and content is only counted: a piece of a chunked body is walked chunk by chunk,
 * so a large body costs a few additions per read.
 */

/** What a head says of the body that follows it. */
export type DeclaredBody =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly bytes: number }
  | { readonly kind: "chunked" }
  /** Ends with the connection. */
  | { readonly kind: "until-close" }
  /** What follows is no HTTP, or none that is understood, for the rest of the connection. */
  | { readonly kind: "opaque" };

/** What is still to come of a body. */
export type BodyState =
  | { readonly at: "content"; readonly leftBytes: number }
  /** `line` is what has come of the line that gives the size of the next chunk. */
  | { readonly at: "chunk-size"; readonly line: string }
  | { readonly at: "chunk"; readonly leftBytes: number }
  | { readonly at: "chunk-end"; readonly isAfterReturn: boolean }
  | { readonly at: "trailer"; readonly line: string; readonly leftBytes: number };

export type BodyStep = {
  readonly next: BodyState | "ended" | "broken";
  /** Offset after the last byte of this step. */
  readonly end: number;
  readonly label: "content" | "framing";
};

const CHUNK_SIZE = /^([0-9a-f]{1,12})[ \t]*(?:;.*)?$/i;
const MAX_CHUNK_LINE_BYTES = 4_096;
const MAX_TRAILER_BYTES = 16_384;
const LINE_FEED = 10;
const RETURN = 13;

const NEXT_CHUNK: BodyState = { at: "chunk-size", line: "" };

/** Undefined for a message that ends with its head. */
export function beginBody(declared: DeclaredBody): BodyState | undefined {
  switch (declared.kind) {
    case "none":
      return undefined;
    case "length":
      return { at: "content", leftBytes: declared.bytes };
    case "chunked":
      return NEXT_CHUNK;
    case "until-close":
    case "opaque":
      return { at: "content", leftBytes: Number.POSITIVE_INFINITY };
  }
}

/** Follows `bytes` from `start` as far as they are one thing, content or framing; at least one byte. */
export function advanceBody(
  body: BodyState,
  bytes: Uint8Array,
  start: number,
  end: number,
): BodyStep {
  switch (body.at) {
    case "content": {
      const taken = Math.min(body.leftBytes, end - start);
      const leftBytes = body.leftBytes - taken;
      const next = leftBytes === 0 ? "ended" : ({ at: "content", leftBytes } as const);
      return { next, end: start + taken, label: "content" };
    }
    case "chunk": {
      const taken = Math.min(body.leftBytes, end - start);
      const leftBytes = body.leftBytes - taken;
      const next =
        leftBytes === 0
          ? ({ at: "chunk-end", isAfterReturn: false } as const)
          : ({ at: "chunk", leftBytes } as const);
      return { next, end: start + taken, label: "content" };
    }
    case "chunk-end":
      return advanceChunkEnd(body.isAfterReturn, bytes, start);
    case "chunk-size":
      return advanceChunkSize(body.line, bytes, start, end);
    case "trailer":
      return advanceTrailer(body, bytes, start, end);
  }
}

function advanceChunkEnd(isAfterReturn: boolean, bytes: Uint8Array, start: number): BodyStep {
  const isExpected = bytes[start] === (isAfterReturn ? LINE_FEED : RETURN);
  const next = isAfterReturn ? NEXT_CHUNK : ({ at: "chunk-end", isAfterReturn: true } as const);
  return { next: isExpected ? next : "broken", end: start + 1, label: "framing" };
}

function advanceChunkSize(before: string, bytes: Uint8Array, start: number, end: number): BodyStep {
  const read = readLine(before, bytes, start, end, MAX_CHUNK_LINE_BYTES);
  if (read.kind === "too-long") return { next: "broken", end: read.end, label: "framing" };
  if (read.kind === "part") {
    return { next: { at: "chunk-size", line: read.line }, end: read.end, label: "framing" };
  }
  const size = CHUNK_SIZE.exec(read.line)?.[1];
  const leftBytes = Number.parseInt(size ?? "", 16);
  const next =
    leftBytes > 0
      ? ({ at: "chunk", leftBytes } as const)
      : ({ at: "trailer", line: "", leftBytes: MAX_TRAILER_BYTES } as const);
  return { next: size === undefined ? "broken" : next, end: read.end, label: "framing" };
}

/** Trailer fields up to the empty line that ends the message. */
function advanceTrailer(
  { line, leftBytes }: { readonly line: string; readonly leftBytes: number },
  bytes: Uint8Array,
  start: number,
  end: number,
): BodyStep {
  const read = readLine(line, bytes, start, end, leftBytes);
  const rest = { at: "trailer", leftBytes: leftBytes - (read.end - start) } as const;
  switch (read.kind) {
    case "too-long":
      return { next: "broken", end: read.end, label: "framing" };
    case "part":
      return { next: { ...rest, line: read.line }, end: read.end, label: "framing" };
    case "line":
      if (read.line === "") return { next: "ended", end: read.end, label: "framing" };
      return { next: { ...rest, line: "" }, end: read.end, label: "framing" };
  }
}

type LineRead =
  | { readonly kind: "line"; readonly line: string; readonly end: number }
  | { readonly kind: "part"; readonly line: string; readonly end: number }
  | { readonly kind: "too-long"; readonly end: number };

/** The line that `before` began, without its CRLF. One that ends otherwise is never read as a line. */
function readLine(
  before: string,
  bytes: Uint8Array,
  start: number,
  end: number,
  maxBytes: number,
): LineRead {
  let line = before;
  const limit = Math.min(end, start + maxBytes - before.length);
  for (let at = start; at < limit; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === LINE_FEED && line.endsWith("\r")) {
      return { kind: "line", line: line.slice(0, -1), end: at + 1 };
    }
    line += String.fromCharCode(byte);
  }
  if (line.length >= maxBytes) return { kind: "too-long", end: limit };
  return { kind: "part", line, end: limit };
}
