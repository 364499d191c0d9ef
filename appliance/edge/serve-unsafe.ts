/**
 * Passes a request on that may change something at the origin (RFC 9110 §9.2.1), or whose method says
 * nothing to a cache, with the body that it brings along. It is never answered from the cache and shared
 * with nobody; what it makes void is told by its answer.
 */
import type { IncomingMessage } from "node:http";
import type { Edge, Exchange } from "./edge.ts";
import { refuseBody } from "./send-problem.ts";
import { serveAlone } from "./serve-from-origin.ts";

export function serveUnsafe(edge: Edge, exchange: Exchange): void {
  edge.meter.begin(exchange.response);
  passOn(edge, exchange).catch((error: unknown) => {
    exchange.response.destroy();
    edge.onUnforeseen(error);
  });
}

async function passOn(edge: Edge, exchange: Exchange): Promise<void> {
  const { request } = exchange;
  const reading = await readBody(request, edge.policy.maxRequestBodyBytes);
  switch (reading.kind) {
    case "too-large":
      return refuseBody(edge, exchange);
    case "broken":
      exchange.response.destroy();
      return;
    case "whole": {
      const alone = { reason: "method", forwarded: "method" } as const;
      const stored = edge.tiers.peek(exchange.key);
      return serveAlone(edge, exchange, alone, stored, reading.body);
    }
  }
}

type BodyReading =
  | { readonly kind: "whole"; readonly body: Buffer | undefined }
  | { readonly kind: "too-large" | "broken" };

/**
 * Reads the whole body before the origin hears of the request: one that breaks off or grows too large
 * has then changed nothing, and a slow client holds none of the origin's connections.
 */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<BodyReading> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return { kind: "too-large" };
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const piece of request) {
      pieces.push(piece);
      sizeBytes += piece.length;
      if (sizeBytes > maxBytes) return { kind: "too-large" };
    }
  } catch {
    // The client has left, or sent what is no body.
    return { kind: "broken" };
  }
  return { kind: "whole", body: sizeBytes === 0 ? undefined : Buffer.concat(pieces) };
}
