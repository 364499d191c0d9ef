/**
 * Takes the plain questions of viewers, which are nearly all there are, straight to the edge: a GET or
 * HEAD of an ordinary path, while nobody is to be turned away.
 *
 * Fastify's router, request and reply would cost such a request about a sixth of its time and decide
 * nothing about it. Whatever is not plain in any way goes to Fastify, which knows what to do with it.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { LRUCache } from "lru-cache";
import { readRequestPath } from "../../kernel/request-path.ts";
import { APPLIANCE_PREFIX } from "../contract/appliance-status.ts";
import { cacheKeyOf } from "../core/cache-key.ts";
import { headerFaultOf } from "../core/header-fault.ts";
import type { Edge } from "./edge.ts";
import { serveRequest } from "./serve-request.ts";

export type PlainRequestsOptions = {
  readonly edge: Edge;
  /** False while a request may have to be refused, or its connection ended. */
  readonly isOpen: () => boolean;
  readonly maxFields: number;
};

/** Targets of late, so that a popular one is read once; each is no longer than a request line may be. */
const MAX_REMEMBERED_TARGETS = 4_096;
const LONGEST_REMEMBERED = 512;

/** @returns whether the request was taken; otherwise nothing has been done with it. */
export function newPlainRequestTaker({ edge, isOpen, maxFields }: PlainRequestsOptions) {
  const keys = new LRUCache<string, string>({ max: MAX_REMEMBERED_TARGETS });

  function keyOf(target: string): string | undefined {
    const known = keys.get(target);
    if (known !== undefined) return known;
    const key = plainKeyOf(target);
    if (key !== undefined && target.length <= LONGEST_REMEMBERED) keys.set(target, key);
    return key;
  }

  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const { method, url = "", rawHeaders } = request;
    if ((method !== "GET" && method !== "HEAD") || !isOpen()) return false;
    if (headerFaultOf(rawHeaders, maxFields) !== undefined) return false;
    // Through whom it came decides whether it goes in a circle.
    if (request.headers.via !== undefined) return false;
    const key = keyOf(url);
    if (key === undefined) return false;
    edge.tiers.onRequest(key);
    serveRequest(edge, { request, response, key });
    return true;
  };
}

/** Undefined for what must be looked at closely: our own paths, and what could be another spelling. */
function plainKeyOf(target: string): string | undefined {
  const reading = readRequestPath(target);
  if (!reading.ok || reading.path.includes("%")) return undefined;
  if (reading.path === APPLIANCE_PREFIX || reading.path.startsWith(`${APPLIANCE_PREFIX}/`)) {
    return undefined;
  }
  return cacheKeyOf(reading.path, reading.query);
}
