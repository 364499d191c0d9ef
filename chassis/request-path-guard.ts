/** Refuses, before any route runs, every request target that `readRequestPath` does not accept. */
import createError from "@fastify/error";
import type { FastifyInstance } from "fastify";
import { readRequestPath } from "../kernel/request-path.ts";

const BadPath = createError("BAD_PATH", "This request target is not accepted: %s", 400);

export function guardRequestPaths(app: FastifyInstance): void {
  app.addHook("onRequest", async (request) => {
    // `originalUrl` is the target as it stood on the request line, before any rewriting.
    const path = readRequestPath(request.originalUrl);
    if (!path.ok) throw new BadPath(path.reason);
  });
}
