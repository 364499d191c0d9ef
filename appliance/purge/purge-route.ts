/** `POST /_appliance/purge`, as contract/purge.ts says. */
import type { onRequestHookHandler } from "fastify";
import type { ServiceApp } from "../../chassis/service-app.ts";
import { PURGE_PATH, PurgeAnswer, PurgeRequest } from "../contract/purge.ts";
import { readPurgeTargets } from "../core/purge-target.ts";
import { BadPurge } from "../errors.ts";
import type { Purges } from "./purges.ts";

export function registerPurgeRoute(
  app: ServiceApp,
  { purges, onRequest }: { readonly purges: Purges; readonly onRequest: onRequestHookHandler },
): void {
  const schema = { body: PurgeRequest, response: { 200: PurgeAnswer } };
  app.post(PURGE_PATH, { onRequest, schema }, async ({ body }) => {
    const reading = readPurgeTargets(body);
    if (!reading.ok) throw new BadPurge(reading.reason);
    const answer = await purges.purge(reading.targets, body.soft === true ? "soft" : "hard");
    app.log.info({ ...body, ...answer }, "purged");
    return answer;
  });
}
