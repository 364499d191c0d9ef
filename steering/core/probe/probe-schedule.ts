/**
 * Decides which nodes are probed next, within a budget.
 *
 * Every node has its turn at a steady pace. One that is on trial or under suspicion is asked more often
 * and first, because there an answer decides something. Ten thousand nodes at one probe a second would
 * cost more than all their heartbeats, so probes have a budget: in a large fleet the turns become
 * longer, the urgent ones do not. But a part of it is for those who only have their turn: else a crowd on
 * trial would hide that somebody else has died.
 *
 * Turns are kept in a Map, which remembers the order of insertion: who has been asked goes to the end,
 * so the first entry is always the one that has waited longest, and nothing is ever sorted.
 */
export type ProbeTarget = {
  readonly id: string;
  readonly url: string;
  /** Which life of the node: an answer to an earlier one says nothing. */
  readonly incarnation: string;
  /** Undefined: the one that all nodes are asked for. */
  readonly probePath: string | undefined;
  /** A CDN that is not ours is asked as a page would: whether browsers may read its answers is seen thus. */
  readonly asPage: boolean;
};

export type SchedulePolicy = {
  readonly everyMs: number;
  /** On trial or under suspicion. */
  readonly urgentEveryMs: number;
  readonly maxInFlight: number;
  readonly maxPerSecond: number;
};

export type ProbeSchedule = {
  readonly turns: Map<string, Turn>;
  readonly inFlight: Set<string>;
  budget: number;
  /** Of the budget, what is kept from the urgent ones while somebody's turn has come. */
  reserved: number;
  refilledAtMs: number;
};
type Turn = { target: ProbeTarget; askedAtMs: number; dueAtMs: number };

/** How much of a second's budget may be spent at once. */
const BURST_SECONDS = 0.5;
const RESERVED_SHARE = 0.2;

export function newProbeSchedule(policy: SchedulePolicy, nowMs: number): ProbeSchedule {
  return {
    turns: new Map(),
    inFlight: new Set(),
    budget: policy.maxPerSecond * BURST_SECONDS,
    reserved: policy.maxPerSecond * BURST_SECONDS * RESERVED_SHARE,
    refilledAtMs: nowMs,
  };
}

/** Takes in who has come, who has gone, and who lives a new life. */
export function scheduleTargets(schedule: ProbeSchedule, targets: readonly ProbeTarget[]): void {
  const { turns } = schedule;
  const named = new Map(targets.map((target) => [target.id, target]));
  const waiting = Array.from(turns).filter(([id, { target }]) => {
    const now = named.get(id);
    return (
      now?.incarnation === target.incarnation &&
      now.url === target.url &&
      now.probePath === target.probePath
    );
  });
  for (const [id] of waiting) named.delete(id);
  turns.clear();
  // Newcomers first: of them nothing is known.
  for (const [id, target] of named) turns.set(id, { target, askedAtMs: NEVER, dueAtMs: NEVER });
  for (const [id, turn] of waiting) turns.set(id, turn);
}

/**
 * Those to be asked now; they count as being asked until `endProbe`.
 * @param random draws from [0, 1): a tenth of jitter, so that a large fleet spreads by itself.
 */
export function takeProbes(
  schedule: ProbeSchedule,
  urgentIds: Iterable<string>,
  policy: SchedulePolicy,
  { nowMs, random }: { readonly nowMs: number; readonly random: () => number },
): ProbeTarget[] {
  refill(schedule, policy, nowMs);
  const taken: ProbeTarget[] = [];
  const take = (turn: Turn) => {
    const { id } = turn.target;
    schedule.budget -= 1;
    schedule.inFlight.add(id);
    turn.askedAtMs = nowMs;
    turn.dueAtMs = nowMs + policy.everyMs * (0.95 + 0.1 * random());
    schedule.turns.delete(id);
    schedule.turns.set(id, turn);
    taken.push(turn.target);
  };
  const mayTake = () => schedule.budget >= 1 && schedule.inFlight.size < policy.maxInFlight;

  const urgent = new Set(urgentTurns(schedule, urgentIds, policy, nowMs));
  const mayTakeUrgent = isTurnDue(schedule, urgent, nowMs)
    ? () =>
        schedule.budget - schedule.reserved >= 1 &&
        schedule.inFlight.size < policy.maxInFlight * (1 - RESERVED_SHARE)
    : mayTake;
  for (const turn of urgent) {
    if (!mayTakeUrgent()) break;
    take(turn);
    urgent.delete(turn);
  }
  for (const [id, turn] of schedule.turns) {
    if (turn.dueAtMs > nowMs || !mayTake()) break;
    if (schedule.inFlight.has(id) || urgent.has(turn)) continue;
    take(turn);
    schedule.reserved = Math.max(0, schedule.reserved - 1);
  }
  return taken;
}

export function endProbe(schedule: ProbeSchedule, id: string): void {
  schedule.inFlight.delete(id);
}

const NEVER = Number.NEGATIVE_INFINITY;

/** Whether one who is not urgent is to be asked. */
function isTurnDue(
  { turns, inFlight }: ProbeSchedule,
  urgent: ReadonlySet<Turn>,
  nowMs: number,
): boolean {
  for (const [id, turn] of turns) {
    if (turn.dueAtMs > nowMs) return false;
    if (!inFlight.has(id) && !urgent.has(turn)) return true;
  }
  return false;
}

/** Who has waited longest comes first, so that a crowd of urgent ones is served in turn. */
function urgentTurns(
  { turns, inFlight }: ProbeSchedule,
  urgentIds: Iterable<string>,
  policy: SchedulePolicy,
  nowMs: number,
): Turn[] {
  const due: Turn[] = [];
  for (const id of urgentIds) {
    const turn = turns.get(id);
    if (turn === undefined || inFlight.has(id)) continue;
    if (nowMs - turn.askedAtMs >= policy.urgentEveryMs) due.push(turn);
  }
  return due.sort((a, b) => a.askedAtMs - b.askedAtMs);
}

function refill(schedule: ProbeSchedule, policy: SchedulePolicy, nowMs: number): void {
  const seconds = Math.max(0, nowMs - schedule.refilledAtMs) / 1000;
  schedule.refilledAtMs = nowMs;
  const most = Math.max(1, policy.maxPerSecond * BURST_SECONDS);
  schedule.budget = Math.min(most, schedule.budget + seconds * policy.maxPerSecond);
  const mostReserved = most * RESERVED_SHARE;
  const earned = seconds * policy.maxPerSecond * RESERVED_SHARE;
  schedule.reserved = Math.min(mostReserved, schedule.reserved + earned);
}
