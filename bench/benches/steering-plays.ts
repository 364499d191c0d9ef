/** How many plays one steering process can begin: each fetches a playlist, and gets a token with it. */
import { startFastifyHello } from "../systems/fastify-hello.ts";
import { startSteeredFleet } from "../systems/steering.ts";
import { playsOf } from "../systems/steering-answers.ts";
import type { LoadBench } from "./bench.ts";

const CONNECTIONS = 64;
const APPLIANCES = 1_000;

export const STEERING_PLAYS: LoadBench = {
  kind: "load",
  name: "steering-plays",
  question: "How many plays can one steering process begin?",
  notes: [
    "Every title is asked for by viewers of every region, each of whom gets the origin's playlist with a pathway for each of the best appliances, and a token of its own.",
  ],
  async open(stage, { connections = CONNECTIONS, appliances: most = APPLIANCES }) {
    const appliances = Math.min(APPLIANCES, most);
    const steered = await startSteeredFleet(stage, { appliances });
    const plays = await playsOf(steered, appliances);
    const fastify = await startFastifyHello(stage, plays.bodyBytes);
    return {
      entries: [
        {
          unit: { request: "play", appliances, connections },
          connections,
          systems: [plays, fastify],
        },
      ],
      missing: [],
    };
  },
};
