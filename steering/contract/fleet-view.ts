/**
 * `GET /v1/fleet`: what steering knows of each node, and why it judges it as it does.
 *
 * `?at=` answers as of a past moment, `?since=` (with an optional `?until=`) what changed between two
 * (as Netflix' Edda did). A moment is milliseconds since 1970 or an ISO 8601 date.
 */
import { type Static, Type } from "typebox";
import { ApplianceReport } from "../../appliance/contract/appliance-status.ts";
import { OverrideView } from "./override.ts";

export const FLEET_PATH = "/v1/fleet";

export const HealthState = Type.Union([
  Type.Literal("up"),
  Type.Literal("down"),
  Type.Literal("recovering"),
  Type.Literal("draining"),
  Type.Literal("gone"),
]);
export type HealthState = Static<typeof HealthState>;

/** Who speaks about a node. */
export const Voice = Type.Union([
  Type.Literal("lease"),
  Type.Literal("heartbeat"),
  Type.Literal("probe"),
  Type.Literal("players"),
  Type.Literal("forecast"),
]);
export type Voice = Static<typeof Voice>;

export const VoteView = Type.Object({
  voice: Voice,
  grade: Type.Number({ minimum: 0, maximum: 1, description: "what this voice alone would give" }),
  floor: Type.Number({
    minimum: 0,
    maximum: 1,
    description: "how far this voice alone may lower the grade: no voice has the whole say",
  }),
  reason: Type.String(),
  ageSeconds: Type.Number({ minimum: 0 }),
});
export type VoteView = Static<typeof VoteView>;

export const HealthView = Type.Object({
  state: HealthState,
  reason: Type.String({ description: "what decided the state" }),
  grade: Type.Number({ minimum: 0, maximum: 1 }),
  gradeReason: Type.String({ description: "what lowers the grade most, or `well`" }),
  forSeconds: Type.Number({ minimum: 0, description: "how long it has been in this state" }),
  recentFalls: Type.Integer({
    minimum: 0,
    description: "how often it went down of late: each one makes the next trial longer",
  }),
  votes: Type.Array(VoteView),
});
export type HealthView = Static<typeof HealthView>;

/** What a probe has shown that is a slip of somebody's configuration, and lowers no grade. */
export const ProbeWarning = Type.Union([Type.Literal("no-probe-object"), Type.Literal("no-cors")], {
  description:
    "no-probe-object: neither the node nor the source has what is asked for; no-cors: a pathway of the file answers without Access-Control-Allow-Origin, so that browsers are refused there",
});
export type ProbeWarning = Static<typeof ProbeWarning>;

/** What is told of any node, ours or not. */
const NODE_VIEW = {
  id: Type.String({ description: "its pathway id" }),
  region: Type.String(),
  url: Type.String({ description: "the address that viewers use" }),
  health: HealthView,
  override: Type.Union([OverrideView, Type.Null()]),
  viewers: Type.Number({
    minimum: 0,
    description: "running sessions that this steering sent there, by their last manifests",
  }),
  admittedShare: Type.Number({
    minimum: 0,
    maximum: 1,
    description: "below 1 while it is warmed and its viewers return by and by",
  }),
  probe: Type.Union([
    Type.Null(),
    Type.Object({
      ok: Type.Boolean(),
      reason: Type.String(),
      url: Type.String({ description: "what was asked" }),
      warnings: Type.Array(ProbeWarning),
      ageSeconds: Type.Number({ minimum: 0 }),
      firstByteMs: Type.Union([Type.Number(), Type.Null()]),
      throughputBitsPerSecond: Type.Union([Type.Number(), Type.Null()]),
    }),
  ]),
};

export const ApplianceView = Type.Object({
  ...NODE_VIEW,
  leaseEndsInSeconds: Type.Number({ description: "negative once it has ended" }),
  heartbeatAgeSeconds: Type.Number({ minimum: 0 }),
  report: ApplianceReport,
});
export type ApplianceView = Static<typeof ApplianceView>;

/** A pathway that is not ours, from the file of real CDNs. */
export const CdnView = Type.Object({
  ...NODE_VIEW,
  cost: Type.Number({ minimum: 0 }),
  weight: Type.Number({ exclusiveMinimum: 0 }),
});
export type CdnView = Static<typeof CdnView>;

/** How the file of pathways that are not ours (`--pathways`) stands. */
export const PathwayFileView = Type.Object({
  state: Type.Union([Type.Literal("in-force"), Type.Literal("broken")], {
    description: "broken: what stands on the disk is not used, but its last good version",
  }),
  problems: Type.Array(Type.String(), {
    description: "by line and field; empty unless it is broken",
  }),
  forSeconds: Type.Number({
    minimum: 0,
    description: "since the version in force was read, or since the file has been broken",
  }),
});
export type PathwayFileView = Static<typeof PathwayFileView>;

export const FleetView = Type.Object({
  at: Type.String({ description: "ISO 8601" }),
  failOpen: Type.Boolean({
    description: "true while every node looks bad and all are listed",
  }),
  selfPreservation: Type.Boolean({
    description: "true while so many heartbeats are missing that no lease is let run out",
  }),
  pathwayFile: Type.Union([PathwayFileView, Type.Null()], {
    description: "null where steering was given no file",
  }),
  appliances: Type.Array(ApplianceView),
  cdns: Type.Array(CdnView),
});
export type FleetView = Static<typeof FleetView>;
