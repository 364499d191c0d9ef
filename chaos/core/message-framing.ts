/**
 * Follows one direction of a connection through its messages: head, body, and the next message.
 *
 * It observes and never changes anything. Bytes may come in any pieces; a byte has the same label
 * whatever the pieces were. What cannot be read as HTTP/1.1 is opaque from there on.
 */
import { advanceBody, type BodyState, beginBody, type DeclaredBody } from "./body-framing.ts";

export type MessageState =
  /** `text` is what has come of a head. */
  | { readonly at: "head"; readonly text: string }
  | { readonly at: "body"; readonly body: BodyState }
  | { readonly at: "opaque" };

export type MessageStep<Head> = {
  readonly next: MessageState;
  /** Offset after the last byte of this step. */
  readonly end: number;
  readonly label: "head" | "content" | "framing" | "opaque";
  /** Given with the last byte of a head that was understood. */
  readonly head?: Head;
  /** Whether the last byte of this step is the last of its message. */
  readonly isLast: boolean;
};

export type MessageReader<Head> = {
  readonly readHead: (lines: readonly string[]) => Head | undefined;
  readonly maxHeadBytes: number;
};

export const NEW_MESSAGE: MessageState = { at: "head", text: "" };
export const OPAQUE: MessageState = { at: "opaque" };

const LINE_FEED = 10;
/** After a line that is not empty: empty lines before a start line end nothing (RFC 9112 §2.2). */
const HEAD_END = /[^\n]\r\n\r\n$/;
const HEAD_END_LENGTH = 5;

/** Follows `bytes` from `start` as far as they are one thing, and at least one byte. */
export function advanceMessage<Head extends { readonly body: DeclaredBody }>(
  state: MessageState,
  bytes: Uint8Array,
  start: number,
  end: number,
  reader: MessageReader<Head>,
): MessageStep<Head> {
  switch (state.at) {
    case "opaque":
      return { next: OPAQUE, end, label: "opaque", isLast: false };
    case "head":
      return advanceHead(state.text, bytes.subarray(start, end), start, reader);
    case "body": {
      const { next, end: stepEnd, label } = advanceBody(state.body, bytes, start, end);
      if (next === "ended") return { next: NEW_MESSAGE, end: stepEnd, label, isLast: true };
      if (next === "broken") return { next: OPAQUE, end: stepEnd, label, isLast: false };
      return { next: { at: "body", body: next }, end: stepEnd, label, isLast: false };
    }
  }
}

function advanceHead<Head extends { readonly body: DeclaredBody }>(
  before: string,
  bytes: Uint8Array,
  start: number,
  { readHead, maxHeadBytes }: MessageReader<Head>,
): MessageStep<Head> {
  const length = headLength(before, bytes);
  const limit = maxHeadBytes - before.length;
  if (length === undefined || length > limit) {
    const taken = Math.min(bytes.length, limit);
    const text = before + textOf(bytes, taken);
    const next = text.length < maxHeadBytes ? ({ at: "head", text } as const) : OPAQUE;
    return { next, end: start + taken, label: "head", isLast: false };
  }

  const end = start + length;
  const text = before + textOf(bytes, length);
  const head = readHead(
    text
      .replace(/^(?:\r\n)+/, "")
      .slice(0, -"\r\n\r\n".length)
      .split("\r\n"),
  );
  if (head === undefined) return { next: OPAQUE, end, label: "head", isLast: false };
  if (head.body.kind === "opaque") return { next: OPAQUE, end, label: "head", head, isLast: false };
  const body = beginBody(head.body);
  if (body === undefined) return { next: NEW_MESSAGE, end, label: "head", head, isLast: true };
  return { next: { at: "body", body }, end, label: "head", head, isLast: false };
}

/** How many of `bytes` belong to the head; undefined while its end has not come. */
function headLength(before: string, bytes: Uint8Array): number | undefined {
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) {
    const from = Math.max(0, at + 1 - HEAD_END_LENGTH);
    const missing = HEAD_END_LENGTH - (at + 1 - from);
    const tail = (missing > 0 ? before.slice(-missing) : "") + textOf(bytes, at + 1, from);
    if (HEAD_END.test(tail)) return at + 1;
  }
  return undefined;
}

/** One character for each byte: heads are ASCII, and what is not is kept as it is. */
function textOf(bytes: Uint8Array, end: number, start = 0): string {
  let text = "";
  for (let at = start; at < end; at += 1) text += String.fromCharCode(bytes[at] ?? 0);
  return text;
}
