/**
 * What goes wrong in a fleet in one day, drawn from a seed: which node, when, and what it does to the
 * node's signals. This is the ground truth, known to the second.
 *
 * Two families: what jumps and what creeps. A creeping one grows evenly from nothing to its full size.
 * Both end at once, as an operator or a restart ends them.
 */
import type { Random } from "../../kernel/seeded-random.ts";
import { drawBetween } from "./draw-noise.ts";

export const FAMILIES = ["sudden", "creeping"] as const;
export type Family = (typeof FAMILIES)[number];

export type Incident = {
  readonly node: number;
  readonly kind: string;
  readonly fromSecond: number;
  readonly untilSecond: number;
  readonly isCreeping: boolean;
  /** At full size; 1 and 0 are nothing. */
  readonly effect: Effect;
};

export type Effect = {
  readonly firstByteTimes: number;
  readonly firstByteMs: number;
  readonly probeThroughputTimes: number;
  readonly playersThroughputTimes: number;
  readonly egressTimes: number;
  readonly eventLoopDelayMs: number;
  readonly playersErrors: number;
};

const NOTHING: Effect = {
  firstByteTimes: 1,
  firstByteMs: 0,
  probeThroughputTimes: 1,
  playersThroughputTimes: 1,
  egressTimes: 1,
  eventLoopDelayMs: 0,
  playersErrors: 0,
};

const MINUTE = 60;
/** Three times next to nothing is no incident: nobody would feel it. */
const FELT_MS = 30;
/** Nothing happens before everybody has been seen for a while, nor at the last moment. */
const QUIET_AT_FIRST_SECONDS = 60 * MINUTE;
const LEAST_BETWEEN_SECONDS = 90 * MINUTE;

type Kind = { readonly kind: string; draw(random: Random): Partial<Effect> };

const KINDS: Readonly<Record<Family, readonly Kind[]>> = {
  sudden: [
    {
      kind: "latency step",
      draw: (random) => ({
        firstByteTimes: drawBetween(random, 2.5, 6),
        firstByteMs: FELT_MS,
        playersThroughputTimes: drawBetween(random, 0.6, 0.9),
      }),
    },
    {
      kind: "throughput collapse",
      draw: (random) => ({
        probeThroughputTimes: drawBetween(random, 0.15, 0.4),
        playersThroughputTimes: drawBetween(random, 0.25, 0.55),
      }),
    },
    {
      kind: "error burst",
      draw: (random) => ({ playersErrors: drawBetween(random, 0.05, 0.25) }),
    },
    {
      kind: "egress drop",
      draw: (random) => ({
        egressTimes: drawBetween(random, 0.05, 0.3),
        playersErrors: drawBetween(random, 0.01, 0.06),
      }),
    },
  ],
  creeping: [
    {
      kind: "latency grows",
      draw: (random) => ({
        firstByteTimes: drawBetween(random, 2.5, 5),
        firstByteMs: FELT_MS,
        playersThroughputTimes: drawBetween(random, 0.6, 0.9),
      }),
    },
    {
      kind: "loss grows",
      draw: (random) => ({
        playersErrors: drawBetween(random, 0.05, 0.2),
        playersThroughputTimes: drawBetween(random, 0.5, 0.8),
      }),
    },
    {
      kind: "event loop leaks",
      draw: (random) => ({
        eventLoopDelayMs: drawBetween(random, 60, 250),
        firstByteTimes: drawBetween(random, 1.1, 1.6),
      }),
    },
    {
      kind: "throughput sags",
      draw: (random) => ({
        probeThroughputTimes: drawBetween(random, 0.2, 0.45),
        playersThroughputTimes: drawBetween(random, 0.3, 0.6),
      }),
    },
  ],
};
const DURATION_SECONDS: Readonly<Record<Family, readonly [number, number]>> = {
  sudden: [2 * MINUTE, 10 * MINUTE],
  creeping: [15 * MINUTE, 60 * MINUTE],
};

/** About `perNode` of each node, never two of one at a time, in the order of their begin. */
export function drawIncidents(
  family: Family,
  { nodes, seconds, perNode }: { nodes: number; seconds: number; perNode: number },
  random: Random,
): Incident[] {
  const incidents: Incident[] = [];
  for (let node = 0; node < nodes; node += 1) {
    const stretch = (seconds - QUIET_AT_FIRST_SECONDS) / perNode;
    for (let index = 0; index < perNode; index += 1) {
      const lasts = Math.round(drawBetween(random, ...DURATION_SECONDS[family]));
      const room = stretch - lasts - LEAST_BETWEEN_SECONDS / 2;
      const begin = QUIET_AT_FIRST_SECONDS + index * stretch + random() * Math.max(0, room);
      const kinds = KINDS[family];
      const kind = kinds[Math.floor(random() * kinds.length)];
      if (kind === undefined) continue;
      incidents.push({
        node,
        kind: kind.kind,
        fromSecond: Math.round(begin),
        untilSecond: Math.round(begin) + lasts,
        isCreeping: family === "creeping",
        effect: { ...NOTHING, ...kind.draw(random) },
      });
    }
  }
  return incidents.toSorted((a, b) => a.fromSecond - b.fromSecond);
}

/** What an incident does at this second; undefined before and after it. */
export function effectAt(incident: Incident, second: number): Effect | undefined {
  const { fromSecond, untilSecond, isCreeping, effect } = incident;
  if (second < fromSecond || second >= untilSecond) return undefined;
  if (!isCreeping) return effect;
  const grown = (second - fromSecond) / (untilSecond - fromSecond);
  const times = (full: number) => full ** grown;
  return {
    firstByteTimes: times(effect.firstByteTimes),
    firstByteMs: effect.firstByteMs * grown,
    probeThroughputTimes: times(effect.probeThroughputTimes),
    playersThroughputTimes: times(effect.playersThroughputTimes),
    egressTimes: times(effect.egressTimes),
    eventLoopDelayMs: effect.eventLoopDelayMs * grown,
    playersErrors: effect.playersErrors * grown,
  };
}
