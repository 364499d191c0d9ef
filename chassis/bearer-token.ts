/**
 * Lets a request through only if it carries the fleet's bearer token (RFC 6750 §2.1).
 *
 * Hashes before comparing, so that neither the length nor a common prefix of the token shows in the
 * time that the comparison takes.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import createError from "@fastify/error";
import type { FastifyReply, FastifyRequest } from "fastify";

const Unauthorised = createError("UNAUTHORISED", "This needs the bearer token", 401);

/** An `onRequest` hook. Without a configured token it lets nobody in. */
export function requireBearerToken(token: string | undefined) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (token !== undefined && bearsToken(request.headers.authorization, token)) return;
    reply.header("www-authenticate", "Bearer");
    throw new Unauthorised();
  };
}

export function bearsToken(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
  return given !== undefined && timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
