/**
 * Lets a request through only if it carries the fleet's bearer token (RFC 6750 §2.1).
 *
 * Hashes before comparing, so that neither the length nor a common prefix of the token shows in the
 * time that the comparison takes.
 */

import { hash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import createError from "@fastify/error";
import type { FastifyReply, FastifyRequest } from "fastify";

const Unauthorised = createError("UNAUTHORISED", "%s", 401);
const NEEDED = "This needs the bearer token";
const NONE_IS_RIGHT =
  "No token is right: this service was started without UNDERSTUDY_TOKEN, so what needs one is closed until it is started with it";

/** An `onRequest` hook. Without a configured token it lets nobody in, and says so. */
export function requireBearerToken(token: string | undefined) {
  const bearsIt = newBearerCheck(token);
  return (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    if (bearsIt(request.raw)) {
      done();
      return;
    }
    reply.header("www-authenticate", "Bearer");
    done(new Unauthorised(token === undefined ? NONE_IS_RIGHT : NEEDED));
  };
}

/** For requests that are answered without Fastify. */
export function newBearerCheck(token: string | undefined): (request: IncomingMessage) => boolean {
  const right = token === undefined ? undefined : digest(token);
  return ({ headers }) => right !== undefined && bearsDigest(headers.authorization, right);
}

export function bearsToken(authorization: string | undefined, token: string): boolean {
  return bearsDigest(authorization, digest(token));
}

function bearsDigest(authorization: string | undefined, right: Buffer): boolean {
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
  return given !== undefined && timingSafeEqual(digest(given), right);
}

function digest(text: string): Buffer {
  return hash("sha256", text, "buffer");
}
