/**
 * Grades a node from 0 to 1: what each voice says of it, none below its own floor, and the lowest
 * counts.
 *
 * The lowest, and not a product: then a grade has one reason, and two voices that tell of the same
 * trouble do not punish it twice. Below {@link FIT_GRADE} a node is sick: it is still listed, behind
 * every fit one. Facts and failing probes may go below it, a heartbeat alone may not, and neither may
 * players: anybody may say that he is one, as often as he likes.
 */
import type { HealthState, VoteView } from "../../contract/fleet-view.ts";
import type { HealthPolicy } from "./health-policy.ts";
import { SIGNALS } from "./health-signals.ts";
import type { NodeHealth } from "./node-health.ts";
import type { Deviation } from "./watch-signals.ts";
import { isSeconded } from "./weigh-evidence.ts";

export const FIT_GRADE = 0.5;

export type Grade = {
  readonly grade: number;
  /** What lowers it most, or `well`. */
  readonly reason: string;
};

/** A grade nearer to 1 than this is 1 to every reader. */
const WELL_FROM = 0.975;

export function gradeOf(health: NodeHealth, policy: HealthPolicy, nowMs: number): Grade {
  let lowest: Grade = { grade: STATE_GRADE[health.state], reason: health.reason };
  for (const voice of VOICES) {
    const vote = voice(health, policy, nowMs);
    if (vote !== undefined) lowest = lower(lowest, Math.max(vote.grade, vote.floor), vote.reason);
  }
  return lowest.grade >= WELL_FROM ? { ...lowest, reason: "well" } : lowest;
}

/**
 * What players alone take from the grade of a node that is fit. Those who are there know themselves how
 * they are served, so that it does not count for them: no crowd drives anybody out.
 *
 * @param grade as {@link gradeOf} has it, or lower
 * @returns 0…1
 */
export function complaintAbout(
  { health, grade }: { readonly health: NodeHealth; readonly grade: number },
  policy: HealthPolicy,
  nowMs: number,
): number {
  const { players, compared } = health;
  const deviations = compared?.deviations ?? [];
  const byOthers = deviations.filter((deviation) => !isOfViewers(deviation));
  const hasComplaint = players?.verdict.verdict === "bad" || byOthers.length < deviations.length;
  if (grade < FIT_GRADE || !hasComplaint) return 0;
  const unheard: NodeHealth = {
    ...health,
    players: undefined,
    compared: compared && { ...compared, deviations: byOthers },
  };
  return Math.max(0, gradeOf(unheard, policy, nowMs).grade - grade);
}

function lower(lowest: Grade, grade: number, reason: string): Grade {
  return grade < lowest.grade ? { grade, reason } : lowest;
}

/** At most; of an `up` one only the voices speak. */
const STATE_GRADE: Readonly<Record<HealthState, number>> = {
  up: 1,
  recovering: 0.5,
  draining: 0.2,
  down: 0,
  gone: 0,
};

/** What each voice says that has spoken of late. */
export function votesOf(health: NodeHealth, policy: HealthPolicy, nowMs: number): VoteView[] {
  return VOICES.flatMap((voice) => {
    const vote = voice(health, policy, nowMs);
    if (vote === undefined) return [];
    const { atMs, ...rest } = vote;
    return { ...rest, ageSeconds: Math.max(0, nowMs - atMs) / 1000 };
  });
}

type Vote = Omit<VoteView, "ageSeconds"> & { readonly atMs: number };
type Voice = (health: NodeHealth, policy: HealthPolicy, nowMs: number) => Vote | undefined;
const VOICES: readonly Voice[] = [leaseVote, probeVote, heartbeatVote, playersVote, forecastVote];

function leaseVote({ state, reason, sinceMs, heartbeat }: NodeHealth): Vote | undefined {
  if (state === "gone") return { voice: "lease", grade: 0, floor: 0, reason, atMs: sinceMs };
  if (heartbeat === undefined) return undefined;
  return { voice: "lease", grade: 1, floor: 0, reason: "lease-held", atMs: heartbeat.atMs };
}

function probeVote({ probes }: NodeHealth, policy: HealthPolicy): Vote | undefined {
  if (probes.goodInRow + probes.badInRow === 0) return undefined;
  const { floor, quickFirstByteMs, slowFirstByteMs, failingGrade } = policy.probes;
  const vote = { voice: "probe", floor, atMs: probes.lastAtMs } as const;
  if (probes.isFailing) return { ...vote, grade: failingGrade, reason: probes.badReason };
  const beyondMs = Math.max(0, (probes.meanFirstByteMs?.mean ?? 0) - quickFirstByteMs);
  const quickness = slowFirstByteMs / (slowFirstByteMs + beyondMs);
  return { ...vote, grade: quickness, reason: quickness < WELL_FROM ? "slow-first-byte" : "well" };
}

function heartbeatVote({ heartbeat }: NodeHealth, policy: HealthPolicy): Vote | undefined {
  if (heartbeat === undefined) return undefined;
  const { floor, busyUntil, busyLoss, wellEventLoopDelayMs, badEventLoopDelayMs } =
    policy.heartbeat;
  const busy = Math.min(1, Math.max(0, heartbeat.load - busyUntil) / (1 - busyUntil));
  const delayed =
    (heartbeat.eventLoopDelayMs - wellEventLoopDelayMs) /
    (badEventLoopDelayMs - wellEventLoopDelayMs);
  // Load is no illness: a grade that fell far with it would send everybody away at once, and then back.
  let worst = lower(NO_COMPLAINT, 1 - busyLoss * busy, "load");
  const loopGrade = 1 - (1 - floor) * Math.min(1, Math.max(0, delayed));
  worst = lower(worst, loopGrade, "event-loop-slow");
  if (heartbeat.disk !== "ok") {
    worst = lower(worst, diskGrade(heartbeat.disk, policy), `disk-${heartbeat.disk}`);
  }
  if (heartbeat.isShedding) worst = lower(worst, policy.heartbeat.sheddingGrade, "shedding");
  if (heartbeat.isLate) worst = lower(worst, policy.heartbeat.lateGrade, "heartbeat-late");
  const { grade, reason } = worst;
  return { voice: "heartbeat", floor, grade, reason, atMs: heartbeat.atMs };
}

const NO_COMPLAINT: Grade = { grade: 1, reason: "well" };

function diskGrade(
  disk: Exclude<NonNullable<NodeHealth["heartbeat"]>["disk"], "ok">,
  { heartbeat }: HealthPolicy,
): number {
  switch (disk) {
    case "recovering":
      return heartbeat.diskRecoveringGrade;
    case "slow":
      return heartbeat.diskSlowGrade;
    case "unavailable":
      return heartbeat.diskUnavailableGrade;
  }
}

function playersVote(health: NodeHealth, policy: HealthPolicy, nowMs: number): Vote | undefined {
  const { players } = health;
  if (players === undefined || nowMs - players.atMs > policy.players.freshForMs) return undefined;
  const floor = playersFloor(health, policy, nowMs);
  const { verdict, reason } = players.verdict;
  const grade = verdict === "bad" ? floor : 1;
  return { voice: "players", grade, floor, reason, atMs: players.atMs };
}

function playersFloor(health: NodeHealth, policy: HealthPolicy, nowMs: number): number {
  const { floor, secondedFloor } = policy.players;
  return isSeconded(health, policy, nowMs) ? secondedFloor : floor;
}

function forecastVote(health: NodeHealth, policy: HealthPolicy, nowMs: number): Vote | undefined {
  const { compared } = health;
  const { floor, freshForMs } = policy.forecast;
  if (compared === undefined || nowMs - compared.atMs > freshForMs) return undefined;
  const [worst] = compared.deviations.toSorted((a, b) => costOf(b, policy) - costOf(a, policy));
  return {
    voice: "forecast",
    floor,
    grade: 1 - lossOf(compared.deviations, playersFloor(health, policy, nowMs), policy),
    reason: worst === undefined ? "as-expected" : `${worst.signal}-worse-than-${worst.worseThan}`,
    atMs: compared.atMs,
  };
}

/** What players bring about may not lower the grade further by way of the forecast than by their own vote. */
function lossOf(
  deviations: readonly Deviation[],
  floorOfPlayers: number,
  policy: HealthPolicy,
): number {
  let byViewers = 0;
  let byOthers = 0;
  for (const deviation of deviations) {
    if (isOfViewers(deviation)) byViewers += costOf(deviation, policy);
    else byOthers += costOf(deviation, policy);
  }
  return Math.min(1, Math.min(1 - floorOfPlayers, byViewers) + byOthers);
}

/**
 * What players say, and what they make: a node that nobody is sent to for what they say sends less than
 * was foretold, and that must not be a second word against it.
 */
function isOfViewers({ signal }: Deviation): boolean {
  return SIGNALS[signal].origin === "players" || SIGNALS[signal].isSteered === true;
}

function costOf({ signal }: Deviation, policy: HealthPolicy): number {
  return policy.forecast.signals[signal].cost;
}
