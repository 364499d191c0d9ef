/**
 * What happened in the fleet, and why: `GET /v1/events`.
 *
 * With `Accept: text/event-stream` it is a stream (SSE) that begins after `Last-Event-ID` (or
 * `?since=`) and goes on as things happen; else a list as JSON, from `?since=` to `?until=`. A point in
 * time is milliseconds since 1970 or an ISO 8601 date; `since` may also be the id of an event.
 */
import { type Static, Type } from "typebox";

export const EVENTS_PATH = "/v1/events";

export const EventKind = Type.Union(
  [
    /** A node took a lease, or a configured one was read. */
    Type.Literal("joined"),
    /** A lease ended; `reason` says how. */
    Type.Literal("left"),
    /** A node went from one health state to another; where probes decided, `details` has their address. */
    Type.Literal("state"),
    /** Its grade crossed the line between fit and unfit for a first place. */
    Type.Literal("grade"),
    /** Another node came first for an audience (a title in a region). */
    Type.Literal("order"),
    Type.Literal("override"),
    /** A lease ran out, or a judgement fell, and the node was spared: too many at once. */
    Type.Literal("spared"),
    Type.Literal("fail-open"),
    Type.Literal("self-preservation"),
    /** A node is being filled before viewers come back to it. */
    Type.Literal("warming"),
    /** A probe has shown a slip in a configuration (`to`), or shows it no longer (`from`). */
    Type.Literal("warning"),
    /** The file of pathways that are not ours has broken, or is in force again; `details` has the problems. */
    Type.Literal("pathway-file"),
    /** Steering itself started; `details` says with what it knew. */
    Type.Literal("started"),
  ],
  { description: "what kind of thing happened" },
);
export type EventKind = Static<typeof EventKind>;

export const FleetEvent = Type.Object({
  id: Type.Integer({ minimum: 1, description: "grows; an SSE event id" }),
  at: Type.String({ description: "ISO 8601" }),
  kind: EventKind,
  subject: Type.String({ description: "a node's id, an audience, or `fleet`" }),
  from: Type.Union([Type.String(), Type.Null()]),
  to: Type.Union([Type.String(), Type.Null()]),
  reason: Type.String({ description: "the deciding reason, as core gave it" }),
  details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});
export type FleetEvent = Static<typeof FleetEvent>;

export const FleetEventList = Type.Object({
  events: Type.Array(FleetEvent),
  more: Type.Boolean({ description: "true if the list was cut: ask again since its last id" }),
});
export type FleetEventList = Static<typeof FleetEventList>;
