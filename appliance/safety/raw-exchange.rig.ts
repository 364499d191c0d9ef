/**
 * Sends bytes as they are written here, and tells what came back and what reached the origin: for the
 * attacks that no HTTP client would let one write.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { type ApplianceRig, atEnd, type RigOptions, startAppliance } from "../app.rig.ts";

export type Recorded = {
  readonly line: string;
  readonly rawHeaders: readonly string[];
  readonly body: string;
};

export type SafetyRig = {
  readonly edge: ApplianceRig;
  /** What the origin understood, in its order. */
  readonly recorded: readonly Recorded[];
  /** The status lines that come back, until the appliance has closed the connection. */
  send(bytes: string): Promise<readonly number[]>;
  /** All that comes back. */
  exchange(bytes: string): Promise<string>;
};

/** An appliance before an origin that answers every target with its own name, fresh for a minute. */
export async function startSafetyRig(
  t: TestContext,
  options: Omit<RigOptions, "origin"> = {},
): Promise<SafetyRig> {
  const recorded: Recorded[] = [];
  const origin = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const { method, url, rawHeaders } = request;
    recorded.push({ line: `${method} ${url}`, rawHeaders, body });
    // The clock of the rig is another one than this machine's.
    response.sendDate = false;
    response.setHeader("cache-control", "max-age=60");
    response.end(`the body of ${url}`);
  });
  origin.listen(0, "127.0.0.1");
  await once(origin, "listening");
  atEnd(t, () => {
    origin.close();
    origin.closeAllConnections();
  });
  const { port } = origin.address() as AddressInfo;
  const edge = await startAppliance(t, { ...options, origin: `http://127.0.0.1:${port}` });
  const exchange = (bytes: string) => exchangeRaw(edge.port, bytes);
  return {
    edge,
    recorded,
    exchange,
    send: async (bytes) =>
      Array.from((await exchange(bytes)).matchAll(/HTTP\/1\.1 (\d{3}) /g), ([, status]) =>
        Number(status),
      ),
  };
}

/** An appliance before an origin that answers each connection's every request with these bytes. */
export async function startBeforeRawOrigin(
  t: TestContext,
  answer: (target: string, socket: Socket) => void,
  options: Omit<RigOptions, "origin"> = {},
): Promise<ApplianceRig> {
  const sockets = new Set<Socket>();
  const origin = createTcpServer((socket) => {
    sockets.add(socket);
    // The appliance breaks off what it does not like; that is what is tested.
    socket.on("error", () => socket.destroy());
    socket.on("data", (bytes) => {
      for (const [, target] of bytes.toString("latin1").matchAll(/^GET (\S+) HTTP\/1\.1\r$/gm)) {
        answer(target ?? "", socket);
      }
    });
  });
  origin.listen(0, "127.0.0.1");
  await once(origin, "listening");
  atEnd(t, () => {
    origin.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = origin.address() as AddressInfo;
  return startAppliance(t, { ...options, origin: `http://127.0.0.1:${port}` });
}

/** Sends all of it, and resolves with all that comes back before the other side closes. */
export async function exchangeRaw(port: number, bytes: string): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1" });
  const pieces: Buffer[] = [];
  socket.on("data", (piece: Buffer) => pieces.push(piece));
  // A connection that is reset has told all that it was going to tell.
  socket.on("error", () => socket.destroy());
  const closed = once(socket, "close");
  socket.write(Buffer.from(bytes, "latin1"));
  await closed;
  return Buffer.concat(pieces).toString("latin1");
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString("latin1");
}
