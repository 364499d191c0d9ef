/** Sends what a client wants of an object that is kept in slices, as its slices come. */
import type { Handling } from "../core/cache-status.ts";
import { type AnswerSelection, selectAnswer, spanOf } from "../core/select-answer.ts";
import type { SlicedHead } from "../core/slicing.ts";
import { writeSelectedHead } from "./answer-head.ts";
import type { Edge, Exchange } from "./edge.ts";
import { conditionsOf } from "./request-fields.ts";
import { sendPieces } from "./send-fill.ts";
import { refuseRange } from "./send-problem.ts";

/** @throws FillBroken where the client has got nothing yet, so that something else may be tried */
export async function sendSliced(
  edge: Edge,
  exchange: Exchange,
  metadata: SlicedHead,
  handling: Handling,
): Promise<void> {
  const { request, response } = exchange;
  const { sizeBytes } = metadata;
  const selection = selectAnswer(conditionsOf(request), metadata);
  if (selection.kind === "unsatisfiable") {
    refuseRange(edge, exchange, sizeBytes, handling);
    return;
  }
  const wanted = wantedOf(request.method, selection, sizeBytes);
  const told = handlingOf(edge, metadata, wanted, handling);
  const reading = edge.slices.open(metadata, wanted);
  response.once("close", () => reading.close());
  try {
    await sendPieces(edge, exchange, reading, wanted.end, () => {
      writeSelectedHead(edge, response, { metadata, sizeBytes, handling: told }, selection);
    });
  } finally {
    reading.close();
  }
}

type Span = { readonly first: number; readonly end: number };

function wantedOf(method: string | undefined, selection: AnswerSelection, sizeBytes: number): Span {
  const isBodiless = method === "HEAD" || selection.kind === "not-modified";
  return isBodiless ? { first: 0, end: 0 } : spanOf(selection, sizeBytes);
}

/** A hit of which some slices must still be fetched is one in part (RFC 9211 §2.2). */
function handlingOf(
  edge: Edge,
  head: SlicedHead,
  { first, end }: Span,
  handling: Handling,
): Handling {
  if (handling.kind !== "hit" || end <= first) return handling;
  const { stored, wanted } = edge.slices.countStored(head, { first, last: end - 1 });
  if (stored === wanted) return handling;
  return { kind: "forwarded", forwarded: "partial", detail: `${stored}-of-${wanted}-slices` };
}
