/**
 * Keeps track of which pathway playback is on, and says when a choice is worth telling: a failover
 * when it leaves, a failback when it has arrived where it was before.
 *
 * One request may be served elsewhere without playback having moved: a single object that is missing
 * on a healthy pathway moves that object only.
 */
import type { FailureReason, MoveReason } from "../../contract/player-events.ts";
import type { PathwayChoice } from "../host/choose-pathway.ts";

export type Whereabouts = {
  readonly current: string | undefined;
  /** Pathways that playback has left, and when. */
  readonly leftAtMs: ReadonlyMap<string, number>;
  /** When a healthy pathway was last left for another. */
  readonly lastMoveMs: number | undefined;
  /** A return that has been decided but has not delivered anything yet. */
  readonly returning: Return | undefined;
};

export type Return = {
  readonly from: string;
  readonly to: string;
  readonly reason: MoveReason;
  readonly awayMs: number;
};

export type Departure = {
  readonly from: string;
  readonly to: string;
  readonly reason: FailureReason | "steering-order" | "under-duress";
};

export const NOWHERE: Whereabouts = {
  current: undefined,
  leftAtMs: new Map(),
  lastMoveMs: undefined,
  returning: undefined,
};

/** The same where pathways are called otherwise from here on. */
export function renameIn(
  { current, leftAtMs, lastMoveMs, returning }: Whereabouts,
  renamed: ReadonlyMap<string, string>,
): Whereabouts {
  const nameOf = (id: string) => renamed.get(id) ?? id;
  return {
    current: current && nameOf(current),
    leftAtMs: new Map(Array.from(leftAtMs, ([id, atMs]) => [nameOf(id), atMs])),
    lastMoveMs,
    returning: returning && {
      ...returning,
      from: nameOf(returning.from),
      to: nameOf(returning.to),
    },
  };
}

/**
 * @param hostFailure why the current pathway's host is avoided; undefined while it is well.
 * @param isRecovery whether the chosen pathway had ever been avoided: returning to it is a recovery.
 */
export function followChoice(
  whereabouts: Whereabouts,
  choice: PathwayChoice,
  facts: {
    readonly hostFailure: FailureReason | undefined;
    readonly isRecovery: boolean;
  },
  nowMs: number,
): { readonly whereabouts: Whereabouts; readonly departure: Departure | undefined } {
  const { current: from } = whereabouts;
  const to = choice.id;
  if (from === undefined)
    return { whereabouts: { ...whereabouts, current: to }, departure: undefined };
  if (from === to) return { whereabouts, departure: undefined };

  // With nobody well, each in turn is tried: playback has moved once one of them has delivered.
  if (choice.reason === "last-resort") return { whereabouts, departure: undefined };
  const moved = leave(whereabouts, from, to, nowMs);
  if (choice.reason !== "moves" && choice.reason !== "spares") {
    // The object is elsewhere, and playback stays.
    if (facts.hostFailure === undefined) return { whereabouts, departure: undefined };
    // A return that failed before it arrived was never told, and neither is its undoing.
    const { returning } = whereabouts;
    if (returning?.to === from && returning.from === to) {
      const leftAtMs = new Map(moved.leftAtMs).set(from, nowMs - returning.awayMs);
      return { whereabouts: { ...moved, leftAtMs }, departure: undefined };
    }
    return { whereabouts: moved, departure: { from, to, reason: facts.hostFailure } };
  }

  const leftMs = whereabouts.leftAtMs.get(to);
  const wish = choice.reason === "spares" ? "under-duress" : "steering-order";
  if (leftMs === undefined) {
    return {
      whereabouts: { ...moved, lastMoveMs: nowMs },
      departure: { from, to, reason: wish },
    };
  }
  const reason = facts.isRecovery && wish === "steering-order" ? "recovered" : wish;
  const returning: Return = { from, to, reason, awayMs: nowMs - leftMs };
  return { whereabouts: { ...moved, lastMoveMs: nowMs, returning }, departure: undefined };
}

/**
 * A body arrived from `pathway`: a return that was decided has now happened, and so has a move to a
 * last resort.
 *
 * @param hostFailure why the current pathway's host is avoided; undefined while it is well.
 */
export function arriveFrom(
  whereabouts: Whereabouts,
  pathway: string,
  hostFailure: FailureReason | undefined,
  nowMs: number,
): {
  readonly whereabouts: Whereabouts;
  readonly arrived: Return | undefined;
  readonly departure: Departure | undefined;
} {
  const { current: from, returning } = whereabouts;
  if (returning?.to === pathway) {
    return {
      whereabouts: { ...whereabouts, returning: undefined },
      arrived: returning,
      departure: undefined,
    };
  }
  const isElsewhere = from !== undefined && from !== pathway;
  if (!isElsewhere || hostFailure === undefined) {
    return { whereabouts, arrived: undefined, departure: undefined };
  }
  return {
    whereabouts: leave(whereabouts, from, pathway, nowMs),
    arrived: undefined,
    departure: { from, to: pathway, reason: hostFailure },
  };
}

function leave(whereabouts: Whereabouts, from: string, to: string, nowMs: number): Whereabouts {
  const leftAtMs = new Map(whereabouts.leftAtMs).set(from, nowMs);
  leftAtMs.delete(to);
  return { ...whereabouts, current: to, leftAtMs, returning: undefined };
}
