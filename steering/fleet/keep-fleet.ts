/**
 * Holds what is known of every appliance: its lease, its health and its last probe.
 *
 * Everything that is learned passes through here, core decides what it means, and each change of
 * state is told once, with its reason, to whoever listens.
 */
import type { Heartbeat, Registration } from "../contract/appliance-lease.ts";
import type { ApplianceView, FleetView, HealthState } from "../contract/fleet-view.ts";
import {
  type ApplianceHealth,
  deservesEjection,
  gradeOf,
  type HealthEvent,
  observeAppliance,
} from "../core/health/appliance-health.ts";
import { chooseEjections } from "../core/health/choose-ejections.ts";
import type { ProbeOutcome } from "../core/health/judge-probe.ts";
import {
  isUsable,
  type RankedNode,
  type Ranking,
  rankPathways,
  type Viewer,
} from "../core/ranking/rank-pathways.ts";
import {
  decideCancellation,
  decideHeartbeat,
  decideRegistration,
  forgettableIds,
  lapsedMembers,
  type Member,
  type RegistryDecision,
} from "../core/registry/registry.ts";
import type { SteeringPolicy } from "../profiles.ts";

type StateChange = {
  readonly id: string;
  readonly from: HealthState | "unknown";
  readonly to: HealthState;
  readonly reason: string;
};

export type FleetOptions = {
  readonly policy: SteeringPolicy;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  readonly onChange: (change: StateChange) => void;
};

type Probe = { readonly outcome: ProbeOutcome; readonly atMs: number };

export type Fleet = ReturnType<typeof keepFleet>;

export function keepFleet({ policy, now, onChange }: FleetOptions) {
  const members = new Map<string, Member>();
  const healths = new Map<string, ApplianceHealth>();
  const lastProbes = new Map<string, Probe>();
  const startedAtMs = now();
  let nextEjectionAtMs = startedAtMs;

  function observe(id: string, event: HealthEvent, nowMs: number): void {
    const before = healths.get(id);
    const after = observeAppliance(before, event, policy.health, nowMs);
    healths.set(id, after);
    if (before?.state === after.state) return;
    onChange({ id, from: before?.state ?? "unknown", to: after.state, reason: after.reason });
  }

  /** Ends the leases whose time is up, so that no answer is given on one that has run out. */
  function endLapsedLeases(nowMs: number): void {
    for (const member of lapsedMembers(members, nowMs)) {
      members.set(member.id, member);
      observe(member.id, { kind: "lease-ended", reason: "lease-expired" }, nowMs);
    }
  }

  /** Takes down those that probes speak against, but only some at a time. */
  function ejectJudged(nowMs: number): void {
    if (nowMs < nextEjectionAtMs) return;
    const candidates = Array.from(healths)
      .filter(([, health]) => deservesEjection(health, policy.health))
      .map(([id, { streak }]) => ({ id, badProbesInRow: streak.length }));
    if (candidates.length === 0) return;
    nextEjectionAtMs = nowMs + policy.ejection.everyMs;
    const fleetSize = Array.from(healths.values()).filter(({ state }) => state !== "gone").length;
    for (const id of chooseEjections(candidates, { fleetSize, policy: policy.ejection })) {
      observe(id, { kind: "ejected" }, nowMs);
    }
  }

  function accept(decision: RegistryDecision, nowMs: number): RegistryDecision {
    if (decision.outcome === "refused") return decision;
    const { member, reason } = decision;
    members.set(member.id, member);
    switch (reason) {
      case "registered":
        lastProbes.delete(member.id);
        observe(member.id, { kind: "registered", report: member.report }, nowMs);
        break;
      case "confirmed":
      case "renewed":
        observe(member.id, { kind: "reported", report: member.report }, nowMs);
        break;
      case "cancelled":
        observe(member.id, { kind: "lease-ended", reason: "lease-cancelled" }, nowMs);
    }
    return decision;
  }

  function nodes(): RankedNode[] {
    endLapsedLeases(now());
    return Array.from(members.values(), ({ id, region }) => {
      const { state, isBusy } = healthOf(id);
      return { id, region, state, isBusy };
    });
  }

  function healthOf(id: string): ApplianceHealth {
    const health = healths.get(id);
    if (health === undefined) throw new TypeError(`Appliance ${id} has no health`);
    return health;
  }

  /** Every appliance looks bad, and viewers are told of all of them. */
  function isFailOpen(): boolean {
    const known = nodes();
    return known.length > 0 && !known.some(isUsable);
  }

  return {
    register(registration: Registration): RegistryDecision {
      const nowMs = now();
      endLapsedLeases(nowMs);
      return accept(decideRegistration(members, registration, policy.registry, nowMs), nowMs);
    },

    renew(id: string, heartbeat: Heartbeat): RegistryDecision {
      const nowMs = now();
      endLapsedLeases(nowMs);
      const decision = decideHeartbeat(members, { id, heartbeat }, policy.registry, nowMs);
      return accept(decision, nowMs);
    },

    cancel(id: string, incarnation: string | undefined): RegistryDecision {
      const nowMs = now();
      endLapsedLeases(nowMs);
      return accept(decideCancellation(members, { id, incarnation }, nowMs), nowMs);
    },

    /** @param incarnation of the process that was asked: an answer for an earlier one says nothing. */
    observeProbe(id: string, incarnation: string, outcome: ProbeOutcome): void {
      if (members.get(id)?.incarnation !== incarnation) return;
      const nowMs = now();
      lastProbes.set(id, { outcome, atMs: nowMs });
      observe(id, { kind: "probed", outcome }, nowMs);
    },

    /** Ends leases, forgets who is long gone, and takes down those that probes speak against. */
    sweep(nowMs: number): void {
      endLapsedLeases(nowMs);
      for (const id of forgettableIds(members, policy.registry, nowMs)) {
        members.delete(id);
        healths.delete(id);
        lastProbes.delete(id);
      }
      ejectJudged(nowMs);
    },

    nodes,

    isFailOpen,

    rank: (viewer: Viewer): Ranking => rankPathways(nodes(), viewer),

    /** Of an appliance that was ranked. */
    urlOf(id: string): string {
      const member = members.get(id);
      if (member === undefined) throw new RangeError(`No appliance ${id}`);
      return member.url;
    },
    regionOf: (id: string): string | undefined => members.get(id)?.region,

    /** Those that hold a lease: the others are asked again once they have registered. */
    probeTargets(): { id: string; url: string; incarnation: string; isOnTrial: boolean }[] {
      return Array.from(members.values())
        .filter(({ lease }) => lease.state === "held")
        .map(({ id, url, incarnation }) => ({
          id,
          url,
          incarnation,
          isOnTrial: healthOf(id).state === "recovering",
        }));
    },

    /** When one of these appliances last changed its state. */
    lastChangeAtMs(ids: readonly string[]): number | undefined {
      const times = ids.flatMap((id) => healths.get(id)?.sinceMs ?? []);
      return times.length === 0 ? undefined : Math.max(...times);
    },

    /** True until every appliance that is well has had the time to register. */
    isSettling: (): boolean => now() - startedAtMs < policy.registry.leaseMs,

    view(wallMs: number): FleetView {
      const nowMs = now();
      endLapsedLeases(nowMs);
      return {
        at: new Date(wallMs).toISOString(),
        failOpen: isFailOpen(),
        appliances: Array.from(members.values(), (member) => viewOf(member, nowMs)).toSorted(
          (a, b) => (a.id < b.id ? -1 : 1),
        ),
      };
    },
  };

  function viewOf(member: Member, nowMs: number): ApplianceView {
    const { id, region, url, lease, report } = member;
    const health = healthOf(id);
    const probe = lastProbes.get(id);
    const leaseEndMs = lease.state === "held" ? lease.endsAtMs : lease.endedAtMs;
    return {
      id,
      region,
      url,
      health: {
        state: health.state,
        reason: health.reason,
        grade: gradeOf(health, policy.health),
        forSeconds: (nowMs - health.sinceMs) / 1000,
      },
      leaseEndsInSeconds: (leaseEndMs - nowMs) / 1000,
      heartbeatAgeSeconds: (nowMs - member.reportedAtMs) / 1000,
      probe:
        probe === undefined
          ? null
          : {
              ok: probe.outcome.ok,
              reason: probe.outcome.reason,
              ageSeconds: (nowMs - probe.atMs) / 1000,
              firstByteMs: probe.outcome.ok ? probe.outcome.firstByteMs : null,
            },
      report,
    };
  }
}
