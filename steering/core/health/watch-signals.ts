/**
 * Watches every signal of every node, and says which of them are worse than they should be: than their
 * own past foretells, than their peers do, or than anybody may be.
 *
 * Called once per sweep for the whole fleet. A surprise that the peers share is nobody's fault, and a
 * single odd sample is noise: k of the last n must be bad. What is learned is kept here, beside the
 * healths, because it changes with every sample and is read by nobody else.
 */
import { comparePeers, type Peers, type PeerValue } from "./compare-peers.ts";
import {
  badnessOf,
  SIGNAL_NAMES,
  SIGNALS,
  type SignalName,
  type SignalPolicy,
  valueOfBadness,
} from "./health-signals.ts";
import type { NodeHealth } from "./node-health.ts";
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

export type Deviation = {
  readonly signal: SignalName;
  readonly worseThan: "forecast" | "peers" | "limit";
  readonly value: number;
  readonly expected: number;
};

export type SignalWatchPolicy = {
  /** One sample of a signal is taken in each slot of so many milliseconds. */
  readonly slotMs: number;
  readonly forecast: ForecastPolicy;
  readonly habit: HabitPolicy;
  /** A region with fewer peers than this is compared with the whole fleet. */
  readonly leastPeers: number;
  /** Deviates from so many bad samples among the last `ofLast` on, until at most `endsAt` are bad. */
  readonly deviatesAfter: number;
  readonly ofLast: number;
  readonly endsAt: number;
  readonly signals: Readonly<Record<SignalName, SignalPolicy>>;
};

export type WatchedNode = {
  readonly id: string;
  readonly region: string;
  readonly health: NodeHealth;
};

export type SignalWatch = {
  /**
   * Looks at the fleet once; whoever is not in it is forgotten.
   *
   * @returns of each node that is up what deviates; of the others nothing is learned.
   */
  sweep(nodes: readonly WatchedNode[], nowMs: number): Map<string, readonly Deviation[]>;
};

/** What is known of one signal of one node. */
type Track = {
  slot: number;
  atMs: number;
  value: number;
  badness: number;
  surprise: number | undefined;
  forecast: SignalForecast;
  habit: SignalHabit;
  recent: RecentOutcomes;
  deviation: Deviation | undefined;
};
type Tracks = Partial<Record<SignalName, Track>>;
/** One signal of a node that is up. */
type Look = { readonly region: string; readonly track: Track; readonly isFresh: boolean };

/** Peers whose last sample is older than this say nothing of the present. */
const PEERS_FOR_SLOTS = 3;
const NOTHING: readonly Deviation[] = [];

export function watchSignals(policy: SignalWatchPolicy): SignalWatch {
  let known = new Map<string, Tracks>();
  return {
    sweep(nodes, nowMs) {
      const slot = Math.floor(nowMs / policy.slotMs);
      const tracksOf = new Map<string, Tracks>();
      for (const { id } of nodes) tracksOf.set(id, known.get(id) ?? {});
      known = tracksOf;
      const up = nodes.filter(({ id, health }) => {
        if (health.state !== "up") for (const track of listTracks(known.get(id))) forgive(track);
        return health.state === "up";
      });
      for (const name of SIGNAL_NAMES) {
        const looks = up.flatMap((node) => look(name, node, known.get(node.id) ?? {}, slot));
        judgeLooks(name, looks, slot, policy);
      }
      return new Map(up.map(({ id }) => [id, deviationsOf(known.get(id))]));
    },
  };

  function look(name: SignalName, node: WatchedNode, tracks: Tracks, slot: number): Look | [] {
    const { region, health } = node;
    const sample = SIGNALS[name].read(health);
    const track = tracks[name];
    const isFresh =
      sample !== undefined &&
      (track === undefined || (slot > track.slot && sample.atMs > track.atMs));
    if (!isFresh) {
      if (track === undefined) return [];
      if (slot - track.slot <= PEERS_FOR_SLOTS) return { region, track, isFresh };
      forgive(track);
      return [];
    }
    const { value, atMs } = sample;
    const badness = badnessOf(name, value, policy.signals[name]);
    const seen = track ?? { ...NEW_TRACK };
    seen.surprise = surpriseOf(seen.forecast, { slot, badness }, policy.forecast);
    Object.assign(seen, { slot, atMs, value, badness });
    tracks[name] = seen;
    return { region, track: seen, isFresh };
  }
}

const NEW_TRACK: Track = {
  slot: Number.NEGATIVE_INFINITY,
  atMs: 0,
  value: 0,
  badness: 0,
  surprise: undefined,
  forecast: NO_FORECAST,
  habit: NO_HABIT,
  recent: NO_OUTCOMES,
  deviation: undefined,
};

function judgeLooks(
  name: SignalName,
  looks: readonly Look[],
  slot: number,
  policy: SignalWatchPolicy,
): void {
  const excesses: PeerValue[] = [];
  const surprises: PeerValue[] = [];
  for (const { region, track } of looks) {
    excesses.push({ region, value: beyondHabit(track) });
    if (track.surprise !== undefined) surprises.push({ region, value: track.surprise });
  }
  const peersOf = comparePeers(excesses, policy.leastPeers);
  const surprisedPeersOf = comparePeers(surprises, policy.leastPeers);
  for (const { region, track, isFresh } of looks) {
    if (!isFresh) continue;
    const peers = peersOf({ region, value: beyondHabit(track) });
    const surprised =
      track.surprise === undefined
        ? undefined
        : surprisedPeersOf({ region, value: track.surprise });
    judge(name, track, { slot, peers, surprised }, policy);
  }
}

/** Decides about one fresh sample, and then learns from it. */
function judge(
  name: SignalName,
  track: Track,
  {
    slot,
    peers,
    surprised,
  }: { slot: number; peers: Peers | undefined; surprised: Peers | undefined },
  policy: SignalWatchPolicy,
): void {
  const signal = policy.signals[name];
  const least = Math.log1p(signal.leastRatio);

  // What surprises the peers too is nobody's fault; that they are well surprised is nobody's either.
  const excuse = Math.max(0, surprised?.median ?? 0);
  const mostSurprise = Math.max(least, noiseLimit(track.forecast, policy.forecast));
  const surprise = track.surprise === undefined ? 0 : track.surprise - excuse;

  const excess = peers === undefined ? Number.NaN : beyondHabit(track) - peers.median;
  const mostApart = Math.max(least, apartLimit(track.habit, peers?.spread ?? 0, policy.habit));
  const habit = noteExcess(track.habit, { excess, mostApart }, policy.habit);

  const expectedBy = (beyond: number) => valueOfBadness(name, track.badness - beyond, signal);
  const isFelt = (beyond: number) =>
    Math.abs(track.value - expectedBy(beyond)) >= signal.leastChange;
  const found = ((): Pick<Deviation, "worseThan" | "expected"> | undefined => {
    if (signal.limit !== undefined && isBeyond(name, track.value, signal.limit)) {
      return { worseThan: "limit", expected: signal.limit };
    }
    if (surprise > mostSurprise && isFelt(surprise)) {
      return { worseThan: "forecast", expected: expectedBy(surprise) };
    }
    if (habit.apart > mostApart && isFelt(habit.apart)) {
      return { worseThan: "peers", expected: expectedBy(habit.apart) };
    }
    return undefined;
  })();

  track.recent = noteOutcome(track.recent, found !== undefined, policy.ofLast);
  track.deviation = nextDeviation(
    track,
    found && { signal: name, value: track.value, ...found },
    policy,
  );
  track.habit = habit;
  track.forecast = learnSample(
    track.forecast,
    { slot, badness: track.badness, mostSurprise: excuse + mostSurprise },
    policy.forecast,
  );
}

/** One that deviates does so until hardly any of its last samples was bad. */
function nextDeviation(
  { recent, deviation }: Track,
  found: Deviation | undefined,
  { deviatesAfter, endsAt }: SignalWatchPolicy,
): Deviation | undefined {
  const bad = badAmong(recent);
  if (deviation !== undefined) return bad <= endsAt ? undefined : (found ?? deviation);
  return bad >= deviatesAfter ? found : undefined;
}

function beyondHabit({ badness, habit }: Track): number {
  return badness - habit.offset;
}

function isBeyond(name: SignalName, value: number, limit: number): boolean {
  return SIGNALS[name].worse === "higher" ? value > limit : value < limit;
}

function forgive(track: Track): void {
  track.recent = NO_OUTCOMES;
  track.deviation = undefined;
}

function listTracks(tracks: Tracks | undefined): Track[] {
  return tracks === undefined ? [] : Object.values(tracks);
}

function deviationsOf(tracks: Tracks | undefined): readonly Deviation[] {
  const found = listTracks(tracks).flatMap(({ deviation }) => deviation ?? []);
  return found.length === 0 ? NOTHING : found;
}
