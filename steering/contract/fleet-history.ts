/**
 * The fleet as it was: what `GET /v1/fleet?at=` and `GET /v1/fleet?since=` answer with.
 *
 * What merely ages or flickers (seconds since, bits per second) is not kept: a revision of a node is
 * written when something about it really changes, and stands until the next one.
 */
import { type Static, Type } from "typebox";
import { HealthState } from "./fleet-view.ts";
import { OverrideView } from "./override.ts";

const Nullable = Type.Null();
const Grade = Type.Number({ minimum: 0, maximum: 1, description: "in steps of 0.05" });

const OverrideDocument = Type.Omit(OverrideView, ["secondsLeft"]);
export type OverrideDocument = Static<typeof OverrideDocument>;

export const NodeDocument = Type.Object({
  kind: Type.Union([Type.Literal("appliance"), Type.Literal("cdn")]),
  region: Type.String(),
  url: Type.String(),
  state: HealthState,
  reason: Type.String({ description: "what decided the state" }),
  grade: Grade,
  gradeReason: Type.String(),
  recentFalls: Type.Integer({ minimum: 0 }),
  votes: Type.Record(Type.String(), Type.Object({ grade: Grade, reason: Type.String() }), {
    description: "by voice",
  }),
  override: Type.Union([Nullable, OverrideDocument]),
  admittedShare: Type.Number({ minimum: 0, maximum: 1, description: "in steps of 0.1" }),
  probe: Type.Union([Nullable, Type.Object({ ok: Type.Boolean(), reason: Type.String() })]),
  report: Type.Union([Nullable, Type.Object({ state: Type.String(), disk: Type.String() })]),
});
export type NodeDocument = Static<typeof NodeDocument>;

export const FleetDocument = Type.Object({
  failOpen: Type.Boolean(),
  selfPreservation: Type.Boolean(),
  awaited: Type.Optional(
    Type.Record(Type.String(), OverrideDocument, {
      description:
        "operators' words about nodes that were not there, by id; missing in old documents",
    }),
  ),
});
export type FleetDocument = Static<typeof FleetDocument>;

export const FleetAsOf = Type.Object({
  at: Type.String({ description: "ISO 8601" }),
  recordBegins: Type.String({ description: "ISO 8601; nothing is known of what was before" }),
  fleet: Type.Union([Nullable, FleetDocument]),
  nodes: Type.Array(
    Type.Object({
      id: Type.String({ description: "its pathway id" }),
      since: Type.String({ description: "ISO 8601; since when it had been like this" }),
      document: NodeDocument,
    }),
  ),
});
export type FleetAsOf = Static<typeof FleetAsOf>;

export const ChangedPath = Type.Object({
  path: Type.String({ description: "JSON pointer (RFC 6901) into the document" }),
  from: Type.Optional(Type.Unknown({ description: "missing where there was nothing" })),
  to: Type.Optional(Type.Unknown({ description: "missing where there is nothing now" })),
});
export type ChangedPath = Static<typeof ChangedPath>;

export const FleetChanges = Type.Object({
  since: Type.String({ description: "ISO 8601; where the record begins, if that was later" }),
  until: Type.String({ description: "ISO 8601" }),
  nodes: Type.Array(
    Type.Object({
      id: Type.String({ description: "its pathway id" }),
      revisions: Type.Integer({
        minimum: 1,
        description: "how often it changed; it may have changed back",
      }),
      before: Type.Union([Nullable, NodeDocument]),
      after: Type.Union([Nullable, NodeDocument]),
      changed: Type.Array(ChangedPath),
    }),
  ),
  more: Type.Boolean({ description: "true if more nodes changed than are listed" }),
});
export type FleetChanges = Static<typeof FleetChanges>;
