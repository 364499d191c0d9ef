/** Where operators put in their word about a node, and take it back. */
import { Type } from "typebox";
import { requireBearerToken } from "../../chassis/bearer-token.ts";
import type { ServiceApp } from "../../chassis/service-app.ts";
import { APPLIANCES_PATH, ApplianceId } from "../contract/appliance-lease.ts";
import { OverrideRequest, OverrideView } from "../contract/override.ts";
import { decideOverride } from "../core/ranking/override.ts";
import { describeRoute, noBody, problem } from "../documentation/describe-route.ts";
import { LastNode, UnknownNode } from "../errors.ts";
import type { Fleet } from "../fleet/keep-fleet.ts";

export type OverrideRoutesOptions = {
  readonly fleet: Fleet;
  readonly token: string | undefined;
  readonly now: () => number;
  readonly wallNow: () => number;
};

const ById = Type.Object({ id: ApplianceId });
const PATH = `${APPLIANCES_PATH}/:id/override`;

export function addOverrideRoutes(app: ServiceApp, options: OverrideRoutesOptions): void {
  const { fleet, token, now, wallNow } = options;
  const onRequest = requireBearerToken(token);

  app.put(
    PATH,
    {
      onRequest,
      schema: {
        ...describeRoute({
          caller: "operators",
          purpose: "override",
          summary: "An operator's word about a node, for so many seconds",
          access: "with-the-token",
        }),
        params: ById,
        body: OverrideRequest,
        response: {
          200: OverrideView,
          400: problem("BAD_REQUEST"),
          401: problem("UNAUTHORISED"),
          404: problem("STEER_UNKNOWN_NODE"),
          409: problem("STEER_LAST_NODE"),
        },
      },
    },
    (request): OverrideView => {
      const { id } = request.params;
      if (fleet.node(id) === undefined) throw new UnknownNode(id);
      const clocks = { nowMs: now(), wallMs: wallNow() };
      const decision = decideOverride(fleet.judged(), { ...request.body, id }, clocks);
      if (decision.outcome === "refused") throw new LastNode(id);
      const { override } = decision;
      fleet.override(id, override, override.reason);
      return {
        action: override.action,
        reason: override.reason,
        since: new Date(override.sinceWallMs).toISOString(),
        endsAt: new Date(override.endsAtWallMs).toISOString(),
        secondsLeft: request.body.seconds,
      };
    },
  );

  app.delete(
    PATH,
    {
      onRequest,
      schema: {
        ...describeRoute({
          caller: "operators",
          purpose: "lift-override",
          summary: "Take it back",
          access: "with-the-token",
        }),
        params: ById,
        response: {
          204: noBody("taken back, or there was none"),
          401: problem("UNAUTHORISED"),
          404: problem("STEER_UNKNOWN_NODE"),
        },
      },
    },
    (request, reply) => {
      const { id } = request.params;
      if (!fleet.liftOverride(id)) throw new UnknownNode(id);
      return reply.code(204).send();
    },
  );
}
