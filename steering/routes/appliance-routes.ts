/**
 * Where appliances take, renew and give back their leases, each with the token, and where anybody reads
 * who there is.
 */
import type { FastifyError, FastifyReply } from "fastify";
import { Type } from "typebox";
import { requireBearerToken } from "../../chassis/bearer-token.ts";
import { problemDetails, sendProblem } from "../../chassis/problem-details.ts";
import type { ServiceApp } from "../../chassis/service-app.ts";
import {
  APPLIANCES_PATH,
  ApplianceId,
  Cancellation,
  Heartbeat,
  Lease,
  Registration,
} from "../contract/appliance-lease.ts";
import { ApplianceView, CdnView } from "../contract/fleet-view.ts";
import type { Refusal, RegistryDecision } from "../core/registry/registry.ts";
import { describeRoute, noBody, problem } from "../documentation/describe-route.ts";
import {
  BadApplianceUrl,
  Flapping,
  FleetFull,
  IdTaken,
  NobodyCalled,
  StaleHeartbeat,
  Superseded,
  UnknownAppliance,
} from "../errors.ts";
import type { Fleet } from "../fleet/keep-fleet.ts";
import { type HearHeartbeat, MAX_HEARTBEAT_BYTES } from "../lease/plain-heartbeats.ts";
import type { OutcomeCounts } from "../metrics/outcome-counts.ts";

export type ApplianceRoutesOptions = {
  readonly fleet: Fleet;
  readonly wallNow: () => number;
  readonly counts: OutcomeCounts<LeaseOutcome>;
  readonly hear: HearHeartbeat;
  readonly lease: Lease;
  readonly token: string | undefined;
};

const MAX_BODY_BYTES = MAX_HEARTBEAT_BYTES;
const ById = Type.Object({ id: ApplianceId });

/** Carries a heartbeat out, and counts what became of it. */
export function newHeartbeatHearing(
  fleet: Pick<Fleet, "renew">,
  counts: OutcomeCounts<LeaseOutcome>,
): HearHeartbeat {
  return (id, heartbeat) => {
    const decision = fleet.renew(id, heartbeat);
    counts[outcomeOf(decision)] += 1;
    if (decision.outcome === "accepted") return undefined;
    const { statusCode = 500, code, message } = new REFUSALS[decision.reason](id);
    return problemDetails(statusCode, code, message);
  };
}

/** What becomes of a registration or a heartbeat. */
export type LeaseOutcome = "accepted" | Refusal;
export const LEASE_OUTCOMES: readonly LeaseOutcome[] = [
  "accepted",
  "unknown-appliance",
  "superseded-incarnation",
  "stale-sequence",
  "fleet-full",
  "id-taken",
  "flapping",
];

const ApplianceList = Type.Object({ appliances: Type.Array(ApplianceView) });

export function addApplianceRoutes(app: ServiceApp, options: ApplianceRoutesOptions): void {
  const { fleet, token, lease, wallNow, counts, hear } = options;
  const onRequest = requireBearerToken(token);

  app.get(
    APPLIANCES_PATH,
    {
      schema: {
        ...describeRoute({
          caller: "operators",
          purpose: "list-appliances",
          summary: "Every appliance that is known, whatever its state",
        }),
        response: { 200: ApplianceList, 429: problem("STEER_TOO_OFTEN") },
      },
    },
    (_, reply) => {
      reply.header("cache-control", "no-store");
      return { appliances: fleet.view(wallNow()).appliances };
    },
  );

  app.get(
    `${APPLIANCES_PATH}/:id`,
    {
      schema: {
        ...describeRoute({
          caller: "operators",
          purpose: "show-appliance",
          summary: "What is known of one node: of an appliance, or of a pathway of the file",
        }),
        params: ById,
        response: {
          200: Type.Union([ApplianceView, CdnView]),
          404: problem("STEER_UNKNOWN_APPLIANCE"),
          429: problem("STEER_TOO_OFTEN"),
        },
      },
    },
    (request, reply) => {
      const view = fleet.viewOf(request.params.id);
      if (view === undefined) throw new NobodyCalled(request.params.id);
      reply.header("cache-control", "no-store");
      return view;
    },
  );

  app.post(
    APPLIANCES_PATH,
    {
      onRequest,
      bodyLimit: MAX_BODY_BYTES,
      schema: {
        ...describeRoute({
          caller: "appliances",
          purpose: "register",
          summary: "Takes a lease",
          access: "with-the-token",
        }),
        body: Registration,
        response: {
          200: Lease,
          400: problem("BAD_REQUEST", "STEER_BAD_APPLIANCE_URL"),
          401: problem("UNAUTHORISED"),
          409: problem("STEER_SUPERSEDED", "STEER_ID_TAKEN", "STEER_FLAPPING"),
          503: problem("STEER_FLEET_FULL"),
        },
      },
    },
    (request, reply): Lease => {
      const { id, url } = request.body;
      const address = addressOf(url);
      if (address === undefined) throw new BadApplianceUrl(id);
      const decision = fleet.register({ ...request.body, url: address });
      counts[outcomeOf(decision)] += 1;
      refuse(id, decision, reply);
      return lease;
    },
  );

  app.put(
    `${APPLIANCES_PATH}/:id/heartbeat`,
    {
      onRequest,
      bodyLimit: MAX_BODY_BYTES,
      schema: {
        ...describeRoute({
          caller: "appliances",
          purpose: "heartbeat",
          summary: "Renews the lease, and says how the appliance is",
          access: "with-the-token",
        }),
        params: ById,
        body: Heartbeat,
        response: {
          200: Lease,
          400: problem("BAD_REQUEST"),
          401: problem("UNAUTHORISED"),
          404: problem("STEER_UNKNOWN_APPLIANCE"),
          409: problem("STEER_SUPERSEDED", "STEER_STALE_HEARTBEAT"),
        },
      },
    },
    (request, reply) => {
      const problem = hear(request.params.id, request.body);
      return problem === undefined ? lease : sendProblem(reply, problem);
    },
  );

  app.delete(
    `${APPLIANCES_PATH}/:id`,
    {
      onRequest,
      schema: {
        ...describeRoute({
          caller: "appliances",
          purpose: "leave",
          summary: "Gives the lease back",
          access: "with-the-token",
        }),
        params: ById,
        querystring: Cancellation,
        response: {
          204: noBody("given back"),
          401: problem("UNAUTHORISED"),
          404: problem("STEER_UNKNOWN_APPLIANCE"),
          409: problem("STEER_SUPERSEDED"),
        },
      },
    },
    (request, reply) => {
      const { id } = request.params;
      refuse(id, fleet.cancel(id, request.query.incarnation), reply);
      return reply.code(204).send();
    },
  );
}

/** In its normal form. A URL may hold quotes and more in its host, which no viewer could look up. */
function addressOf(url: string): string | undefined {
  const origin = URL.canParse(url) ? new URL(url).origin : "";
  return PLAIN_ORIGIN.test(origin) ? origin : undefined;
}
const PLAIN_ORIGIN = /^https?:\/\/(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d+)?$/;

function outcomeOf(decision: RegistryDecision): LeaseOutcome {
  return decision.outcome === "refused" ? decision.reason : "accepted";
}

const REFUSALS: Readonly<Record<Refusal, new (id: string) => FastifyError>> = {
  "unknown-appliance": UnknownAppliance,
  "superseded-incarnation": Superseded,
  "stale-sequence": StaleHeartbeat,
  "fleet-full": FleetFull,
  "id-taken": IdTaken,
  flapping: Flapping,
};

function refuse(id: string, decision: RegistryDecision, reply: FastifyReply): void {
  if (decision.outcome !== "refused") return;
  if (decision.reason === "flapping") {
    reply.header("retry-after", Math.ceil(decision.retryAfterMs / 1000));
  }
  throw new REFUSALS[decision.reason](id);
}
