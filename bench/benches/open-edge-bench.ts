/**
 * Sets up the edge benches: ours and nginx, warm, before an origin that is then ended.
 *
 * With the origin gone nobody can answer but from its cache: one miss is a failed request, and a
 * failed request fails the bench.
 */
import type { Stage } from "../processes/stage.ts";
import { startAppliance } from "../systems/appliance.ts";
import { startFastifyHello } from "../systems/fastify-hello.ts";
import { startNginx } from "../systems/nginx.ts";
import { readObjects, startOrigin } from "../systems/origin.ts";
import type { OpenBench } from "./bench.ts";

export type EdgeWishes = {
  readonly objectBytes: number;
  /** How many different ones; each connection asks for them in turn. */
  readonly objects: number;
  /** One result for each. */
  readonly connections: readonly number[];
  readonly peers: "caches" | "caches-and-fastify";
};

export async function openEdgeBench(stage: Stage, wishes: EdgeWishes): Promise<OpenBench> {
  const { objectBytes } = wishes;
  const origin = await startOrigin(stage);
  const objects = await readObjects(origin, { sizeBytes: objectBytes, count: wishes.objects });
  const ours = await startAppliance(stage, origin, objects);
  const nginx = await startNginx(stage, origin, objects);
  await origin.stop();
  const fastify =
    wishes.peers === "caches" ? undefined : await startFastifyHello(stage, objectBytes);

  const systems = [ours, nginx, fastify].filter((system) => system !== undefined);
  return {
    entries: wishes.connections.map((connections) => ({
      unit: { objectBytes, connections },
      connections,
      systems,
    })),
    missing: nginx === undefined ? ["nginx"] : [],
  };
}
