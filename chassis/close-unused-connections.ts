/**
 * Lets a service stop although somebody holds a connection open and asks for nothing.
 *
 * Browsers open connections in advance. Node counts one that has not sent a request yet as busy, and a
 * closing server would wait for it until its header timeout; answers under way are still finished.
 */
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

export function closeUnusedConnections(app: FastifyInstance): void {
  const unused = new Set<Socket>();
  app.server.on("connection", (socket) => {
    unused.add(socket);
    socket.once("close", () => unused.delete(socket));
  });
  app.server.on("request", ({ socket }) => unused.delete(socket));
  app.addHook("preClose", async () => {
    for (const socket of unused) socket.destroy();
  });
}
