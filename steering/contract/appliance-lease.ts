/**
 * How an appliance joins the fleet and stays in it: a lease that it renews with every heartbeat.
 *
 * `POST /v1/appliances` takes a lease, `PUT /v1/appliances/:id/heartbeat` renews it and
 * `DELETE /v1/appliances/:id` gives it back. A heartbeat for an unknown id is answered with 404
 * `STEER_UNKNOWN_APPLIANCE`: register again. 409 `STEER_SUPERSEDED` means that another process has
 * registered the same id since: the lease is lost, and asking again does not bring it back. 409
 * `STEER_STALE_HEARTBEAT` needs nothing. Each needs the fleet's bearer token.
 */
import { type Static, Type } from "typebox";
import { ApplianceReport } from "../../appliance/contract/appliance-status.ts";

export const APPLIANCES_PATH = "/v1/appliances";
export const heartbeatPath = (id: string) => `${APPLIANCES_PATH}/${id}/heartbeat`;
export const appliancePath = (id: string) => `${APPLIANCES_PATH}/${id}`;

/** A pathway id of HLS content steering, because an appliance's id becomes one. */
export const ApplianceId = Type.String({ pattern: "^[A-Za-z0-9._-]{1,64}$" });
export const RegionName = Type.String({ pattern: "^[a-z0-9-]{1,32}$" });

export const Registration = Type.Object(
  {
    id: ApplianceId,
    region: RegionName,
    url: Type.String({
      pattern: "^https?://[^/?#@\\s]+$",
      maxLength: 256,
      description: "the address that viewers use, without a path",
    }),
    /** Two processes that claim one id are told apart by it; the newer one holds the lease. */
    incarnation: Type.String({ minLength: 1, maxLength: 64 }),
    report: ApplianceReport,
  },
  { additionalProperties: false },
);
export type Registration = Static<typeof Registration>;

export const Heartbeat = Type.Object(
  {
    incarnation: Type.String({ minLength: 1, maxLength: 64 }),
    sequence: Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: "grows; an older one is refused",
    }),
    report: ApplianceReport,
  },
  { additionalProperties: false },
);
export type Heartbeat = Static<typeof Heartbeat>;

/** Query of the `DELETE`: with it, a process that was superseded cannot end its successor's lease. */
export const Cancellation = Type.Object({
  incarnation: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
});
export type Cancellation = Static<typeof Cancellation>;

export const Lease = Type.Object({
  leaseSeconds: Type.Number({ description: "ends so long after the last heartbeat" }),
  heartbeatSeconds: Type.Number({ description: "how often to renew" }),
});
export type Lease = Static<typeof Lease>;
