/**
 * Answers one GET or HEAD for a stored representation: reads the conditions, asks the core, sends.
 *
 * Where the bytes come from is the caller's business, so a file and a synthetic object are delivered
 * by the same rules.
 */
import type { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type ByteRange, formatContentRange, lengthOf } from "../../kernel/byte-range.ts";
import { type Conditions, decideDelivery, type Representation } from "../core/delivery.ts";
import { PreconditionFailed, RangeNotSatisfiable } from "../errors.ts";

export type Deliverable = Representation & {
  readonly contentType: string;
  readonly cacheControl: string;
  readonly reprDigest: string | undefined;
  /** Called at most once, and not for HEAD. Both ends of the range are inclusive. */
  readonly read: (range: ByteRange) => Promise<Buffer | Readable>;
};

export async function deliver(
  request: FastifyRequest,
  reply: FastifyReply,
  stored: Deliverable,
): Promise<FastifyReply> {
  const delivery = decideDelivery(readConditions(request), stored);
  switch (delivery.kind) {
    case "precondition-failed":
      throw new PreconditionFailed();
    case "unsatisfiable":
      reply.header("content-range", `bytes */${stored.sizeBytes}`);
      throw new RangeNotSatisfiable(stored.sizeBytes);
    case "not-modified":
      return describe(reply.code(304), stored).send();
    case "part": {
      const { range } = delivery;
      const body = await read(request, stored, range);
      reply.code(206).header("content-range", formatContentRange(range, stored.sizeBytes));
      return sendBytes(reply, stored, range, body);
    }
    case "whole": {
      const range = { first: 0, last: stored.sizeBytes - 1 };
      return sendBytes(reply, stored, range, await read(request, stored, range));
    }
  }
}

/** Called before any header is set: what cannot be read must not be described as if it could. */
async function read(
  { method }: FastifyRequest,
  stored: Deliverable,
  range: ByteRange,
): Promise<Buffer | Readable | undefined> {
  if (method === "HEAD") return undefined;
  return lengthOf(range) === 0 ? Buffer.alloc(0) : stored.read(range);
}

function sendBytes(
  reply: FastifyReply,
  stored: Deliverable,
  range: ByteRange,
  body: Buffer | Readable | undefined,
): FastifyReply {
  describe(reply, stored).type(stored.contentType).header("content-length", lengthOf(range));
  return reply.send(body);
}

/** The headers that a 200, a 206 and a 304 have in common (RFC 9110 §15.4.5). */
function describe(reply: FastifyReply, stored: Deliverable): FastifyReply {
  reply
    .header("accept-ranges", "bytes")
    .header("cache-control", stored.cacheControl)
    .header("cross-origin-resource-policy", "cross-origin")
    .header("etag", stored.etag)
    .header("timing-allow-origin", "*")
    .header("x-content-type-options", "nosniff");
  if (stored.lastModified !== undefined) {
    reply.header("last-modified", stored.lastModified.httpDate);
  }
  if (stored.reprDigest !== undefined) reply.header("repr-digest", stored.reprDigest);
  return reply;
}

function readConditions({ method, headers }: FastifyRequest): Conditions {
  const sinceMs = Date.parse(headers["if-modified-since"] ?? "");
  return {
    ifMatch: headers["if-match"],
    ifNoneMatch: headers["if-none-match"],
    ifModifiedSinceMs: Number.isNaN(sinceMs) ? undefined : sinceMs,
    ifRange: textOf(headers["if-range"]),
    // It has a meaning for GET alone (RFC 9110 §14.2).
    range: method === "GET" ? headers.range : undefined,
  };
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(", ") : header;
}
