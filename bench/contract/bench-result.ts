/**
 * What `npm run bench -- … --json FILE` writes: an array with one result for each bench and load.
 *
 * The named fields of DESIGN are a promise to scripts outside the repository; more may be added.
 * Each figure of a run is the median over its rounds, and each ratio is ours divided by the peer's:
 * above 1 is good for `throughput`, below 1 for `cpu` and `p99`.
 */
import { type Static, Type } from "typebox";

/** What a ratio is ours to. */
export const OURS = "understudy";

const figure = (description: string) => Type.Number({ minimum: 0, description });

const FIGURES = {
  requestsPerSecond: figure("answers that came whole"),
  bytesPerSecond: figure("received by the clients, headers included"),
  cpuSecondsPerGigabyte: figure("of the server, user and system, for 10^9 bytes received"),
  cpuMicrosecondsPerRequest: figure("of the server, user and system"),
  generatorCpuMicrosecondsPerRequest: figure(
    "of the load generator: on loopback a part of sending",
  ),
  latencyMs: Type.Object({ p50: figure("median"), p99: figure(""), p999: figure("") }),
  rssMebibytes: figure("of the server with its children, at the end of the round"),
  serverCpuShare: figure("1 is one core, busy throughout"),
  generatorCpuShare: figure("of the load generator: near 1, it may be what limits"),
};

/** One system in one round. */
export const Round = Type.Object(FIGURES);
export type Round = Static<typeof Round>;

/** Whose processor was busy throughout. */
export const Limit = Type.Union([
  Type.Literal("server"),
  Type.Literal("load-generator"),
  Type.Literal("neither"),
]);
export type Limit = Static<typeof Limit>;

export const Run = Type.Object({
  system: Type.String({ description: `"${OURS}", or the peer's name` }),
  about: Type.String({ description: "what answers, and from where" }),
  version: Type.String(),
  ...FIGURES,
  limitedBy: Limit,
  rounds: Type.Array(Round, { minItems: 1, description: "in the order in which they ran" }),
});
export type Run = Static<typeof Run>;

export const Ratios = Type.Object({
  throughput: figure("of requests a second"),
  cpu: figure("of CPU time per request"),
  p99: figure("of the 99th percentile of latency"),
});
export type Ratios = Static<typeof Ratios>;

export const Pinning = Type.Union([
  Type.Object({
    kind: Type.Literal("pinned"),
    server: Type.String({ description: "processors of what is measured" }),
    load: Type.String({ description: "processors of the load generator and all else" }),
  }),
  Type.Object({
    kind: Type.Literal("shared"),
    reason: Type.Union([Type.Literal("taskset-not-installed"), Type.Literal("one-processor")]),
  }),
]);
export type Pinning = Static<typeof Pinning>;

export const Circumstances = Type.Object({
  startedAt: Type.String({ description: "ISO 8601" }),
  commit: Type.Union([Type.String(), Type.Null()], { description: "null outside a checkout" }),
  machine: Type.Object({
    system: Type.String(),
    processor: Type.String(),
    processors: Type.Integer({ minimum: 1 }),
    memoryMebibytes: Type.Integer({ minimum: 1 }),
  }),
  node: Type.String(),
  loadGenerator: Type.String({ description: "name and version" }),
  pinning: Pinning,
  secondsPerRound: Type.Number({ exclusiveMinimum: 0 }),
  rounds: Type.Integer({ minimum: 1 }),
});
export type Circumstances = Static<typeof Circumstances>;

export const BenchResult = Type.Object({
  name: Type.String(),
  question: Type.String({ description: "what the bench asks, for a person" }),
  unit: Type.Record(Type.String(), Type.Union([Type.Number(), Type.String()]), {
    description: "what one request is, and under which load",
  }),
  runs: Type.Array(Run, { minItems: 1 }),
  ratios: Type.Record(Type.String(), Ratios, { description: "by the name of the peer" }),
  missing: Type.Array(Type.String(), { description: "peers that are not installed here" }),
  notes: Type.Array(Type.String(), { description: "what a reader of the figures must know" }),
  circumstances: Circumstances,
});
export type BenchResult = Static<typeof BenchResult>;

export const BenchResults = Type.Array(BenchResult);
export type BenchResults = Static<typeof BenchResults>;
