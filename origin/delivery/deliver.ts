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
    case "part":
      reply.code(206).header("content-range", formatContentRange(delivery.range, stored.sizeBytes));
      return sendBytes(request, reply, stored, delivery.range);
    case "whole":
      return sendBytes(request, reply, stored, { first: 0, last: stored.sizeBytes - 1 });
  }
}

async function sendBytes(
  request: FastifyRequest,
  reply: FastifyReply,
  stored: Deliverable,
  range: ByteRange,
): Promise<FastifyReply> {
  // Read first: what cannot be read must not be described as if it could.
  const body = request.method === "HEAD" ? undefined : await read(stored, range);
  describe(reply, stored).type(stored.contentType).header("content-length", lengthOf(range));
  return reply.send(body);
}

async function read(stored: Deliverable, range: ByteRange): Promise<Buffer | Readable> {
  return lengthOf(range) === 0 ? Buffer.alloc(0) : stored.read(range);
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

function readConditions({ headers }: FastifyRequest): Conditions {
  const sinceMs = Date.parse(headers["if-modified-since"] ?? "");
  return {
    ifMatch: headers["if-match"],
    ifNoneMatch: headers["if-none-match"],
    ifModifiedSinceMs: Number.isNaN(sinceMs) ? undefined : sinceMs,
    ifRange: textOf(headers["if-range"]),
    range: headers.range,
  };
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(", ") : header;
}
