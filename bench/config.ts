/** What `npm run bench` can be told, and how long each load warms up. */
import { type Static, Type } from "typebox";
import { BENCH_NAMES } from "./benches/every-bench.ts";

export const BenchConfig = Type.Object({
  benches: Type.Array(Type.String(), {
    positional: true,
    minItems: 1,
    description: `which, with spaces between them: ${BENCH_NAMES.join(", ")}`,
  }),
  json: Type.Optional(
    Type.String({ minLength: 1, description: "file to write the results to, as JSON" }),
  ),
  html: Type.Optional(
    Type.String({ minLength: 1, description: "file to write the results to, as a page" }),
  ),
  seconds: Type.Number({
    minimum: 0.2,
    maximum: 600,
    default: 3,
    description: "how long each round measures",
  }),
  rounds: Type.Integer({
    minimum: 1,
    maximum: 99,
    default: 3,
    description: "how often each system is measured, in turn with the others",
  }),
  connections: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 2_000, description: "instead of each bench's own" }),
  ),
  generator: Type.Union([Type.Literal("auto"), Type.Literal("autocannon"), Type.Literal("wrk")], {
    default: "auto",
    description: "autocannon or wrk; auto takes wrk where autocannon is what limits",
  }),
  runs: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 100_000,
      description: "how often crash kills, or days of incidents, instead of their own",
    }),
  ),
  appliances: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 10_000,
      description: "no made-up fleet larger than this, instead of steering's own",
    }),
  ),
  seed: Type.Integer({
    minimum: 0,
    maximum: 2 ** 32 - 1,
    default: 1,
    description: "of all that is drawn by chance: crash, policies, incidents",
  }),
  trace: Type.Optional(
    Type.String({
      minLength: 1,
      description: "file with a trace for policies, as CSV: time, object, size",
    }),
  ),
  writeTrace: Type.Optional(
    Type.String({ minLength: 1, description: "file to write the trace to that policies replays" }),
  ),
});
export type BenchConfig = Static<typeof BenchConfig>;

/** A third of what is measured, but no longer than compiling takes. */
const WARM_UP_SHARE = 1 / 3;
const LONGEST_WARM_UP_MS = 2_000;

export function warmUpMsOf(windowMs: number): number {
  return Math.min(LONGEST_WARM_UP_MS, windowMs * WARM_UP_SHARE);
}

/** So much of the requests a second of the slowest system is asked of all, to compare latencies. */
export const FIXED_RATE_SHARE = 0.7;
/** How long each system is looked at before it is decided what puts the load on. */
export const LONGEST_FIRST_LOOK_MS = 1_000;
