/**
 * `GET /v1/dependencies`: who calls whom, how often, how well, and what stands in when it fails, from
 * what really happened: every edge was seen, none is declared.
 */
import { type Static, Type } from "typebox";

export const DEPENDENCIES_PATH = "/v1/dependencies";

export const Dependency = Type.Object({
  caller: Type.String({ description: "viewers, appliances, operators, steering, or a node's id" }),
  callee: Type.String({ description: "steering, source:<name>, or a node's id" }),
  purpose: Type.String({ description: "such as play, steer, heartbeat, probe, playlist, fill" }),
  calls: Type.Integer({ minimum: 0 }),
  failures: Type.Integer({ minimum: 0 }),
  failureReasons: Type.Record(Type.String(), Type.Integer()),
  meanMs: Type.Union([Type.Number(), Type.Null()]),
  slowestMs: Type.Union([Type.Number(), Type.Null()]),
  callsPerSecond: Type.Number({ minimum: 0, description: "over the last minute" }),
  lastAgoSeconds: Type.Number({ minimum: 0 }),
  fallback: Type.Union([
    Type.Null(),
    Type.Object({
      what: Type.String({ description: "what answered instead" }),
      used: Type.Integer({ minimum: 1, description: "how often it really did" }),
    }),
  ]),
});
export type Dependency = Static<typeof Dependency>;

export const DependencyMap = Type.Object({
  at: Type.String({ description: "ISO 8601" }),
  sinceSeconds: Type.Number({ minimum: 0, description: "how long has been watched" }),
  dependencies: Type.Array(Dependency),
});
export type DependencyMap = Static<typeof DependencyMap>;
