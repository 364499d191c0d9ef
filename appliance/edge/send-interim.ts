/**
 * Passes on what the origin says before its answer, to the client whose request it answers: early hints,
 * and that it is still at work (RFC 9110 §15.2, RFC 8297). None of it is kept.
 */
import type { ServerResponse } from "node:http";
import { forwardedResponseFields, type HeaderFields } from "../core/response-headers.ts";
import type { Asker } from "../fill/judge-answer.ts";
import type { Exchange } from "./edge.ts";
import { clientFieldsOf } from "./request-fields.ts";

const PROCESSING = 102;
const EARLY_HINTS = 103;

/** The client of this exchange, as those know it who ask the origin for its sake. */
export function askerOf({ request, response }: Exchange): Asker {
  return {
    fields: clientFieldsOf(request),
    onInterim: (status, fields) => sendInterim(response, status, fields),
  };
}

function sendInterim(response: ServerResponse, status: number, fields: HeaderFields): void {
  if (response.headersSent || response.destroyed) return;
  // HTTP/2 has no 102 in Node, and a client before HTTP/1.1 would take it for the answer.
  if (response.req.httpVersionMajor !== 1 || response.req.httpVersionMinor === 0) return;
  if (status === PROCESSING) response.writeProcessing();
  else if (status === EARLY_HINTS && fields["link"] !== undefined) {
    const { link, ...others } = forwardedResponseFields(fields);
    response.writeEarlyHints({ link: (link ?? "").split(/,\s*(?=<)/), ...others });
  }
}
