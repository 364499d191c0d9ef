/** `GET /healthz`: steering answers, and how many appliances it would send a viewer to. */
import { type Static, Type } from "typebox";

export const HEALTHZ_PATH = "/healthz";
/** For Prometheus, in its text format. */
export const METRICS_PATH = "/v1/metrics";

export const ServiceHealth = Type.Object({
  status: Type.Literal("ok"),
  appliances: Type.Integer({ minimum: 0, description: "known, whatever their state" }),
  usable: Type.Integer({ minimum: 0, description: "up, or on trial" }),
});
export type ServiceHealth = Static<typeof ServiceHealth>;
