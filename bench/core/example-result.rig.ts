/** A result such as a run writes, for the tests of what is made of it. */
import { type BenchResult, OURS } from "../contract/bench-result.ts";
import { atRateOf, type Measurement, ratiosOf, roundOf, runOf } from "./summarise-rounds.ts";

const MEASUREMENT: Measurement = {
  windowSeconds: 1,
  requests: 2_000,
  bytes: 2_000 * 1_048_976,
  latencyMicroseconds: { p50: 4_000, p99: 9_000, p999: 12_345 },
  serverCpuSeconds: 0.98,
  serverRssBytes: 256 * 1024 * 1024,
  generatorCpuSeconds: 0.5,
};

const ours = {
  ...runOf({ name: OURS, about: "ours, from RAM", version: "0.1.0" }, [
    roundOf({ ...MEASUREMENT, requests: 4_000 }),
    roundOf({ ...MEASUREMENT, requests: 3_000 }),
    roundOf({ ...MEASUREMENT, requests: 5_000 }),
  ]),
  atRate: atRateOf(1_400, [{ p50: 1, p99: 3.25, p999: 5 }]),
};
const nginx = {
  ...runOf({ name: "nginx", about: 'a <peer> & "cache"', version: "1.22.1" }, [
    roundOf(MEASUREMENT),
  ]),
  atRate: atRateOf(1_400, [{ p50: 1, p99: 6.5, p999: 9 }]),
};

export const EXAMPLE: BenchResult = {
  kind: "load",
  name: "edge-ram",
  question: "What does a segment cost?",
  unit: { objectBytes: 1_048_576, connections: 32 },
  generator: "autocannon",
  runs: [ours, nginx],
  ratios: ratiosOf([ours, nginx]),
  missing: ["varnish"],
  notes: ["A note."],
  circumstances: {
    startedAt: "2026-11-24T01:02:03.000Z",
    commit: "0123456789abcdef",
    machine: {
      system: "Linux 6.1",
      processor: "A processor",
      processors: 2,
      memoryMebibytes: 4096,
    },
    node: "v24.0.0",
    loadGenerator: "autocannon 9.0.0",
    pinning: { kind: "pinned", server: "0", load: "1" },
    secondsPerRound: 1,
    rounds: 3,
  },
};
