/**
 * An operator's word about one node: `PUT /v1/appliances/:id/override`, `DELETE` to take it back.
 *
 * It outweighs what steering has found out, says why, and ends by itself, so that nobody has to
 * remember it. Both need the fleet's bearer token. 409 `STEER_LAST_NODE` refuses to take away the last
 * node that could serve, unless `force` is set. A node that is not an appliance (a real CDN) is named
 * by its pathway id.
 */
import { type Static, Type } from "typebox";

export const LONGEST_OVERRIDE_SECONDS = 7 * 24 * 60 * 60;

export const OverrideAction = Type.Union(
  [Type.Literal("drain"), Type.Literal("exclude"), Type.Literal("prefer"), Type.Literal("trust")],
  {
    description:
      "drain: nobody new, and those on it move; exclude: as if it were down; prefer: before its equals; trust: up, whatever is judged of it (a refused connection and an ended lease still count)",
  },
);
export type OverrideAction = Static<typeof OverrideAction>;

export const OverrideRequest = Type.Object(
  {
    action: OverrideAction,
    seconds: Type.Number({
      exclusiveMinimum: 0,
      maximum: LONGEST_OVERRIDE_SECONDS,
      description: "after which it ends by itself",
    }),
    reason: Type.String({ minLength: 1, maxLength: 200, description: "for whoever asks why" }),
    force: Type.Optional(Type.Boolean({ description: "even if nobody is left who could serve" })),
  },
  { additionalProperties: false },
);
export type OverrideRequest = Static<typeof OverrideRequest>;

export const OverrideView = Type.Object({
  action: OverrideAction,
  reason: Type.String(),
  since: Type.String({ description: "ISO 8601" }),
  endsAt: Type.String({ description: "ISO 8601" }),
  secondsLeft: Type.Number({ minimum: 0 }),
});
export type OverrideView = Static<typeof OverrideView>;
