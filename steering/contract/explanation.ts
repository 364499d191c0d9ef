/**
 * `GET /v1/explain?source=demo&path=/vod/…/master.m3u8&region=east`: why a viewer is sent where it is.
 *
 * The whole order with each component of each score, and what would have to change for the first two
 * to change places. `current` names the pathway that the viewer is on, `session` a session token
 * (which then says source, path and region), `address` an IP address for the map of networks.
 */
import { type Static, Type } from "typebox";
import { HealthState } from "./fleet-view.ts";

export const EXPLAIN_PATH = "/v1/explain";

export const ScoreComponent = Type.Object({
  name: Type.String({ description: "health, distance, affinity, load, cost, kept, override" }),
  points: Type.Number({ description: "added to the score; negative ones count against it" }),
  because: Type.String(),
});
export type ScoreComponent = Static<typeof ScoreComponent>;

export const ExplainedPlace = Type.Object({
  place: Type.Integer({ minimum: 1 }),
  id: Type.String(),
  region: Type.String(),
  state: HealthState,
  band: Type.String({ description: "hard constraints: bands come before scores" }),
  score: Type.Number(),
  components: Type.Array(ScoreComponent),
  reason: Type.String({ description: "as the ranking gave it" }),
});
export type ExplainedPlace = Static<typeof ExplainedPlace>;

/** A change that alone would put the second place first. */
export const Flip = Type.Object({
  change: Type.String({
    description: "in words, such as `west-1: grade from 0.62 to at least 0.81`",
  }),
  node: Type.String(),
  component: Type.String(),
  from: Type.Number(),
  to: Type.Number(),
});
export type Flip = Static<typeof Flip>;

export const Explanation = Type.Object({
  at: Type.String({ description: "ISO 8601" }),
  source: Type.String(),
  path: Type.String(),
  region: Type.Union([Type.String(), Type.Null()]),
  regionFrom: Type.String({
    description: "how the region is known: query, session, network, none",
  }),
  failOpen: Type.Boolean(),
  places: Type.Array(ExplainedPlace),
  flips: Type.Array(Flip, {
    description: "each alone would put the second first; empty if no single change could",
  }),
});
export type Explanation = Static<typeof Explanation>;
