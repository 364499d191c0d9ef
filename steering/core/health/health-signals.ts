/**
 * The measurements of a node that are compared with their own past and with the node's peers, and in
 * which direction each of them is worse.
 *
 * Signals are compared as ratios: a first byte of 30 ms is as far from 10 ms as 90 ms is from 30 ms. So
 * one rule fits a near and a far node, and an hour in which everybody is half as quick again.
 */
import type { PlayersVerdict } from "../reports/players-verdict.ts";
import type { NodeHealth } from "./node-health.ts";

export const SIGNAL_NAMES = [
  "first-byte",
  "probe-throughput",
  "event-loop-delay",
  "egress",
  "players-errors",
  "players-throughput",
] as const;
export type SignalName = (typeof SIGNAL_NAMES)[number];

export type SignalSample = { readonly value: number; readonly atMs: number };

export type SignalPolicy = {
  /** In the signal's unit: values far below it count as alike, for nobody feels the difference. */
  readonly softening: number;
  /** In the signal's unit: a smaller change for the worse is nothing. */
  readonly leastChange: number;
  /** As a share of what was expected: 0.5 is half as much again, or a third less. */
  readonly leastRatio: number;
  /** In the signal's unit: worse than this is bad, whatever was expected and however peers do. */
  readonly limit: number | undefined;
  /** What a deviation takes from the grade. */
  readonly cost: number;
};

export type ReadPolicy = {
  /** What fewer players say together is not measured: one of them may be unlucky, or lie. */
  readonly leastSessions: number;
};

type Signal = {
  /** Whose word it is, so that no voice is heard twice. */
  readonly origin: "probe" | "heartbeat" | "players";
  readonly worse: "higher" | "lower";
  /**
   * Compared with its own past alone, because steering itself decides how it stands beside its peers:
   * a node that lost its viewers would be blamed for having none, and get none.
   */
  readonly isSteered?: true;
  read(health: NodeHealth, policy: ReadPolicy): SignalSample | undefined;
};

export const SIGNALS: Readonly<Record<SignalName, Signal>> = {
  "first-byte": {
    origin: "probe",
    worse: "higher",
    read: ({ probes: { lastGood } }) => lastGood && sample(lastGood.firstByteMs, lastGood.atMs),
  },
  "probe-throughput": {
    origin: "probe",
    worse: "lower",
    read: ({ probes: { lastGood } }) =>
      lastGood && sample(lastGood.throughputBitsPerSecond, lastGood.atMs),
  },
  "event-loop-delay": {
    origin: "heartbeat",
    worse: "higher",
    read: ({ heartbeat }) => heartbeat && sample(heartbeat.eventLoopDelayMs, heartbeat.atMs),
  },
  egress: {
    origin: "heartbeat",
    worse: "lower",
    isSteered: true,
    read: ({ heartbeat }) => heartbeat && sample(heartbeat.load, heartbeat.atMs),
  },
  "players-errors": {
    origin: "players",
    worse: "higher",
    read: (health, policy) => playersSample(health, policy, ({ errorRatio }) => errorRatio),
  },
  "players-throughput": {
    origin: "players",
    worse: "lower",
    read: (health, policy) =>
      playersSample(health, policy, ({ throughputBitsPerSecond }) => throughputBitsPerSecond),
  },
};

/** On a scale on which more is worse, and equal steps are equal ratios. */
export function badnessOf(name: SignalName, value: number, { softening }: SignalPolicy): number {
  const logarithm = Math.log(value + softening);
  return SIGNALS[name].worse === "higher" ? logarithm : -logarithm;
}

/** The value that has this badness. */
export function valueOfBadness(
  name: SignalName,
  badness: number,
  { softening }: SignalPolicy,
): number {
  return Math.exp(SIGNALS[name].worse === "higher" ? badness : -badness) - softening;
}

function playersSample(
  { players }: NodeHealth,
  { leastSessions }: ReadPolicy,
  figureOf: (verdict: PlayersVerdict) => number | undefined,
): SignalSample | undefined {
  if (players === undefined || !(players.verdict.sessions >= leastSessions)) return undefined;
  return sample(figureOf(players.verdict), players.atMs);
}

/** What is negative or no finite number was not measured. */
function sample(value: number | undefined, atMs: number): SignalSample | undefined {
  return value !== undefined && Number.isFinite(value) && value >= 0 ? { value, atMs } : undefined;
}
