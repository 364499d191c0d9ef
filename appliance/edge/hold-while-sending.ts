/**
 * Says that a client is still being sent an object of RAM, so that its bytes count as long as it is.
 *
 * Most answers are with the kernel when `end` returns; only the rest is worth an entry and a listener.
 */
import type { ServerResponse } from "node:http";
import type { MemoryObject } from "../store/cache-store.ts";
import type { Edge } from "./edge.ts";

export function holdWhileSending(edge: Edge, response: ServerResponse, object: MemoryObject): void {
  if (response.writableLength < WORTH_COUNTING_BYTES || response.destroyed) return;
  edge.tiers.hold(object);
  response.once("close", () => edge.tiers.release(object));
}

const WORTH_COUNTING_BYTES = 64 * 1024;
