/**
 * How many viewers one steering process can serve: its manifests, and the playlists with which a
 * play begins. Real appliances stand behind it, with their heartbeats and its probes going on.
 */
import type { Stage } from "../processes/stage.ts";
import { startFastifyHello } from "../systems/fastify-hello.ts";
import { startOrigin } from "../systems/origin.ts";
import { STEERING_REGIONS, startSteering } from "../systems/steering.ts";
import type { BenchWishes, Entry, LoadBench, OpenBench } from "./bench.ts";

const CONNECTIONS = 64;

export const STEERING: LoadBench = {
  kind: "load",
  name: "steering",
  question: "How many viewers can one steering process answer?",
  notes: [
    `Manifests are asked for with the signed tokens of different viewers. ${STEERING_REGIONS.length} appliances are registered, each a process of its own; their heartbeats and steering's probes go on as in production.`,
    "There is no peer to compare with. fastify is a yardstick: a bare app that answers with as many bytes, and neither reads nor signs a token, nor ranks.",
  ],
  open: openSteeringBench,
};

async function openSteeringBench(
  stage: Stage,
  { connections = CONNECTIONS }: Pick<BenchWishes, "connections">,
): Promise<OpenBench> {
  const origin = await startOrigin(stage);
  const { manifest, play } = await startSteering(stage, origin);
  const entries: Entry[] = [];
  for (const [request, ours] of [
    ["manifest", manifest],
    ["play", play],
  ] as const) {
    entries.push({
      unit: { request, appliances: STEERING_REGIONS.length, connections },
      connections,
      systems: [ours, await startFastifyHello(stage, ours.bodyBytes)],
    });
  }
  return { entries, missing: [] };
}
