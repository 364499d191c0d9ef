/**
 * Reads one answer after another from the bytes of a connection, keeping none of a body: enough of
 * HTTP/1.1 for servers whose answers have a Content-Length, at a small part of what a client costs
 * that must be right about everything.
 */

export type AnswerReader = {
  /** @returns what is wrong with the answer, if anything is. */
  take(bytes: Buffer): string | undefined;
};

export type AnswerEvents = {
  /** A piece of a body, never empty. It is overwritten after this. */
  readonly onBody: (bytes: Buffer) => void;
  /** The body is whole. What comes next is another answer. */
  readonly onEnd: (bodyBytes: number) => void;
};

const MOST_HEAD_BYTES = 16_384;
const HEAD_END = "\r\n\r\n";

export function newAnswerReader({ onBody, onEnd }: AnswerEvents): AnswerReader {
  let head: Buffer = Buffer.alloc(0);
  let expectedBytes: number | undefined;
  let bodyBytes = 0;

  const takeBody = (bytes: Buffer): string | undefined => {
    const piece = bytes.subarray(0, (expectedBytes ?? 0) - bodyBytes);
    bodyBytes += piece.length;
    if (piece.length > 0) onBody(piece);
    if (bodyBytes !== expectedBytes) return undefined;
    const whole = bodyBytes;
    expectedBytes = undefined;
    bodyBytes = 0;
    onEnd(whole);
    return piece.length === bytes.length ? undefined : "more came than was asked for";
  };
  const takeHead = (bytes: Buffer): string | undefined => {
    head = head.length === 0 ? bytes : Buffer.concat([head, bytes]);
    const end = head.indexOf(HEAD_END);
    if (end < 0) {
      // The bytes are read into again: what is kept must be a copy.
      head = Buffer.from(head);
      return head.length > MOST_HEAD_BYTES ? "no end of the header" : undefined;
    }
    const text = head.toString("latin1", 0, end);
    const rest = head.subarray(end + HEAD_END.length);
    head = Buffer.alloc(0);
    if (!text.startsWith("HTTP/1.1 200 ")) return text.split("\r\n", 1)[0] ?? "no status";
    const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
    if (length === undefined) return "no Content-Length";
    expectedBytes = Number(length);
    return takeBody(rest);
  };
  return {
    take: (bytes) => (expectedBytes === undefined ? takeHead(bytes) : takeBody(bytes)),
  };
}
