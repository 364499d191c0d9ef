/**
 * How patient health is, and how much each voice may say: every number of it, in two measures.
 *
 * The weights are such that no voice alone, and no crowd of players beside good probes, comes to 1,
 * which is what it takes to take a node down: weigh-evidence.test.ts holds them to it. Nor do players
 * alone make a node sick, for anybody can be a thousand of them: what they say sends newcomers elsewhere.
 */
import type { DampingPolicy } from "./flap-damping.ts";
import type { SignalName, SignalPolicy } from "./health-signals.ts";
import type { BusyPolicy } from "./heartbeat-record.ts";
import type { ProbeRecordPolicy } from "./probe-record.ts";
import type { SignalWatchPolicy } from "./watch-signals.ts";

export type HealthPolicy = {
  readonly damping: DampingPolicy;
  readonly probes: ProbeRecordPolicy &
    VoicePolicy & {
      /** Up to this mean time to the first byte no viewer feels a difference. */
      readonly quickFirstByteMs: number;
      /** So far beyond it the grade is halved. */
      readonly slowFirstByteMs: number;
      /** Grade while they fail. */
      readonly failingGrade: number;
      /** What good ones take from the evidence against a node. */
      readonly praise: number;
    };
  readonly heartbeat: BusyPolicy &
    VoicePolicy & {
      /** Event-loop delay up to which nobody feels it, and at which the grade is at its floor. */
      readonly wellEventLoopDelayMs: number;
      readonly badEventLoopDelayMs: number;
      readonly lateGrade: number;
      readonly diskRecoveringGrade: number;
      readonly diskSlowGrade: number;
      readonly diskUnavailableGrade: number;
      readonly sheddingGrade: number;
      /** What a load of 1 takes away: less than keeps a viewer where it is. */
      readonly busyLoss: number;
    };
  readonly players: VoicePolicy & {
    /** How far it may lower the grade where our probes or its heartbeats speak against the node too. */
    readonly secondedFloor: number;
    /** A verdict older than this says nothing. */
    readonly freshForMs: number;
    /** So many sessions that are served well contradict our probes. */
    readonly enoughSessions: number;
    readonly praise: number;
  };
  readonly forecast: VoicePolicy & SignalWatchPolicy & { readonly freshForMs: number };
};

type VoicePolicy = {
  /** How far this voice alone may lower the grade, 0 to 1. */
  readonly floor: number;
  /** What it adds to the evidence for taking a node down, at most; 1 is enough. */
  readonly evidence: number;
};

const MEGABIT = 1_000_000;

const SIGNALS: Readonly<Record<SignalName, SignalPolicy>> = {
  "first-byte": {
    softening: 5,
    leastChange: 25,
    leastRatio: 0.5,
    limit: 1_000,
    cost: 0.6,
  },
  "probe-throughput": {
    softening: 0.5 * MEGABIT,
    leastChange: 2 * MEGABIT,
    leastRatio: 0.6,
    limit: undefined,
    cost: 0.6,
  },
  "event-loop-delay": {
    softening: 5,
    leastChange: 20,
    leastRatio: 0.5,
    limit: 500,
    cost: 0.3,
  },
  egress: { softening: 0.05, leastChange: 0.15, leastRatio: 1, limit: undefined, cost: 0.3 },
  "players-errors": {
    softening: 0.02,
    leastChange: 0.03,
    leastRatio: 0.6,
    limit: 0.3,
    cost: 0.55,
  },
  "players-throughput": {
    softening: 0.5 * MEGABIT,
    leastChange: 1 * MEGABIT,
    leastRatio: 0.4,
    limit: undefined,
    cost: 0.55,
  },
};

/** Chosen on the training seeds of `bench -- incidents`, never on those that it is judged by. */
const FORECAST: Omit<HealthPolicy["forecast"], "slotMs" | "freshForMs" | "leastSessions"> = {
  floor: 0.4,
  evidence: 0.5,
  forecast: {
    // Heartbeats may come in every second slot only, and one of them may be lost.
    smoothing: { training: 10, leastSamples: 4, levelWeight: 0.1, trendWeight: 0.02 },
    noiseWeight: 0.05,
    noiseFactor: 5,
  },
  habit: {
    habitWeight: 0.002,
    apartWeight: 0.1,
    noiseWeight: 0.02,
    training: 30,
    apartFactor: 2.5,
  },
  leastPeers: 2,
  deviatesAfter: 3,
  ofLast: 4,
  endsAt: 1,
  signals: SIGNALS,
};

const SHARED: Omit<HealthPolicy, "damping" | "forecast"> = {
  probes: {
    floor: 0,
    evidence: 1,
    praise: 0.6,
    downAfter: 2,
    ofLast: 3,
    upAfter: 2,
    quickFirstByteMs: 100,
    slowFirstByteMs: 1_000,
    failingGrade: 0.2,
  },
  heartbeat: {
    floor: 0.5,
    evidence: 0.3,
    busyFrom: 0.8,
    busyUntil: 0.6,
    wellEventLoopDelayMs: 50,
    badEventLoopDelayMs: 500,
    lateGrade: 0.6,
    diskRecoveringGrade: 0.9,
    diskSlowGrade: 0.7,
    diskUnavailableGrade: 0.6,
    sheddingGrade: 0.95,
    busyLoss: 0.05,
  },
  players: {
    floor: 0.7,
    secondedFloor: 0.45,
    evidence: 0.6,
    praise: 0.6,
    freshForMs: 10_000,
    enoughSessions: 5,
  },
};

/** All nodes of a demo share one busy machine, which delays everybody by tens of milliseconds. */
const DEMO_SIGNALS: typeof SIGNALS = {
  ...SIGNALS,
  "first-byte": { ...SIGNALS["first-byte"], leastChange: 100 },
  "event-loop-delay": { ...SIGNALS["event-loop-delay"], leastChange: 150 },
};

export const HEALTH_PROFILES: Readonly<Record<"demo" | "production", HealthPolicy>> = {
  demo: {
    ...SHARED,
    damping: { trialMs: 2_500, longestTrialMs: 20_000, halfLifeMs: 60_000 },
    forecast: {
      ...FORECAST,
      signals: DEMO_SIGNALS,
      slotMs: 1_000,
      freshForMs: 5_000,
      leastSessions: SHARED.players.enoughSessions,
    },
  },
  production: {
    ...SHARED,
    damping: { trialMs: 15_000, longestTrialMs: 600_000, halfLifeMs: 900_000 },
    probes: { ...SHARED.probes, downAfter: 3, ofLast: 5 },
    players: { ...SHARED.players, freshForMs: 60_000, enoughSessions: 20 },
    forecast: { ...FORECAST, slotMs: 5_000, freshForMs: 30_000, leastSessions: 20 },
  },
};
