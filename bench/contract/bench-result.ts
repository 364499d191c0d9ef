/**
 * What `npm run bench -- … --json FILE` writes: an array with one result for each bench and load.
 *
 * The named fields of DESIGN are a promise to scripts outside the repository; more may be added.
 * Each figure of a run is the median over its rounds, and each ratio is ours divided by the peer's:
 * above 1 is good for `throughput`, below 1 for `cpu`, `cpuOfBoth` and `p99`.
 */
import { type Static, Type } from "typebox";
import { Circumstances } from "./circumstances.ts";
import { StudyClaim, StudyResult } from "./study-result.ts";

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
  atRate: Type.Optional(
    Type.Object({
      requestsPerSecond: figure("asked for, whatever the answers: the same for all systems"),
      latencyMs: Type.Object(
        { p50: figure("median"), p99: figure(""), p999: figure("") },
        { description: "from the moment at which a request was due" },
      ),
    }),
  ),
  rounds: Type.Array(Round, { minItems: 1, description: "in the order in which they ran" }),
});
export type Run = Static<typeof Run>;

export const Ratios = Type.Object({
  throughput: figure("of requests a second"),
  cpu: figure("of CPU time per request"),
  cpuOfBoth: figure("the same with the load generator's: sendfile leaves copying to the receiver"),
  p99: figure("of the 99th percentile of latency"),
  p99AtRate: Type.Optional(figure("the same at one fixed rate for all")),
});
export type Ratios = Static<typeof Ratios>;

/** A bench that puts load on several systems: the fields that DESIGN promises are here. */
export const BenchResult = Type.Object({
  kind: Type.Literal("load"),
  name: Type.String(),
  question: Type.String({ description: "what the bench asks, for a person" }),
  unit: Type.Record(Type.String(), Type.Union([Type.Number(), Type.String()]), {
    description: "what one request is, and under which load",
  }),
  generator: Type.Union([Type.Literal("autocannon"), Type.Literal("wrk")], {
    description: "what put the load on",
  }),
  runs: Type.Array(Run, { minItems: 1 }),
  ratios: Type.Record(Type.String(), Ratios, { description: "by the name of the peer" }),
  claims: Type.Optional(Type.Array(StudyClaim)),
  missing: Type.Array(Type.String(), { description: "peers that are not installed here" }),
  notes: Type.Array(Type.String(), { description: "what a reader of the figures must know" }),
  circumstances: Circumstances,
});
export type BenchResult = Static<typeof BenchResult>;

export const BenchResults = Type.Array(Type.Union([BenchResult, StudyResult]));
export type BenchResults = Static<typeof BenchResults>;
