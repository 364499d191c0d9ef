/** What a video segment costs that is in the RAM tier already: the commonest request of an edge. */
import type { LoadBench } from "./bench.ts";
import { openEdgeBench } from "./open-edge-bench.ts";

const MEBIBYTE = 1024 * 1024;

export const EDGE_RAM: LoadBench = {
  kind: "load",
  name: "edge-ram",
  question: "What does a segment cost that the appliance holds in RAM?",
  notes: [
    "Our hits come from the RAM tier: there is no cache folder. nginx sends from files, which the kernel holds in memory; that memory is not in its RSS, and our objects are in ours.",
    "One load generator on one core receives hardly more than either server sends. Where it is the limit, requests a second say what it can take, and the CPU per request is what to compare.",
  ],
  open: (stage, { connections }) =>
    openEdgeBench(stage, {
      objectBytes: MEBIBYTE,
      objects: 16,
      connections: connections === undefined ? [32, 256] : [connections],
      peers: "caches",
    }),
};
