/**
 * What viewers may ask, and by which route it gets to the edge, where `plain-requests` has not taken it
 * there already: Fastify finds the route and refuses what is no request for us, and everything else is
 * answered without it.
 */
import type { FastifyReply, FastifyRequest } from "fastify";
import { PUBLIC_CORS } from "../../chassis/cross-origin.ts";
import type { ServiceApp } from "../../chassis/service-app.ts";
import { readRequestPath } from "../../kernel/request-path.ts";
import type { Capacity } from "../capacity/capacity.ts";
import { APPLIANCE_PREFIX } from "../contract/appliance-status.ts";
import { cacheKeyOf } from "../core/cache-key.ts";
import { formatCacheStatus } from "../core/cache-status.ts";
import { headerFaultOf } from "../core/header-fault.ts";
import { AtCapacity, Loop, MethodNotAllowed, TooManyFields, TwoHosts } from "../errors.ts";
import { PUBLIC_FIELDS } from "./answer-head.ts";
import type { Edge } from "./edge.ts";
import { serveRequest } from "./serve-request.ts";
import { serveUnsafe } from "./serve-unsafe.ts";

export type EdgeRoutesOptions = {
  readonly edge: Edge;
  /** Decides who is served; undefined where everybody is. */
  readonly capacity: Capacity | undefined;
  readonly isDraining: () => boolean;
  readonly maxFields: number;
};

const PREFLIGHT_FIELDS = {
  "access-control-allow-methods": PUBLIC_CORS.methods.join(", "),
  "access-control-allow-headers": "*, Authorization",
  "access-control-max-age": String(PUBLIC_CORS.maxAge),
};

export function registerEdgeRoutes(app: ServiceApp, options: EdgeRoutesOptions): void {
  const { edge, capacity, isDraining, maxFields } = options;

  // Hooks without promises, and nothing in them for what the edge answers by itself.
  app.addHook("onRequest", (request, reply, done) => {
    const fault = headerFaultOf(request.raw.rawHeaders, maxFields);
    if (fault !== undefined) {
      return done(fault === "two-hosts" ? new TwoHosts() : new TooManyFields(maxFields));
    }
    // Who is connected is asked to come back by a connection of which the end may be elsewhere.
    if (isDraining() && request.raw.httpVersionMajor === 1) reply.raw.shouldKeepAlive = false;
    const isOurs = request.url.startsWith(`${APPLIANCE_PREFIX}/`);
    if (isOurs || PUBLIC_CORS.methods.includes(request.method)) return done();
    // They would show a client what the appliance adds to its request, or lead past every check of it.
    if (request.method === "TRACE" || request.method === "CONNECT") {
      reply.header("allow", PUBLIC_CORS.methods.join(", "));
      return done(new MethodNotAllowed(request.method));
    }
    // The router knows no other methods, and nothing of Fastify is to touch the body.
    const key = keyOf(edge, request);
    reply.hijack();
    serveUnsafe(edge, { request: request.raw, response: reply.raw, key });
  });
  app.addHook("onSend", (_, reply, __, done) => {
    reply.headers(PUBLIC_FIELDS);
    done();
  });
  app.options("/*", (_, reply) => reply.code(204).headers(PREFLIGHT_FIELDS).send());
  app.route({
    method: ["GET", "HEAD"],
    url: "/*",
    exposeHeadRoute: false,
    handler: (request, reply) => {
      const key = keyOf(edge, request);
      if (capacity?.admit(request.raw).action === "refuse") refuseSession(edge, capacity, reply);
      reply.hijack();
      edge.tiers.onRequest(key);
      serveRequest(edge, { request: request.raw, response: reply.raw, key });
    },
  });
}

function keyOf(edge: Edge, request: FastifyRequest): string {
  // An origin that leads back here would be asked for ever (RFC 9110 §7.6.3).
  if (hasPassedBy(request.headers.via, edge.via)) throw new Loop();
  const target = readRequestPath(request.originalUrl);
  if (!target.ok) throw new RangeError(`A guarded path is refused: ${target.reason}`);
  return cacheKeyOf(target.path, target.query);
}

function hasPassedBy(via: string | undefined, own: string): boolean {
  return via?.split(",").some((hop) => hop.trim() === own) ?? false;
}

/** @throws AtCapacity */
function refuseSession(edge: Edge, capacity: Capacity, reply: FastifyReply): never {
  reply.headers({
    "retry-after": capacity.drawRetryAfterSeconds(),
    "cache-status": formatCacheStatus(edge.id, { kind: "refused", detail: "at-capacity" }),
    "cmsd-dynamic": edge.hint.text,
  });
  throw new AtCapacity();
}
