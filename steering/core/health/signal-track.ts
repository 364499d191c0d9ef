/**
 * One signal of one node as time goes by: takes a sample, is judged beside its peers, and learns.
 *
 * A sample is bad if it is beyond the limit for anybody, or worse than its own past foretells, or if the
 * node has come to stand apart from its peers; in the last two cases by more than noise explains and by
 * more than anybody feels. A surprise that the peers share is nobody's fault. Only k bad samples of the
 * last n make a deviation.
 */
import type { Peers } from "./compare-peers.ts";
import {
  badnessOf,
  SIGNALS,
  type SignalName,
  type SignalPolicy,
  type SignalSample,
  valueOfBadness,
} from "./health-signals.ts";
import { badAmong, NO_OUTCOMES, noteOutcome, type RecentOutcomes } from "./recent-outcomes.ts";
import {
  type ForecastPolicy,
  learnSample,
  NO_FORECAST,
  noiseLimit,
  type SignalForecast,
  surpriseOf,
} from "./signal-forecast.ts";
import {
  apartLimit,
  type HabitPolicy,
  NO_HABIT,
  noteExcess,
  type SignalHabit,
} from "./signal-habit.ts";

export type SignalTrack = {
  /** Of the last sample. */
  readonly slot: number;
  readonly atMs: number;
  readonly value: number;
  readonly badness: number;
  /** Undefined while nothing was foretold. */
  readonly surprise: number | undefined;
  readonly forecast: SignalForecast;
  readonly habit: SignalHabit;
  readonly recent: RecentOutcomes;
  readonly found: Finding | undefined;
};

export type Finding = {
  readonly worseThan: "forecast" | "peers" | "limit";
  readonly expected: number;
};

export type TrackPolicy = {
  readonly forecast: ForecastPolicy;
  readonly habit: HabitPolicy;
  /** Deviates from so many bad samples among the last `ofLast` on, until at most `endsAt` are bad. */
  readonly deviatesAfter: number;
  readonly ofLast: number;
  readonly endsAt: number;
  readonly signals: Readonly<Record<SignalName, SignalPolicy>>;
};

export type PeersOfTrack = {
  /** Of what is beyond habit. */
  readonly usual: Peers | undefined;
  readonly surprised: Peers | undefined;
};

const NEW_TRACK: SignalTrack = {
  slot: Number.NEGATIVE_INFINITY,
  atMs: 0,
  value: 0,
  badness: 0,
  surprise: undefined,
  forecast: NO_FORECAST,
  habit: NO_HABIT,
  recent: NO_OUTCOMES,
  found: undefined,
};

/** With a new sample, which nobody has judged yet. */
export function takeSample(
  name: SignalName,
  track: SignalTrack | undefined,
  { slot, sample }: { readonly slot: number; readonly sample: SignalSample },
  policy: TrackPolicy,
): SignalTrack {
  const { value, atMs } = sample;
  const { forecast, habit, recent, found } = track ?? NEW_TRACK;
  const badness = badnessOf(name, value, policy.signals[name]);
  const surprise = surpriseOf(forecast, { slot, badness }, policy.forecast);
  return { slot, atMs, value, badness, surprise, forecast, habit, recent, found };
}

/** How bad it is beyond what is usual for this node; comparable among peers. */
export function beyondHabit({ badness, habit }: SignalTrack): number {
  return badness - habit.offset;
}

/** Decides about the sample that was taken last, and then learns from it. */
export function judgeTrack(
  name: SignalName,
  track: SignalTrack,
  { usual, surprised }: PeersOfTrack,
  policy: TrackPolicy,
): SignalTrack {
  const signal = policy.signals[name];
  const leastStep = Math.log1p(signal.leastRatio);

  const excuse = Math.max(0, surprised?.median ?? 0);
  const mostSurprise = Math.max(leastStep, noiseLimit(track.forecast, policy.forecast));
  const surprise = track.surprise === undefined ? 0 : track.surprise - excuse;

  const isAlone = usual === undefined || SIGNALS[name].isSteered;
  const excess = isAlone ? Number.NaN : beyondHabit(track) - usual.median;
  const mostApart = Math.max(leastStep, apartLimit(track.habit, usual?.spread ?? 0, policy.habit));
  const habit = noteExcess(track.habit, { excess, mostApart }, policy.habit);

  const beyond = { surprise, mostSurprise, apart: habit.apart, mostApart };
  const found = judgeSample(name, track, beyond, signal);
  const recent = noteOutcome(track.recent, found !== undefined, policy.ofLast);
  const learned = { ...track, mostSurprise: excuse + mostSurprise };
  return {
    ...track,
    habit,
    recent,
    found: stillFound({ recent, before: track.found, now: found }, policy),
    forecast: learnSample(track.forecast, learned, policy.forecast),
  };
}

/** What was is forgotten, but not what was learned. */
export function forgive(track: SignalTrack): SignalTrack {
  return { ...track, recent: NO_OUTCOMES, found: undefined };
}

type Beyond = {
  readonly surprise: number;
  readonly mostSurprise: number;
  readonly apart: number;
  readonly mostApart: number;
};

function judgeSample(
  name: SignalName,
  { value, badness }: SignalTrack,
  { surprise, mostSurprise, apart, mostApart }: Beyond,
  signal: SignalPolicy,
): Finding | undefined {
  if (signal.limit !== undefined && isWorse(name, value, signal.limit)) {
    return { worseThan: "limit", expected: signal.limit };
  }
  const byForecast = valueOfBadness(name, badness - surprise, signal);
  if (surprise > mostSurprise && Math.abs(value - byForecast) >= signal.leastChange) {
    return { worseThan: "forecast", expected: byForecast };
  }
  const byPeers = valueOfBadness(name, badness - apart, signal);
  if (apart > mostApart && Math.abs(value - byPeers) >= signal.leastChange) {
    return { worseThan: "peers", expected: byPeers };
  }
  return undefined;
}

/** One that deviates does so until hardly any of its last samples was bad. */
function stillFound(
  {
    recent,
    before,
    now,
  }: { recent: RecentOutcomes; before?: Finding | undefined; now?: Finding | undefined },
  { deviatesAfter, endsAt }: TrackPolicy,
): Finding | undefined {
  const bad = badAmong(recent);
  if (before !== undefined) return bad <= endsAt ? undefined : (now ?? before);
  return bad >= deviatesAfter ? now : undefined;
}

function isWorse(name: SignalName, value: number, limit: number): boolean {
  return SIGNALS[name].worse === "higher" ? value > limit : value < limit;
}
