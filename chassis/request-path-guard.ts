/** Refuses, before any route runs, every request target that `readRequestPath` does not accept. */
import createError from "@fastify/error";
import type { FastifyInstance } from "fastify";
import { readRequestPath } from "../kernel/request-path.ts";

const BadPath = createError("BAD_PATH", "This request target is not accepted: %s", 400);

export function guardRequestPaths(app: FastifyInstance): void {
  // Called with `done` rather than awaited: it runs for every request, and needs no promise.
  app.addHook("onRequest", (request, _, done) => {
    // `originalUrl` is the target as it stood on the request line, before any rewriting.
    const path = readRequestPath(request.originalUrl);
    done(path.ok ? undefined : new BadPath(path.reason));
  });
}
