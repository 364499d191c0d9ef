/** Puts an answer that the proxy gives in the place of its upstream into HTTP/1.1. */
import type { OwnAnswer } from "../core/plan-exchange.ts";
import {
  type AnswerParts,
  missingAnswer,
  pageAnswer,
  redirectAnswer,
  unavailableAnswer,
} from "./injected-answers.ts";

export type AnswerFraming = {
  /** Of the request. */
  readonly method: string;
  /** The connection ends after it. */
  readonly isLast: boolean;
};

export function ownAnswer(answer: OwnAnswer, { method, isLast }: AnswerFraming): Buffer {
  const { status, fields, body } = partsOf(answer);
  const lines = [
    `HTTP/1.1 ${status}`,
    ...fields,
    `content-length: ${body.length}`,
    ...(isLast ? ["connection: close"] : []),
  ];
  // Fields that were heard are kept as one character for each byte.
  const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  return method === "HEAD" ? head : Buffer.concat([head, body]);
}

function partsOf(answer: OwnAnswer): AnswerParts {
  switch (answer.kind) {
    case "unavailable":
      return unavailableAnswer(answer.retryAfterSeconds);
    case "missing":
      return missingAnswer();
    case "page":
      return pageAnswer();
    case "redirect":
      return redirectAnswer();
    case "frozen":
      return { status: "200 OK", ...answer.frozen };
  }
}
