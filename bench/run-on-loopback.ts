/**
 * Runs a server that knows no address but its port, so that it listens on loopback alone: the suite's
 * server answers whatever it is told to, which is nobody's business but ours.
 */
import { Server } from "node:net";
import { pathToFileURL } from "node:url";

const [, , program = ""] = process.argv;
const listen: (this: Server, port: number, host: string) => Server = Server.prototype.listen;

Server.prototype.listen = function listenOnLoopback(this: Server, port: unknown) {
  return listen.call(this, Number(port), "127.0.0.1");
} as typeof Server.prototype.listen;

await import(pathToFileURL(program).href);
