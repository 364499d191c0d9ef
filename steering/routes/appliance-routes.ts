/** Where appliances take, renew and give back their leases. Every one of them needs the token. */
import { Type } from "typebox";
import { requireBearerToken } from "../../chassis/bearer-token.ts";
import type { ServiceApp } from "../../chassis/service-app.ts";
import {
  APPLIANCES_PATH,
  ApplianceId,
  Cancellation,
  Heartbeat,
  type Lease,
  Registration,
} from "../contract/appliance-lease.ts";
import type { Refusal, RegistryDecision, RegistryPolicy } from "../core/registry/registry.ts";
import {
  BadApplianceUrl,
  Flapping,
  FleetFull,
  IdTaken,
  StaleHeartbeat,
  Superseded,
  UnknownAppliance,
} from "../errors.ts";
import type { Fleet } from "../fleet/keep-fleet.ts";

export type ApplianceRoutesOptions = {
  readonly fleet: Fleet;
  readonly token: string | undefined;
  readonly policy: RegistryPolicy;
};

const MAX_BODY_BYTES = 8 * 1024;
const ById = Type.Object({ id: ApplianceId });

export function addApplianceRoutes(app: ServiceApp, options: ApplianceRoutesOptions): void {
  const { fleet, token, policy } = options;
  const onRequest = requireBearerToken(token);
  const lease: Lease = {
    leaseSeconds: policy.leaseMs / 1000,
    heartbeatSeconds: policy.heartbeatMs / 1000,
  };

  app.post(
    APPLIANCES_PATH,
    { onRequest, bodyLimit: MAX_BODY_BYTES, schema: { body: Registration } },
    (request): Lease => {
      const { id, url } = request.body;
      if (!URL.canParse(url)) throw new BadApplianceUrl(id);
      refuse(id, fleet.register({ ...request.body, url: new URL(url).origin }));
      return lease;
    },
  );

  app.put(
    `${APPLIANCES_PATH}/:id/heartbeat`,
    { onRequest, bodyLimit: MAX_BODY_BYTES, schema: { params: ById, body: Heartbeat } },
    (request): Lease => {
      refuse(request.params.id, fleet.renew(request.params.id, request.body));
      return lease;
    },
  );

  app.delete(
    `${APPLIANCES_PATH}/:id`,
    { onRequest, schema: { params: ById, querystring: Cancellation } },
    (request, reply) => {
      const { id } = request.params;
      refuse(id, fleet.cancel(id, request.query.incarnation));
      return reply.code(204).send();
    },
  );
}

const REFUSALS: Readonly<Record<Refusal, new (id: string) => Error>> = {
  "unknown-appliance": UnknownAppliance,
  "superseded-incarnation": Superseded,
  "stale-sequence": StaleHeartbeat,
  "fleet-full": FleetFull,
  "id-taken": IdTaken,
  flapping: Flapping,
};

function refuse(id: string, decision: RegistryDecision): void {
  if (decision.outcome === "refused") throw new REFUSALS[decision.reason](id);
}
