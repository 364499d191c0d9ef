/**
 * Tracks one appliance's health from its leases, its own reports and our probes.
 *
 * An appliance that is `up` goes down after `downAfter` bad probes in a row, and a refused
 * connection takes it down at once: that is a fact, not a judgement. A `down` one is on trial
 * (`recovering`) from its first good probe and up after `upAfter` of them, so that one lost probe
 * moves nobody. Whether a judged one really goes down is decided for the whole fleet at a time
 * (choose-ejections.ts).
 */
import type { ApplianceReport } from "../../../appliance/contract/appliance-status.ts";
import { type Smoothed, smooth } from "../../../kernel/smoothing.ts";
import type { HealthState } from "../../contract/fleet-view.ts";
import type { LeaseEnd } from "../registry/registry.ts";
import type { ProbeOutcome } from "./judge-probe.ts";

export type ApplianceHealth = {
  readonly state: HealthState;
  /** What decided the state. */
  readonly reason: string;
  readonly sinceMs: number;
  /** How many probes in a row ended alike. */
  readonly streak: { readonly ok: boolean; readonly length: number };
  readonly isDrainingByReport: boolean;
  /** Sends so near to its capacity that others should be asked first. */
  readonly isBusy: boolean;
  readonly load: number;
  readonly firstByteMs: Smoothed | undefined;
};

export type HealthEvent =
  | { readonly kind: "registered"; readonly report: ApplianceReport }
  | { readonly kind: "reported"; readonly report: ApplianceReport }
  | { readonly kind: "probed"; readonly outcome: ProbeOutcome }
  | { readonly kind: "ejected" }
  | { readonly kind: "lease-ended"; readonly reason: LeaseEnd };

export type HealthPolicy = {
  readonly downAfter: number;
  readonly upAfter: number;
  /** Share of its capacity from which it counts as busy, and below which it no longer does. */
  readonly busyFrom: number;
  readonly busyUntil: number;
  /** A time to the first byte at which its grade is halved. */
  readonly slowFirstByteMs: number;
};

const NEW_HEALTH: ApplianceHealth = {
  state: "recovering",
  reason: "registered",
  sinceMs: 0,
  streak: { ok: true, length: 0 },
  isDrainingByReport: false,
  isBusy: false,
  load: 0,
  firstByteMs: undefined,
};

/** @param health undefined for an appliance that was never seen. */
export function observeAppliance(
  health: ApplianceHealth | undefined,
  event: HealthEvent,
  policy: HealthPolicy,
  nowMs: number,
): ApplianceHealth {
  const before = health ?? { ...NEW_HEALTH, sinceMs: nowMs };
  switch (event.kind) {
    case "registered": {
      const fresh = withReport({ ...NEW_HEALTH, sinceMs: nowMs }, event.report, policy);
      return fresh.isDrainingByReport ? { ...fresh, ...DRAINING } : fresh;
    }
    case "reported":
      return afterReport(before, event.report, policy, nowMs);
    case "probed":
      return afterProbe(before, event.outcome, policy, nowMs);
    case "ejected":
      return enter(before, "down", before.reason, nowMs);
    case "lease-ended":
      return enter(before, "gone", event.reason, nowMs);
  }
}

/** Up in name, but our probes say that it should not be. */
export function deservesEjection(health: ApplianceHealth, policy: HealthPolicy): boolean {
  return health.state === "up" && hasFailed(health, policy);
}

/** 1 for an appliance that nothing speaks against, 0 for one that cannot serve. */
export function gradeOf(health: ApplianceHealth, policy: HealthPolicy): number {
  const spareCapacity = 1 - Math.min(1, Math.max(0, health.load - policy.busyUntil));
  const meanMs = health.firstByteMs?.mean ?? 0;
  const quickness = policy.slowFirstByteMs / (policy.slowFirstByteMs + meanMs);
  return STATE_GRADE[health.state] * spareCapacity * quickness;
}

const STATE_GRADE: Readonly<Record<HealthState, number>> = {
  up: 1,
  recovering: 0.5,
  draining: 0.2,
  down: 0,
  gone: 0,
};

const DRAINING = { state: "draining", reason: "reports-draining" } as const;

function afterReport(
  before: ApplianceHealth,
  report: ApplianceReport,
  policy: HealthPolicy,
  nowMs: number,
): ApplianceHealth {
  const health = withReport(before, report, policy);
  switch (health.state) {
    case "up":
    case "recovering":
      return health.isDrainingByReport ? enter(health, "draining", DRAINING.reason, nowMs) : health;
    case "draining":
      if (health.isDrainingByReport) return health;
      return hasProven(health, policy)
        ? enter(health, "up", "drain-ended", nowMs)
        : enter(health, "recovering", "drain-ended", nowMs);
    // What it says of itself does not outweigh that nobody can reach it.
    case "down":
    case "gone":
      return health;
  }
}

function afterProbe(
  before: ApplianceHealth,
  outcome: ProbeOutcome,
  policy: HealthPolicy,
  nowMs: number,
): ApplianceHealth {
  // The answer came after its lease had ended.
  if (before.state === "gone") return before;
  const streak = {
    ok: outcome.ok,
    length: outcome.ok === before.streak.ok ? before.streak.length + 1 : 1,
  };
  if (outcome.ok) {
    const firstByteMs = smooth(before.firstByteMs, outcome.firstByteMs);
    return afterGoodProbe({ ...before, streak, firstByteMs }, policy, nowMs);
  }
  const health = { ...before, streak };
  if (outcome.isFact) return enter(health, "down", outcome.reason, nowMs);
  // One that carries viewers is left to choose-ejections.ts; of it only the reason is noted.
  if (health.state === "up")
    return hasFailed(health, policy) ? { ...health, reason: outcome.reason } : health;
  return hasFailed(health, policy) ? enter(health, "down", outcome.reason, nowMs) : health;
}

function afterGoodProbe(
  health: ApplianceHealth,
  policy: HealthPolicy,
  nowMs: number,
): ApplianceHealth {
  switch (health.state) {
    case "down":
    case "recovering":
      if (health.isDrainingByReport) return enter(health, "draining", DRAINING.reason, nowMs);
      return hasProven(health, policy)
        ? enter(health, "up", "probes-good", nowMs)
        : enter(health, "recovering", "probe-good", nowMs);
    // It failed often enough to go, was spared, and answers again.
    case "up":
      return { ...health, reason: "probes-good" };
    case "draining":
    case "gone":
      return health;
  }
}

function withReport(
  health: ApplianceHealth,
  report: ApplianceReport,
  policy: HealthPolicy,
): ApplianceHealth {
  const load = report.egressBitsPerSecond / report.capacityBitsPerSecond;
  return {
    ...health,
    load,
    isBusy: load >= (health.isBusy ? policy.busyUntil : policy.busyFrom),
    isDrainingByReport: report.state === "draining",
  };
}

/** A state that lasts keeps the time when it began. */
function enter(
  health: ApplianceHealth,
  state: HealthState,
  reason: string,
  nowMs: number,
): ApplianceHealth {
  if (health.state === state) return state === "recovering" ? health : { ...health, reason };
  return { ...health, state, reason, sinceMs: nowMs };
}

function hasFailed({ streak }: ApplianceHealth, policy: HealthPolicy): boolean {
  return !streak.ok && streak.length >= policy.downAfter;
}

function hasProven({ streak }: ApplianceHealth, policy: HealthPolicy): boolean {
  return streak.ok && streak.length >= policy.upAfter;
}
