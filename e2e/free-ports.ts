/**
 * Finds a block of ports that nobody listens on, below 32768.
 *
 * A server that is killed must come back on its port, and above that line the kernel may have handed
 * the port to an outgoing connection meanwhile.
 */
import { createServer } from "node:net";

const LOWEST = 20_000;
const HIGHEST = 32_000;
const MAX_TRIES = 50;

/** @returns the first port of `size` consecutive free ones. */
export async function freePortBlock(size: number): Promise<number> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const first = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST - size));
    const ports = Array.from({ length: size }, (_, offset) => first + offset);
    const areFree = await Promise.all(ports.map(isFree));
    if (areFree.every(Boolean)) return first;
  }
  throw new Error(`Cannot find ${size} free ports in a row after ${MAX_TRIES} tries`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
