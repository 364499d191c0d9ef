/** Sends the body of a fill while it is arriving, at this client's own pace. */
import type { Handling } from "../core/cache-status.ts";
import type { HeaderFields } from "../core/response-headers.ts";
import { selectAnswer, spanOf } from "../core/select-answer.ts";
import { FillBroken } from "../fill/fill-failure.ts";
import type { FillHead } from "../fill/fill-head.ts";
import type { FillReader } from "../fill/fill-reader.ts";
import { type AnswerHead, writeForwardedHead, writeSelectedHead } from "./answer-head.ts";
import { drained } from "./drained.ts";
import type { Edge, Exchange } from "./edge.ts";
import { conditionsOf } from "./request-fields.ts";
import { refuseRange } from "./send-problem.ts";
import type { RequestOutcome } from "./traffic-meter.ts";

export type FillSending = {
  readonly reader: FillReader;
  readonly head: FillHead;
  readonly handling: Handling;
  /** Counted when the client gets its first byte: until then it may yet be told of a failure. */
  readonly outcome: RequestOutcome;
};

/** Sends what this client wants of an answer that was asked for on behalf of everybody. */
export async function sendFill(edge: Edge, exchange: Exchange, sending: FillSending) {
  const { request, response } = exchange;
  const { reader, head, handling } = sending;
  const { metadata, sizeBytes } = head;
  const selection = selectAnswer(conditionsOf(request), { ...metadata, sizeBytes });
  if (selection.kind === "unsatisfiable") {
    reader.isSatisfied = true;
    edge.meter.count(sending.outcome);
    refuseRange(edge, exchange, sizeBytes ?? 0, handling);
    return;
  }
  const { first, end } = spanOf(selection, sizeBytes);
  reader.cursor = first;
  await sendPieces(edge, exchange, reader, request.method === "HEAD" ? 0 : end, () => {
    edge.meter.count(sending.outcome);
    writeSelectedHead(edge, response, answerHeadOf(exchange, sending), selection);
  });
}

/** Sends an answer as the origin gave it to this client's own request, or to one for the same part. */
export async function sendForwarded(edge: Edge, exchange: Exchange, sending: FillSending) {
  const { reader, head } = sending;
  const { status, sizeBytes } = head;
  const isBodiless = exchange.request.method === "HEAD" || status === 304 || status === 204;
  const end = isBodiless ? 0 : (sizeBytes ?? Number.POSITIVE_INFINITY);
  await sendPieces(edge, exchange, reader, end, () => {
    edge.meter.count(sending.outcome);
    writeForwardedHead(edge, exchange.response, answerHeadOf(exchange, sending));
  });
}

/**
 * Sends what the reader gives, the head with the first piece: a client that has got nothing yet can
 * still be told of the failure, which is thrown. One that has got something is cut off, so that it
 * cannot take a part for the whole.
 */
export async function sendPieces(
  edge: Edge,
  { response }: Exchange,
  reader: Pick<FillReader, "next">,
  end: number,
  writeHead: () => void,
  /** What follows when the reader has given all. */
  lastPiece: () => Buffer | undefined = () => undefined,
): Promise<void> {
  try {
    for (;;) {
      const piece = await reader.next(end);
      if (response.destroyed) return;
      if (!response.headersSent) writeHead();
      if (piece === undefined) break;
      edge.meter.sent(piece.length);
      if (!response.write(piece)) await drained(response);
    }
    response.end(lastPiece());
  } catch (error) {
    if (!response.headersSent || !(error instanceof FillBroken)) throw error;
    response.destroy();
  }
}

function answerHeadOf(exchange: Exchange, { reader, head, handling }: FillSending): AnswerHead {
  const { metadata, sizeBytes, contentRange } = head;
  const part: HeaderFields = contentRange === undefined ? {} : { "content-range": contentRange };
  const own = reader.isFirst ? ownFieldsOf(exchange, head) : undefined;
  return { metadata, sizeBytes, handling, privateFields: { ...part, ...own } };
}

/**
 * What is told to the client whose request brought the answer. A fetch that is shared bears no cookie: a
 * client that has one must not get a new one in its place.
 */
function ownFieldsOf({ request }: Exchange, { plan, privateFields }: FillHead) {
  if (privateFields?.["set-cookie"] === undefined) return privateFields;
  const wasAskedWithCookie = plan.action === "pass";
  if (request.headers.cookie === undefined || wasAskedWithCookie) return privateFields;
  const { "set-cookie": _, ...others } = privateFields;
  return others;
}
