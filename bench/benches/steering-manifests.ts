/** How many viewers one steering process can answer: each asks for a manifest every few seconds. */
import type { Run } from "../contract/bench-result.ts";
import { OURS } from "../contract/bench-result.ts";
import type { StudyClaim } from "../contract/study-result.ts";
import { writeFigure } from "../core/write-figure.ts";
import { startFastifyHello } from "../systems/fastify-hello.ts";
import { startSteeredFleet } from "../systems/steering.ts";
import { manifestsOf } from "../systems/steering-answers.ts";
import type { LoadBench } from "./bench.ts";

const CONNECTIONS = 64;
const APPLIANCES = 1_000;
const LEAST_PER_SECOND = 20_000;
const RATE_SHARE = 0.5;
const MOST_P99_MS = 20;

export const STEERING_MANIFESTS: LoadBench = {
  kind: "load",
  name: "steering-manifests",
  question: "How many viewers can one steering process answer?",
  notes: [
    `Manifests are asked for with the signed tokens of thousands of viewers, who watch every title in every region. ${APPLIANCES.toLocaleString("en-US")} made-up appliances are registered: one process sends the heartbeats of all of them and answers steering's probes, as often as in production. Before and after each round all of them are up, and no heartbeat was refused.`,
    "There is no peer to compare with. fastify is a yardstick: a bare app that answers with as many bytes, and neither reads nor signs a token, nor ranks.",
  ],
  async open(stage, { connections = CONNECTIONS, appliances: most = APPLIANCES }) {
    const appliances = Math.min(APPLIANCES, most);
    const steered = await startSteeredFleet(stage, { appliances });
    const manifests = await manifestsOf(steered, appliances);
    const fastify = await startFastifyHello(stage, manifests.bodyBytes);
    return {
      entries: [
        {
          unit: { request: "manifest", appliances, connections },
          connections,
          systems: [manifests, fastify],
          rateShare: RATE_SHARE,
          mostPerSecond: LEAST_PER_SECOND * RATE_SHARE,
          claimsOf: claimsFor,
        },
      ],
      missing: [],
    };
  },
};

function claimsFor(runs: readonly Run[]): readonly StudyClaim[] {
  const ours = runs.find(({ system }) => system === OURS);
  if (ours?.atRate === undefined) return [];
  const { requestsPerSecond, atRate } = ours;
  return [
    {
      claim: `one core answers at least ${writeFigure(LEAST_PER_SECOND)} manifests/s (${writeFigure(requestsPerSecond)}, limited by ${ours.limitedBy})`,
      holds: requestsPerSecond >= LEAST_PER_SECOND,
    },
    {
      claim: `at half of that rate, or of what it can (${writeFigure(atRate.requestsPerSecond)}/s) the p99 is at most ${MOST_P99_MS} ms (${writeFigure(atRate.latencyMs.p99)})`,
      holds: atRate.latencyMs.p99 <= MOST_P99_MS,
    },
  ];
}
