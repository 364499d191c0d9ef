/**
 * Tracks one node's health from what is heard of it: its lease, our probes, its heartbeats, the players'
 * verdict, and how its signals compare with what they should be.
 *
 * A refused connection and an ended lease are facts, and take it down or away at once. Everything else
 * is judgement: it lowers the grade (grade-node.ts), and takes a node that carries viewers down only
 * when enough evidence comes together (weigh-evidence.ts), a few nodes at a time (choose-ejections.ts).
 * A `down` one is on trial (`recovering`) from its first good probe, and up after `upAfter` of them in a
 * row that last as long as its recent falls ask for, so that neither one lost probe nor a node that
 * flaps moves viewers about.
 */
import type { ApplianceReport } from "../../../appliance/contract/appliance-status.ts";
import type { HealthState } from "../../contract/fleet-view.ts";
import type { LeaseEnd } from "../registry/registry.ts";
import type { PlayersVerdict } from "../reports/players-verdict.ts";
import { type Falls, NO_FALLS, noteFall, trialMsOf } from "./flap-damping.ts";
import type { HealthPolicy } from "./health-policy.ts";
import { type HeartbeatRecord, readReport } from "./heartbeat-record.ts";
import type { ProbeOutcome } from "./judge-probe.ts";
import { beginAnew, NO_PROBES, noteProbe, type ProbeRecord } from "./probe-record.ts";
import { badAmong } from "./recent-outcomes.ts";
import type { Deviation } from "./watch-signals.ts";

export type NodeHealth = {
  readonly state: HealthState;
  /** What decided the state. */
  readonly reason: string;
  readonly sinceMs: number;
  readonly falls: Falls;
  readonly probes: ProbeRecord;
  /** Undefined for a node that sends none, such as a CDN that is not ours. */
  readonly heartbeat: HeartbeatRecord | undefined;
  readonly players: { readonly verdict: PlayersVerdict; readonly atMs: number } | undefined;
  /** Signals that are worse than they should be, as of the last sweep. */
  readonly compared:
    | { readonly deviations: readonly Deviation[]; readonly atMs: number }
    | undefined;
};

export type HealthEvent =
  /** A new life: nothing that was known of it holds any more, but how often it fell. */
  | { readonly kind: "registered"; readonly report: ApplianceReport | undefined }
  | { readonly kind: "reported"; readonly report: ApplianceReport }
  | { readonly kind: "heartbeat-late" }
  | { readonly kind: "probed"; readonly outcome: ProbeOutcome }
  | { readonly kind: "players-judged"; readonly verdict: PlayersVerdict }
  | { readonly kind: "compared"; readonly deviations: readonly Deviation[] }
  /** `reason` is what spoke against it (weigh-evidence.ts). */
  | { readonly kind: "ejected"; readonly reason: string }
  | { readonly kind: "lease-ended"; readonly reason: LeaseEnd };

/** @param health undefined for a node that was never seen. */
export function observeNode(
  health: NodeHealth | undefined,
  event: HealthEvent,
  policy: HealthPolicy,
  nowMs: number,
): NodeHealth {
  const before = health ?? newHealth(NO_FALLS, nowMs);
  switch (event.kind) {
    case "registered":
      return beginLife(health, event.report, policy, nowMs);
    case "reported":
      return afterReport(before, event.report, policy, nowMs);
    case "heartbeat-late":
      return before.heartbeat === undefined || before.heartbeat.isLate
        ? before
        : { ...before, heartbeat: { ...before.heartbeat, isLate: true } };
    case "probed":
      return afterProbe(before, event.outcome, policy, nowMs);
    case "players-judged":
      return { ...before, players: { verdict: event.verdict, atMs: nowMs } };
    case "compared":
      return { ...before, compared: { deviations: event.deviations, atMs: nowMs } };
    case "ejected":
      return fall(before, { to: "down", reason: event.reason }, policy, nowMs);
    case "lease-ended":
      return event.reason === "lease-expired"
        ? fall(before, { to: "gone", reason: event.reason }, policy, nowMs)
        : enter(before, "gone", event.reason, nowMs);
  }
}

const DRAINING = "reports-draining";

function newHealth(falls: Falls, nowMs: number): NodeHealth {
  return {
    state: "recovering",
    reason: "registered",
    sinceMs: nowMs,
    falls,
    probes: NO_PROBES,
    heartbeat: undefined,
    players: undefined,
    compared: undefined,
  };
}

function beginLife(
  before: NodeHealth | undefined,
  report: ApplianceReport | undefined,
  policy: HealthPolicy,
  nowMs: number,
): NodeHealth {
  // Whoever begins anew without having gone has crashed, and did not even have to be missed.
  const falls =
    before === undefined
      ? NO_FALLS
      : fall(before, { to: "gone", reason: "registered" }, policy, nowMs).falls;
  const fresh = newHealth(falls, nowMs);
  if (report === undefined) return fresh;
  const heartbeat = readReport(undefined, report, policy.heartbeat, nowMs);
  const health = { ...fresh, heartbeat };
  return heartbeat.isDraining ? enter(health, "draining", DRAINING, nowMs) : health;
}

function afterReport(
  before: NodeHealth,
  report: ApplianceReport,
  policy: HealthPolicy,
  nowMs: number,
): NodeHealth {
  const heartbeat = readReport(before.heartbeat, report, policy.heartbeat, nowMs);
  const health = { ...before, heartbeat };
  switch (health.state) {
    case "up":
    case "recovering":
      return heartbeat.isDraining ? enter(health, "draining", DRAINING, nowMs) : health;
    case "draining":
      if (heartbeat.isDraining) return health;
      return hasProven(health, policy, nowMs)
        ? enter(health, "up", "drain-ended", nowMs)
        : enter(health, "recovering", "drain-ended", nowMs);
    // What it says of itself does not outweigh that nobody can reach it.
    case "down":
    case "gone":
      return health;
  }
}

function afterProbe(
  before: NodeHealth,
  outcome: ProbeOutcome,
  policy: HealthPolicy,
  nowMs: number,
): NodeHealth {
  // The answer came after its lease had ended.
  if (before.state === "gone") return before;
  const health = { ...before, probes: noteProbe(before.probes, outcome, policy.probes, nowMs) };
  if (outcome.ok) return afterGoodProbe(health, policy, nowMs);
  const down = { to: "down", reason: outcome.reason } as const;
  if (outcome.isFact) return fall(health, down, policy, nowMs);
  // One that carries viewers is left to choose-ejections.ts; of it only the reason is noted.
  if (health.state === "up") {
    return health.probes.isFailing ? { ...health, reason: outcome.reason } : health;
  }
  const hasFailed = badAmong(health.probes.recent) >= policy.probes.downAfter;
  return hasFailed ? fall(health, down, policy, nowMs) : health;
}

function afterGoodProbe(health: NodeHealth, policy: HealthPolicy, nowMs: number): NodeHealth {
  switch (health.state) {
    case "down":
    case "recovering": {
      const anew =
        health.state === "down" ? { ...health, probes: beginAnew(health.probes) } : health;
      if (health.heartbeat?.isDraining) return enter(anew, "draining", DRAINING, nowMs);
      return hasProven(anew, policy, nowMs)
        ? enter(anew, "up", "probes-good", nowMs)
        : enter(anew, "recovering", "probe-good", nowMs);
    }
    // It failed often enough to go, was spared, and answers again.
    case "up":
      return { ...health, reason: "probes-good" };
    case "draining":
    case "gone":
      return health;
  }
}

/** Answers well often enough and for long enough. */
function hasProven({ probes, falls }: NodeHealth, policy: HealthPolicy, nowMs: number): boolean {
  return (
    probes.goodInRow >= policy.probes.upAfter &&
    nowMs - probes.rowSinceMs >= trialMsOf(falls, policy.damping, nowMs)
  );
}

/** Goes down or away, which counts against it unless it was there for nobody. */
function fall(
  health: NodeHealth,
  { to, reason }: { readonly to: "down" | "gone"; readonly reason: string },
  policy: HealthPolicy,
  nowMs: number,
): NodeHealth {
  const wasThere = health.state === "up" || health.state === "recovering";
  const falls = wasThere ? noteFall(health.falls, policy.damping, nowMs) : health.falls;
  return enter({ ...health, falls }, to, reason, nowMs);
}

/** A state that lasts keeps the time when it began. */
function enter(health: NodeHealth, state: HealthState, reason: string, nowMs: number): NodeHealth {
  if (health.state === state) return state === "recovering" ? health : { ...health, reason };
  return { ...health, state, reason, sinceMs: nowMs };
}
