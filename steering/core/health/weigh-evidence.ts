/**
 * Weighs what speaks for taking a node down that carries viewers: the voices' words add up, each within
 * its bound, and those whom the node serves well speak for it.
 *
 * A voice counts only what it has seen itself. The forecast's share is of our own probes: what players
 * or heartbeats say is counted once, as theirs. So failing probes take a node down unless enough
 * players are served well; a crowd of forged reports never comes to 1 beside good probes, and a forged
 * crowd of praise keeps a dead one up in name only, for its grade has fallen all the same.
 */
import type { HealthPolicy } from "./health-policy.ts";
import { SIGNALS } from "./health-signals.ts";
import type { NodeHealth } from "./node-health.ts";

export type Evidence = {
  /** From 1 on it is enough. */
  readonly weight: number;
  /** Of what weighs most. */
  readonly reason: string;
};

const ENOUGH = 1;
/** For sums of tenths. */
const ROUNDING = 1e-9;

/** Up in name, but what is heard of it says that it should not be. */
export function deservesEjection(health: NodeHealth, policy: HealthPolicy, nowMs: number): boolean {
  return health.state === "up" && weighEvidence(health, policy, nowMs).weight >= ENOUGH - ROUNDING;
}

export function weighEvidence(health: NodeHealth, policy: HealthPolicy, nowMs: number): Evidence {
  const pieces = [
    probesSay(health, policy),
    playersSay(health, policy, nowMs),
    forecastSays(health, policy, nowMs),
    heartbeatSays(health, policy),
  ];
  const heaviest = pieces.reduce((most, piece) => (piece.weight > most.weight ? piece : most));
  const weight = pieces.reduce((sum, piece) => sum + piece.weight, 0);
  return { weight, reason: heaviest.reason };
}

/** Whether a voice other than the players' speaks against a node that answers its probes. */
export function isSeconded(health: NodeHealth, policy: HealthPolicy, nowMs: number): boolean {
  return forecastSays(health, policy, nowMs).weight > 0 || heartbeatSays(health, policy).weight > 0;
}

/** Whether players have complained of late. */
export function doPlayersComplain(
  { players }: NodeHealth,
  policy: HealthPolicy,
  nowMs: number,
): boolean {
  return (
    players !== undefined &&
    players.verdict.verdict === "bad" &&
    nowMs - players.atMs <= policy.players.freshForMs
  );
}

const NONE: Evidence = { weight: 0, reason: "well" };

function probesSay({ probes }: NodeHealth, policy: HealthPolicy): Evidence {
  if (probes.isFailing) {
    // One that answers again is spared for now: the next sweep will know more.
    return probes.badInRow === 0
      ? NONE
      : { weight: policy.probes.evidence, reason: probes.badReason };
  }
  return probes.goodInRow > 0 ? { weight: -policy.probes.praise, reason: "probes-good" } : NONE;
}

function playersSay({ players }: NodeHealth, policy: HealthPolicy, nowMs: number): Evidence {
  const { evidence, praise, freshForMs, enoughSessions } = policy.players;
  if (players === undefined || nowMs - players.atMs > freshForMs) return NONE;
  const { verdict, sessions, reason } = players.verdict;
  if (verdict === "bad") return { weight: evidence, reason };
  return verdict === "good" && sessions >= enoughSessions ? { weight: -praise, reason } : NONE;
}

function forecastSays({ compared }: NodeHealth, policy: HealthPolicy, nowMs: number): Evidence {
  const { evidence, freshForMs } = policy.forecast;
  if (compared === undefined || nowMs - compared.atMs > freshForMs) return NONE;
  const worst = compared.deviations.find(({ signal }) => SIGNALS[signal].origin === "probe");
  return worst === undefined
    ? NONE
    : { weight: evidence, reason: `${worst.signal}-worse-than-${worst.worseThan}` };
}

function heartbeatSays({ heartbeat }: NodeHealth, policy: HealthPolicy): Evidence {
  if (heartbeat === undefined) return NONE;
  const weight = policy.heartbeat.evidence;
  if (heartbeat.isLate) return { weight, reason: "heartbeat-late" };
  if (heartbeat.eventLoopDelayMs >= policy.heartbeat.badEventLoopDelayMs) {
    return { weight, reason: "event-loop-slow" };
  }
  return heartbeat.disk === "unavailable" ? { weight, reason: "disk-unavailable" } : NONE;
}
