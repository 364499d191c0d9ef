/**
 * The yardstick: a bare Fastify app that answers every request with the same bytes from memory.
 *
 * It does none of the work of a cache or of steering, so what it costs is about the least that a
 * service on this framework can cost.
 */
import Fastify from "fastify";
import { Type } from "typebox";
import { runService } from "../chassis/run-service.ts";

await runService({
  command: "node bench/run-hello.ts",
  schema: Type.Object({
    bytes: Type.Integer({ minimum: 1, description: "size of each answer" }),
    port: Type.Integer({ minimum: 0, maximum: 65_535, default: 0, description: "port" }),
  }),
  env: {},
  start: async ({ bytes, port }) => {
    const body = Buffer.alloc(bytes, "hello, world. ");
    const app = Fastify({ forceCloseConnections: true });
    app.get("/*", (_, reply) => reply.type("application/octet-stream").send(body));
    return { url: await app.listen({ host: "127.0.0.1", port }), close: () => app.close() };
  },
});
