/**
 * A day of a made-up fleet, drawn from a seed: what steering would measure of each node in each slot of
 * five seconds, with the incidents in it.
 *
 * Nodes differ, load comes and goes with the hour, everybody is slower at the peak, a region as a whole
 * has bad half-hours, nodes wander, measurements are noisy and now and then absurd, and nodes restart.
 * None of that is an incident.
 */
import { type Random, seededRandom } from "../../kernel/seeded-random.ts";
import { SIGNAL_NAMES, type SignalName } from "../../steering/core/health/health-signals.ts";
import {
  drawIncidents,
  type Effect,
  effectAt,
  type Family,
  type Incident,
} from "./draw-incidents.ts";
import { drawBetween, drawCount, drawFactor, wander } from "./draw-noise.ts";

export type Course = {
  readonly nodes: readonly CourseNode[];
  readonly slots: number;
  readonly incidents: readonly Incident[];
  /** At `slot * nodes.length + node`; NaN where nothing was measured. */
  readonly signals: Readonly<Record<SignalName, Float64Array>>;
  /** Likewise; 0 while a node restarts. */
  readonly isUp: Uint8Array;
};
export type CourseNode = { readonly id: string; readonly region: string };

export const SLOT_SECONDS = 5;
const DAY_SECONDS = 24 * 60 * 60;
const REGIONS = ["east", "south", "west"];
const NODES_PER_REGION = 4;
const INCIDENTS_PER_NODE_DAY = 3;
const RESTARTS_PER_NODE = 2;
const BAD_SPELLS_PER_REGION = 4;
/** A heartbeat comes in every second slot. */
const HEARTBEAT_SLOTS = 2;
/** Players are heard over this many slots. */
const PLAYERS_SLOTS = 6;
const REQUESTS_PER_SLOT = 150;

export function drawCourse(family: Family, seed: string, seconds = DAY_SECONDS): Course {
  const random = seededRandom(`${family} ${seed}`);
  const nodes = REGIONS.flatMap((region) =>
    Array.from({ length: NODES_PER_REGION }, (_, index) => ({ id: `${region}-${index}`, region })),
  );
  const slots = Math.floor(seconds / SLOT_SECONDS);
  const perNode = Math.max(1, Math.round((INCIDENTS_PER_NODE_DAY * seconds) / DAY_SECONDS));
  const plan = { nodes: nodes.length, seconds, perNode };
  const incidents = drawIncidents(family, plan, random);
  const signals = Object.fromEntries(
    SIGNAL_NAMES.map((name) => [name, new Float64Array(slots * nodes.length).fill(Number.NaN)]),
  ) as Record<SignalName, Float64Array>;
  const isUp = new Uint8Array(slots * nodes.length).fill(1);
  const hardships = new Map(REGIONS.map((region) => [region, drawHardship(random, slots)]));

  for (const [node, { region }] of nodes.entries()) {
    const measure = drawNode(random, node);
    const restarts = drawRestarts(random, slots);
    const own = incidents.filter((incident) => incident.node === node);
    const hardship = hardships.get(region) ?? new Float64Array(slots);
    for (let slot = 0; slot < slots; slot += 1) {
      const second = slot * SLOT_SECONDS;
      const effect = own.map((incident) => effectAt(incident, second)).find((each) => each);
      const restart = restarts.find(({ from, until }) => slot >= from && slot < until + WARM_SLOTS);
      const at = slot * nodes.length + node;
      const isDown = restart !== undefined && slot < restart.until;
      // Its caches are cold for a while: all its answers are a little slower.
      const coldness =
        restart === undefined || isDown ? 0 : 1 - (slot - restart.until) / WARM_SLOTS;
      if (isDown) isUp[at] = 0;
      const measured = measure({ slot, hardship: hardship[slot] ?? 0, coldness, effect });
      if (isDown) continue;
      for (const name of SIGNAL_NAMES) signals[name][at] = measured[name];
    }
  }
  return { nodes, slots, incidents, signals, isUp };
}

type Circumstances = {
  readonly slot: number;
  readonly hardship: number;
  readonly coldness: number;
  readonly effect: Effect | undefined;
};

/** A node with habits of its own, and what is measured of it from slot to slot. */
function drawNode(random: Random, node: number) {
  const base = {
    firstByteMs: 8 * drawFactor(random, 0.6) + drawBetween(random, 0, 40),
    probeThroughput: 90e6 * drawFactor(random, 0.4),
    eventLoopDelayMs: 4 * drawFactor(random, 0.4),
    playersThroughput: 18e6 * drawFactor(random, 0.25),
    playersErrors: 0.003 * drawFactor(random, 0.4),
    load: drawBetween(random, 0.45, 0.75),
  };
  const wanders = {
    load: wander(random, 0.1, 240),
    firstByte: wander(random, 0.1, 480),
    throughput: wander(random, 0.1, 480),
    eventLoop: wander(random, 0.15, 240),
  };
  const failures = new RollingSum(PLAYERS_SLOTS);
  const requests = new RollingSum(PLAYERS_SLOTS);
  const players = new RollingSum(PLAYERS_SLOTS);
  const spike = (share: number, most: number) =>
    random() < share ? drawBetween(random, 2, most) : 1;

  return ({ slot, hardship, coldness, effect }: Circumstances): Record<SignalName, number> => {
    const load = Math.min(0.97, base.load * demandAt(slot) * wanders.load());
    const strain = 1 + 0.9 * load ** 2;
    const pressed = 1 + hardship;
    const egress =
      load * (1 - 0.1 * hardship) * drawFactor(random, 0.06) * (effect?.egressTimes ?? 1);

    requests.add(REQUESTS_PER_SLOT * load + 5);
    const errorRatio = Math.min(
      1,
      base.playersErrors * pressed * strain + (effect?.playersErrors ?? 0),
    );
    failures.add(drawCount(random, errorRatio * (REQUESTS_PER_SLOT * load + 5)));
    players.add(
      ((base.playersThroughput * drawFactor(random, 0.12)) / (strain * pressed)) *
        (effect?.playersThroughputTimes ?? 1),
    );
    const hasHeartbeat = (slot + node) % HEARTBEAT_SLOTS === 0;
    const eventLoopDelayMs =
      base.eventLoopDelayMs *
        strain ** 2 *
        wanders.eventLoop() *
        drawFactor(random, 0.25) *
        spike(0.01, 8) +
      (effect?.eventLoopDelayMs ?? 0);
    return {
      "first-byte":
        base.firstByteMs *
          strain *
          pressed *
          (1 + 0.5 * coldness) *
          wanders.firstByte() *
          drawFactor(random, 0.15) *
          spike(0.01, 6) *
          (effect?.firstByteTimes ?? 1) +
        (effect?.firstByteMs ?? 0),
      "probe-throughput":
        ((base.probeThroughput * wanders.throughput() * drawFactor(random, 0.18)) /
          (strain * pressed * (1 + 0.5 * coldness) * spike(0.01, 5))) *
        (effect?.probeThroughputTimes ?? 1),
      "event-loop-delay": hasHeartbeat ? eventLoopDelayMs : Number.NaN,
      egress: hasHeartbeat ? egress : Number.NaN,
      "players-errors": Math.min(1, failures.total / Math.max(1, requests.total)),
      "players-throughput": players.total / PLAYERS_SLOTS,
    };
  };
}

/** Demand over the day, 1 at its peak at eight in the evening and a quarter of that in the morning. */
function demandAt(slot: number): number {
  const hour = (slot * SLOT_SECONDS) / 3600;
  return 0.625 + 0.375 * Math.cos(((hour - 20) / 24) * 2 * Math.PI);
}

/** How much worse a region's network is than usual, in each slot: for a while, now and then. */
function drawHardship(random: Random, slots: number): Float64Array {
  const hardship = new Float64Array(slots);
  for (let spell = 0; spell < BAD_SPELLS_PER_REGION; spell += 1) {
    const from = Math.floor(random() * slots);
    const lasts = Math.round(drawBetween(random, 60, 480));
    const size = drawBetween(random, 0.4, 1.8);
    const ramp = drawBetween(random, 1, 60);
    for (let slot = from; slot < Math.min(slots, from + lasts); slot += 1) {
      const inside = Math.min(slot - from + 1, from + lasts - slot);
      hardship[slot] = (hardship[slot] ?? 0) + size * Math.min(1, inside / ramp);
    }
  }
  return hardship;
}

type Restart = { readonly from: number; readonly until: number };
const WARM_SLOTS = 24;

function drawRestarts(random: Random, slots: number): Restart[] {
  return Array.from({ length: RESTARTS_PER_NODE }, () => {
    const from = Math.floor(random() * slots);
    return { from, until: from + Math.round(drawBetween(random, 4, 14)) };
  });
}

/** Of the last few. */
class RollingSum {
  readonly #last: number[];
  #next = 0;
  total = 0;

  constructor(length: number) {
    this.#last = Array<number>(length).fill(0);
  }

  add(value: number): void {
    this.total += value - (this.#last[this.#next] ?? 0);
    this.#last[this.#next] = value;
    this.#next = (this.#next + 1) % this.#last.length;
  }
}
