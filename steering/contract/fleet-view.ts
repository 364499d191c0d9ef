/** `GET /v1/fleet`: what steering knows of each appliance, and why it judges it as it does. */
import { type Static, Type } from "typebox";
import { ApplianceReport } from "../../appliance/contract/appliance-status.ts";

export const FLEET_PATH = "/v1/fleet";

export const HealthState = Type.Union([
  Type.Literal("up"),
  Type.Literal("down"),
  Type.Literal("recovering"),
  Type.Literal("draining"),
  Type.Literal("gone"),
]);
export type HealthState = Static<typeof HealthState>;

export const ApplianceView = Type.Object({
  id: Type.String(),
  region: Type.String(),
  url: Type.String(),
  health: Type.Object({
    state: HealthState,
    reason: Type.String({ description: "what decided the state" }),
    grade: Type.Number({ minimum: 0, maximum: 1 }),
    forSeconds: Type.Number({ minimum: 0, description: "how long it has been in this state" }),
  }),
  leaseEndsInSeconds: Type.Number({ description: "negative once it has ended" }),
  heartbeatAgeSeconds: Type.Number({ minimum: 0 }),
  probe: Type.Union([
    Type.Null(),
    Type.Object({
      ok: Type.Boolean(),
      reason: Type.String(),
      ageSeconds: Type.Number({ minimum: 0 }),
      firstByteMs: Type.Union([Type.Number(), Type.Null()]),
    }),
  ]),
  report: ApplianceReport,
});
export type ApplianceView = Static<typeof ApplianceView>;

export const FleetView = Type.Object({
  at: Type.String({ description: "ISO 8601" }),
  failOpen: Type.Boolean({
    description: "true while every appliance looks bad and all are listed",
  }),
  appliances: Type.Array(ApplianceView),
});
export type FleetView = Static<typeof FleetView>;
