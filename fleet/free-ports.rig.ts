/** Finds ports for a fleet in a test: all its range free, and below those for outgoing connections. */
import { checkPorts } from "./processes/check-ports.ts";

const LOWEST = 20_000;
const CHOICES = 12_000;
const RANGE = 16;

/** @returns the first port of the range. */
export async function findFreePorts(): Promise<number> {
  for (;;) {
    const first = LOWEST + Math.floor(Math.random() * CHOICES);
    const ports = Array.from({ length: RANGE }, (_, offset) => first + offset);
    const isFree = await checkPorts(ports.map((port) => ({ host: "127.0.0.1", port }))).then(
      () => true,
      () => false,
    );
    if (isFree) return first;
  }
}
