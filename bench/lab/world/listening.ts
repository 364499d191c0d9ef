/** Ports for servers that go down and must come back on the same one. */
import { once } from "node:events";
import type { Server } from "node:http";

const HOST = "127.0.0.1";
/** Below those that systems hand out to outgoing connections, any of which could take one meanwhile. */
const LOWEST = 20_000;
const COUNT = 12_000;
const MOST_TRIES = 50;

export function drawPort(random: () => number): number {
  return LOWEST + Math.floor(random() * COUNT);
}

/** @param open throws `EADDRINUSE` where the port is taken. @returns what it opened. */
export async function onFreePort<T>(
  random: () => number,
  open: (port: number) => Promise<T>,
): Promise<T> {
  for (let left = MOST_TRIES; ; left -= 1) {
    try {
      return await open(drawPort(random));
    } catch (error) {
      if (left === 0 || (error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    }
  }
}

export function listenBelowEphemeral(server: Server, random: () => number): Promise<number> {
  return onFreePort(random, async (port) => {
    await listenOn(server, port);
    return port;
  });
}

export async function listenOn(server: Server, port: number): Promise<void> {
  server.listen(port, HOST);
  await once(server, "listening");
}

export async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
