/**
 * Sets up the edge benches: ours and the peers, warm, before an origin that is then ended.
 *
 * With the origin gone nobody can answer but from its cache: one miss is a failed request, and a
 * failed request fails the bench.
 */
import type { Stage } from "../processes/stage.ts";
import { startWarmAppliance } from "../systems/appliance.ts";
import { startFastifyHello } from "../systems/fastify-hello.ts";
import type { MeasuredSystem } from "../systems/measured-system.ts";
import { readObjects, startOrigin } from "../systems/origin.ts";
import { startPeers, warmPeer } from "../systems/peer.ts";
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
  const ours = await startWarmAppliance(stage, origin, objects);
  const { peers, missing } = await startPeers(stage, origin.url);
  const warm: MeasuredSystem[] = [];
  for (const peer of peers) warm.push(await warmPeer(peer, objects));
  await origin.stop();
  const fastify =
    wishes.peers === "caches" ? undefined : await startFastifyHello(stage, objectBytes);

  const systems = [ours, ...warm, fastify].filter((system) => system !== undefined);
  return {
    entries: wishes.connections.map((connections) => ({
      unit: { objectBytes, connections },
      connections,
      systems,
    })),
    missing,
  };
}
