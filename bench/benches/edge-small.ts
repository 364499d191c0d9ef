/** What a playlist or another small object costs: here the work per request counts, not the bytes. */
import type { LoadBench } from "./bench.ts";
import { openEdgeBench } from "./open-edge-bench.ts";

export const EDGE_SMALL: LoadBench = {
  kind: "load",
  name: "edge-small",
  question: "What does a small object cost, such as a playlist?",
  notes: [
    "fastify is a yardstick and no cache: a bare app that answers every request with the same 2 KiB. It is about the least that a service on this framework costs.",
    "The answers of both caches carry about 0.7 KB of header fields, most of them the origin's; those of fastify about 0.2 KB.",
  ],
  open: (stage, { connections = 64 }) =>
    openEdgeBench(stage, {
      objectBytes: 2048,
      objects: 64,
      connections: [connections],
      peers: "caches-and-fastify",
    }),
};
