/**
 * Watches every signal of every node, and says which of them are worse than they should be: than their
 * own past foretells, than their peers do, or than anybody may be (signal-track.ts).
 *
 * Called once per sweep for the whole fleet. What is learned is kept here, beside the healths, because
 * it changes with every sample and is read by nobody else.
 */
import { comparePeers } from "./compare-peers.ts";
import { type ReadPolicy, SIGNAL_NAMES, SIGNALS, type SignalName } from "./health-signals.ts";
import type { NodeHealth } from "./node-health.ts";
import {
  beyondHabit,
  type Finding,
  forgive,
  judgeTrack,
  type SignalTrack,
  type TrackPolicy,
  takeSample,
} from "./signal-track.ts";
import { TrackTable } from "./track-table.ts";

export type Deviation = Finding & { readonly signal: SignalName; readonly value: number };

export type SignalWatchPolicy = TrackPolicy &
  ReadPolicy & {
    /** One sample of a signal is taken in each slot of so many milliseconds. */
    readonly slotMs: number;
    /** A region with fewer peers than this is compared with the whole fleet. */
    readonly leastPeers: number;
  };

export type WatchedNode = {
  readonly id: string;
  readonly region: string;
  readonly health: NodeHealth;
};

export type Sweep = Generator<undefined, Map<string, readonly Deviation[]>>;

export type SignalWatch = {
  /**
   * Looks at the fleet once, at one signal after the other, and yields in between: a look at thousands
   * of nodes takes a while, and others are waiting. Whoever is not in the fleet is forgotten.
   *
   * @returns of each node that is up what deviates; of the others nothing is learned.
   */
  sweep(nodes: readonly WatchedNode[], nowMs: number): Sweep;
};

/** A node and its row in the table. */
type Watched = { readonly node: WatchedNode; readonly row: number };
/** One signal of a node that is up. */
type Look = Watched & { readonly track: SignalTrack; readonly isFresh: boolean };

/** Peers whose last sample is older than this say nothing of the present. */
const PEERS_FOR_SLOTS = 3;
const NOTHING: readonly Deviation[] = [];

export function watchSignals(policy: SignalWatchPolicy): SignalWatch {
  const table = new TrackTable();
  return {
    *sweep(nodes, nowMs) {
      const slot = Math.floor(nowMs / policy.slotMs);
      const rows = table.rowsFor(nodes.map(({ id }) => id));
      const found = new Map<string, readonly Deviation[]>();
      for (const { id, health } of nodes) if (health.state === "up") found.set(id, NOTHING);
      for (const signal of SIGNAL_NAMES) {
        const looks = nodes.flatMap(
          (node, index) => lookAt(signal, { node, row: rows[index] ?? 0 }, slot) ?? [],
        );
        for (const { node, track } of judgeLooks(signal, looks)) {
          if (track.found === undefined) continue;
          const deviation = { signal, value: track.value, ...track.found };
          found.set(node.id, [...(found.get(node.id) ?? NOTHING), deviation]);
        }
        yield;
      }
      return found;
    },
  };

  function lookAt(name: SignalName, { node, row }: Watched, slot: number): Look | undefined {
    const known = table.read(row, name);
    const isUp = node.health.state === "up";
    const sample = isUp ? SIGNALS[name].read(node.health, policy) : undefined;
    if (sample !== undefined && isNews(known, sample.atMs, slot)) {
      const track = takeSample(name, known, { slot, sample }, policy);
      return { node, row, track, isFresh: true };
    }
    if (known === undefined) return undefined;
    if (isUp && slot - known.slot <= PEERS_FOR_SLOTS) {
      return { node, row, track: known, isFresh: false };
    }
    // Nobody knows what became of it: it begins with a clean slate.
    if (known.recent.seen > 0) table.write(row, name, forgive(known));
    return undefined;
  }

  function judgeLooks(name: SignalName, looks: readonly Look[]): Look[] {
    const usual = new Map<string, number[]>();
    const surprised = new Map<string, number[]>();
    for (const { node, track } of looks) {
      push(usual, node.region, beyondHabit(track));
      if (track.surprise !== undefined) push(surprised, node.region, track.surprise);
    }
    const usualOf = comparePeers(usual, policy.leastPeers);
    const surprisedOf = comparePeers(surprised, policy.leastPeers);
    return looks.map((look) => {
      if (!look.isFresh) return look;
      const { node, row, track } = look;
      const peers = {
        usual: usualOf(node.region, beyondHabit(track)),
        surprised:
          track.surprise === undefined ? undefined : surprisedOf(node.region, track.surprise),
      };
      const judged = judgeTrack(name, track, peers, policy);
      table.write(row, name, judged);
      return { ...look, track: judged };
    });
  }
}

/** All of it at once, where nobody is waiting. */
export function sweepWhole(
  watch: SignalWatch,
  nodes: readonly WatchedNode[],
  nowMs: number,
): Map<string, readonly Deviation[]> {
  const sweep = watch.sweep(nodes, nowMs);
  for (;;) {
    const { done, value } = sweep.next();
    if (done === true) return value;
  }
}

function isNews(known: SignalTrack | undefined, atMs: number, slot: number): boolean {
  return known === undefined || (slot > known.slot && atMs > known.atMs);
}

function push(groups: Map<string, number[]>, key: string, value: number): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [value]);
  else group.push(value);
}
