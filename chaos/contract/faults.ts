/**
 * Faults on the wire: `PUT`, `DELETE` and `GET /v1/faults`.
 *
 * A target is one proxied service, an appliance by its name. It has at most one fault: another `PUT`
 * replaces it. Each fault ends by itself; while there is none, bytes pass untouched. `PUT` and
 * `DELETE` need the bearer token.
 */
import { type Static, Type } from "typebox";

export const FAULTS_PATH = "/v1/faults";
export const faultPath = (target: string) => `${FAULTS_PATH}/${encodeURIComponent(target)}`;

export const LONGEST_FAULT_SECONDS = 3_600;
/** Of a `trickle` that names no rate: far below the bitrate of any video. */
export const TRICKLE_BYTES_PER_SECOND = 8_000;

const scope = {
  seconds: Type.Number({
    exclusiveMinimum: 0,
    maximum: LONGEST_FAULT_SECONDS,
    description: "after which it heals by itself",
  }),
  share: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      description: "of the requests that it touches, drawn for each; all of them if left out",
    }),
  ),
  paths: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 500 }), {
      minItems: 1,
      maxItems: 20,
      description: "patterns, in which `*` stands for any characters; every path if left out",
    }),
  ),
  seed: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: "the same seed touches the same requests; drawn if left out",
    }),
  ),
};
const strict = { additionalProperties: false };

export const Fault = Type.Union([
  /** Connections are accepted, and nothing is ever answered. */
  Type.Object({ fault: Type.Literal("blackhole"), ...scope }, strict),
  /** Half a body, then silence. */
  Type.Object({ fault: Type.Literal("hang-mid"), ...scope }, strict),
  /** Every byte arrives, far too slowly. */
  Type.Object(
    {
      fault: Type.Literal("trickle"),
      bytesPerSecond: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 1_000_000_000,
          description: `of each response; ${TRICKLE_BYTES_PER_SECOND} if left out`,
        }),
      ),
      ...scope,
    },
    strict,
  ),
  Type.Object(
    {
      fault: Type.Literal("status-503"),
      retryAfterSeconds: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: LONGEST_FAULT_SECONDS,
          description: "no header if left out",
        }),
      ),
      ...scope,
    },
    strict,
  ),
  /** The right Content-Length, then half of the body, then the end of the connection. */
  Type.Object({ fault: Type.Literal("truncate"), ...scope }, strict),
]);
export type Fault = Static<typeof Fault>;
export type FaultName = Fault["fault"];

export const FAULT_NAMES: readonly FaultName[] = [
  "blackhole",
  "hang-mid",
  "trickle",
  "status-503",
  "truncate",
];

/** A fault that runs, with what was left open filled in. Times are those of the chaos service. */
export const RunningFault = Type.Object({
  target: Type.String(),
  fault: Type.Unsafe<FaultName>(Type.Union(FAULT_NAMES.map((name) => Type.Literal(name)))),
  parameters: Type.Record(Type.String(), Type.Unknown(), {
    description: "share, paths, seed and the fault's own",
  }),
  startedAt: Type.String({ format: "date-time" }),
  endsAt: Type.String({ format: "date-time" }),
  secondsLeft: Type.Number({ minimum: 0 }),
  touchedRequests: Type.Integer({
    minimum: 0,
    description: "those whose course it has changed so far",
  }),
});
export type RunningFault = Static<typeof RunningFault>;

export const FaultTarget = Type.Object({
  name: Type.String(),
  url: Type.String({ description: "the proxy's: the address that viewers and probes use" }),
  upstream: Type.String({ description: "base URL of what stands behind it" }),
  state: Type.Union([Type.Literal("up"), Type.Literal("gone")], {
    description: "`gone`: nothing listens behind the proxy, so the proxy does not listen either",
  }),
  fault: Type.Union([RunningFault, Type.Null()]),
});
export type FaultTarget = Static<typeof FaultTarget>;

/** `GET /v1/faults` */
export const FaultList = Type.Object({ targets: Type.Array(FaultTarget) });
export type FaultList = Static<typeof FaultList>;
