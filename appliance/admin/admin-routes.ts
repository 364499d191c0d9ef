/** What operators and steering ask of an appliance itself, beside what viewers ask of the origin. */
import { Type } from "typebox";
import { requireBearerToken } from "../../chassis/bearer-token.ts";
import type { ServiceApp } from "../../chassis/service-app.ts";
import {
  APPLIANCE_PREFIX,
  ApplianceStatus,
  DRAIN_PATH,
  HEALTH_PATH,
  STATUS_PATH,
  UNDRAIN_PATH,
} from "../contract/appliance-status.ts";
import { NotFound } from "../errors.ts";

export type AdminRoutesOptions = {
  readonly token: string | undefined;
  readonly status: () => ApplianceStatus;
  readonly setDraining: (isDraining: boolean) => void;
};

const Health = Type.Object({ state: ApplianceStatus.properties.report.properties.state });

export function registerAdminRoutes(
  app: ServiceApp,
  { token, status, setDraining }: AdminRoutesOptions,
): void {
  const health = () => ({ state: status().report.state });
  const operator = { onRequest: requireBearerToken(token) };

  app.get(HEALTH_PATH, { schema: { response: { 200: Health, 503: Health } } }, (_, reply) => {
    const { state } = health();
    reply.header("cache-control", "no-store").code(state === "serving" ? 200 : 503);
    return { state };
  });
  app.get(STATUS_PATH, { schema: { response: { 200: ApplianceStatus } } }, (_, reply) => {
    reply.header("cache-control", "no-store");
    return status();
  });
  app.post(DRAIN_PATH, operator, () => {
    setDraining(true);
    return health();
  });
  app.post(UNDRAIN_PATH, operator, () => {
    setDraining(false);
    return health();
  });
  // Nothing below the prefix is ever forwarded to the origin.
  app.all(`${APPLIANCE_PREFIX}/*`, (request) => {
    throw new NotFound(request.url);
  });
}
