/**
 * Keeps an answer as its bytes come by, so that it can be given again in another framing.
 *
 * Only what anybody may have in its place is kept: a whole 200, in no coding that a reader might not
 * know. Everything else is given up at once, and what was kept of it with it.
 */
import type { DeclaredBody } from "./body-framing.ts";
import { readFramingFields } from "./framing-fields.ts";
import { advanceMessage, type MessageState, NEW_MESSAGE } from "./message-framing.ts";
import { readResponseHead } from "./response-head.ts";

export type FrozenAnswer = {
  /** Field lines without those that say how the body is framed and how the connection goes on. */
  readonly fields: readonly string[];
  readonly body: Uint8Array;
};

export type Recording =
  | {
      readonly state: "under-way";
      readonly message: MessageState;
      readonly fields: readonly string[];
      readonly pieces: readonly Uint8Array[];
      readonly sizeBytes: number;
    }
  | { readonly state: "whole"; readonly frozen: FrozenAnswer }
  | {
      readonly state: "given-up";
      readonly reason: "not-200" | "coded" | "ends-with-connection" | "not-http" | "too-large";
    };

export type RecordingPolicy = {
  readonly maxHeadBytes: number;
  readonly maxBodyBytes: number;
  /** Each costs memory of its own, however short it is. */
  readonly maxPieces: number;
};

type KeptHead = { readonly status: number; readonly body: DeclaredBody; readonly lines: string[] };

export const NEW_RECORDING: Recording = {
  state: "under-way",
  message: NEW_MESSAGE,
  fields: [],
  pieces: [],
  sizeBytes: 0,
};

/** They say how the body is framed, how the connection goes on, or who the viewer is. */
const NOT_KEPT =
  /^(?:content-length|transfer-encoding|trailer|te|connection|keep-alive|proxy-connection|upgrade|set-cookie)$/i;

/** @param bytes of the answer to a GET, from its first one on. */
export function recordAnswer(
  recording: Recording,
  bytes: Uint8Array,
  policy: RecordingPolicy,
): Recording {
  let next = recording;
  for (let at = 0; at < bytes.length && next.state === "under-way"; ) {
    const step = advanceMessage(next.message, bytes, at, bytes.length, {
      readHead: readKeptHead,
      maxHeadBytes: policy.maxHeadBytes,
    });
    if (step.next.at === "opaque") return { state: "given-up", reason: "not-http" };
    if (step.head !== undefined) {
      const reason = flawOf(step.head);
      if (reason !== undefined) return { state: "given-up", reason };
      next = { ...next, fields: step.head.lines.filter(isKept) };
    }
    const piece = step.label === "content" ? [new Uint8Array(bytes.subarray(at, step.end))] : [];
    const pieces = [...next.pieces, ...piece];
    const sizeBytes = next.sizeBytes + (piece[0]?.length ?? 0);
    if (sizeBytes > policy.maxBodyBytes || pieces.length > policy.maxPieces) {
      return { state: "given-up", reason: "too-large" };
    }
    next = step.isLast
      ? { state: "whole", frozen: { fields: next.fields, body: joined(pieces, sizeBytes) } }
      : { ...next, message: step.next, pieces, sizeBytes };
    at = step.end;
  }
  return next;
}

function readKeptHead([statusLine = "", ...lines]: readonly string[]): KeptHead | undefined {
  const head = readResponseHead([statusLine, ...lines], "GET");
  return head === undefined ? undefined : { ...head, lines };
}

function flawOf({ status, body, lines }: KeptHead) {
  if (status !== 200) return "not-200";
  const isCoded = lines.some((line) => /^content-encoding:(?!\s*identity\s*$)/i.test(line));
  if (isCoded || (readFramingFields(lines)?.transferCodings.length ?? 0) > 1) return "coded";
  return body.kind === "until-close" ? "ends-with-connection" : undefined;
}

function isKept(line: string): boolean {
  return !NOT_KEPT.test(line.slice(0, line.indexOf(":")));
}

function joined(pieces: readonly Uint8Array[], sizeBytes: number): Uint8Array {
  const body = new Uint8Array(sizeBytes);
  let at = 0;
  for (const piece of pieces) {
    body.set(piece, at);
    at += piece.length;
  }
  return body;
}
