/**
 * Finds ports for a fleet in a test: all of a range free, and below those for outgoing connections.
 *
 * Several test processes look at the same time, and a fleet listens only some time after its ports were
 * found free. So the first port of a range is its claim: it is held, by listening on it, until the test
 * process ends.
 */
import { createServer } from "node:net";
import { checkPorts } from "./processes/check-ports.ts";

const LOWEST = 20_000;
const RANGE = 24;
const RANGES = 500;
const HOST = "127.0.0.1";

/** @returns the first port of a range of 23. */
export async function findFreePorts(): Promise<number> {
  for (;;) {
    const claim = LOWEST + Math.floor(Math.random() * RANGES) * RANGE;
    if (!(await isClaimed(claim))) continue;
    const ports = Array.from({ length: RANGE - 1 }, (_, offset) => claim + 1 + offset);
    const areFree = await checkPorts(ports.map((port) => ({ host: HOST, port }))).then(
      () => true,
      () => false,
    );
    if (areFree) return claim + 1;
  }
}

function isClaimed(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().unref();
    server.once("error", () => resolve(false));
    server.listen({ host: HOST, port, exclusive: true }, () => resolve(true));
  });
}
