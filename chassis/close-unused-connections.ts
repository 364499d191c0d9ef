/**
 * Lets a service stop although somebody holds a connection open and asks for nothing.
 *
 * Browsers open connections in advance. Node counts one that has not sent a request yet as busy, and a
 * closing server would wait for it until its header timeout; answers under way are still finished.
 */
import type { Socket } from "node:net";
import { type TLSSocket, Server as TlsServer } from "node:tls";
import type { FastifyInstance } from "fastify";

export function closeUnusedConnections(app: FastifyInstance): void {
  const unused = new Set<Socket>();
  const add = (socket: Socket) => {
    unused.add(socket);
    socket.once("close", () => unused.delete(socket));
  };
  if (app.server instanceof TlsServer) {
    app.server.on("secureConnection", (socket: TLSSocket) => {
      // HTTP/2 knows which of its connections are idle, and a closing server ends those by itself.
      if (socket.alpnProtocol !== "h2") add(socket);
    });
  } else app.server.on("connection", add);
  app.server.on("request", ({ socket }) => unused.delete(socket));
  app.addHook("preClose", async () => {
    for (const socket of unused) socket.destroy();
  });
}
