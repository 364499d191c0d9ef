/**
 * Who belongs to the fleet: each appliance holds a lease that its heartbeats renew, and that ends
 * exactly when it says (Eureka's idea, without its doubled expiry).
 *
 * An incarnation names one process. Whoever registers last holds the lease of an id, and the one
 * before it is refused from then on, so that two processes never share an identity. An appliance
 * whose lease has ended is remembered for a while, because sessions that run still list it.
 */
import type { ApplianceReport } from "../../../appliance/contract/appliance-status.ts";
import type { Heartbeat, Registration } from "../../contract/appliance-lease.ts";

export type Member = {
  readonly id: string;
  readonly region: string;
  readonly url: string;
  readonly incarnation: string;
  /** Of the last heartbeat; -1 before the first one. */
  readonly sequence: number;
  readonly report: ApplianceReport;
  readonly reportedAtMs: number;
  readonly lease: MemberLease;
  /** Incarnations that lost the lease to this one, newest first. */
  readonly superseded: readonly string[];
};

type MemberLease =
  | { readonly state: "held"; readonly endsAtMs: number }
  | { readonly state: "ended"; readonly endedAtMs: number; readonly reason: LeaseEnd };
export type LeaseEnd = "lease-expired" | "lease-cancelled";

export type Registry = ReadonlyMap<string, Member>;

export type RegistryPolicy = {
  readonly heartbeatMs: number;
  readonly leaseMs: number;
  readonly rememberGoneMs: number;
  readonly maxAppliances: number;
};

export type RegistryDecision =
  | { readonly outcome: "accepted"; readonly reason: Acceptance; readonly member: Member }
  | { readonly outcome: "refused"; readonly reason: Refusal };

type Acceptance =
  /** Begins a new life: nothing that was known of its health holds any more. */
  | "registered"
  /** The same process says again where it is. */
  | "confirmed"
  | "renewed"
  | "cancelled";
export type Refusal =
  | "unknown-appliance"
  | "superseded-incarnation"
  | "stale-sequence"
  | "fleet-full";

const MAX_SUPERSEDED = 8;

export function decideRegistration(
  registry: Registry,
  registration: Registration,
  policy: RegistryPolicy,
  nowMs: number,
): RegistryDecision {
  const known = registry.get(registration.id);
  if (known === undefined && registry.size >= policy.maxAppliances) {
    return { outcome: "refused", reason: "fleet-full" };
  }
  const isHeld = known !== undefined && holdsLease(known, nowMs);
  if (isHeld && known.superseded.includes(registration.incarnation)) {
    return { outcome: "refused", reason: "superseded-incarnation" };
  }
  const isSameProcess =
    isHeld &&
    known.incarnation === registration.incarnation &&
    known.url === registration.url &&
    known.region === registration.region;
  return {
    outcome: "accepted",
    reason: isSameProcess ? "confirmed" : "registered",
    member: {
      ...registration,
      sequence: isSameProcess ? known.sequence : -1,
      reportedAtMs: nowMs,
      lease: { state: "held", endsAtMs: nowMs + policy.leaseMs },
      superseded: supersededBy(registration.incarnation, known),
    },
  };
}

export function decideHeartbeat(
  registry: Registry,
  { id, heartbeat }: { readonly id: string; readonly heartbeat: Heartbeat },
  policy: RegistryPolicy,
  nowMs: number,
): RegistryDecision {
  const known = registry.get(id);
  if (known === undefined) return { outcome: "refused", reason: "unknown-appliance" };
  if (known.superseded.includes(heartbeat.incarnation) && holdsLease(known, nowMs)) {
    return { outcome: "refused", reason: "superseded-incarnation" };
  }
  // One that we have never seen, or whose lease has ended, must register: its address may be new.
  if (known.incarnation !== heartbeat.incarnation || !holdsLease(known, nowMs)) {
    return { outcome: "refused", reason: "unknown-appliance" };
  }
  // An equal one is the same heartbeat sent again after a lost answer.
  if (heartbeat.sequence < known.sequence) return { outcome: "refused", reason: "stale-sequence" };
  return {
    outcome: "accepted",
    reason: "renewed",
    member: {
      ...known,
      sequence: heartbeat.sequence,
      report: heartbeat.report,
      reportedAtMs: nowMs,
      lease: { state: "held", endsAtMs: nowMs + policy.leaseMs },
    },
  };
}

/** @param incarnation who gives it back; a process that has been superseded may not. */
export function decideCancellation(
  registry: Registry,
  { id, incarnation }: { readonly id: string; readonly incarnation: string | undefined },
  nowMs: number,
): RegistryDecision {
  const known = registry.get(id);
  if (known === undefined || !holdsLease(known, nowMs)) {
    return { outcome: "refused", reason: "unknown-appliance" };
  }
  if (incarnation !== undefined && incarnation !== known.incarnation) {
    return { outcome: "refused", reason: "superseded-incarnation" };
  }
  const lease = { state: "ended", endedAtMs: nowMs, reason: "lease-cancelled" } as const;
  return { outcome: "accepted", reason: "cancelled", member: { ...known, lease } };
}

/** A lease ends at its end, not after it. */
export function holdsLease({ lease }: Member, nowMs: number): boolean {
  return lease.state === "held" && nowMs < lease.endsAtMs;
}

/** The members whose lease has run out since it was last looked at, with the lease ended. */
export function lapsedMembers(registry: Registry, nowMs: number): Member[] {
  return Array.from(registry.values()).flatMap((member) =>
    member.lease.state === "held" && !holdsLease(member, nowMs)
      ? [
          {
            ...member,
            lease: {
              state: "ended" as const,
              endedAtMs: member.lease.endsAtMs,
              reason: "lease-expired" as const,
            },
          },
        ]
      : [],
  );
}

/** The ids of those that have been gone for so long that no session needs them. */
export function forgettableIds(
  registry: Registry,
  policy: RegistryPolicy,
  nowMs: number,
): string[] {
  return Array.from(registry.values())
    .filter(
      ({ lease }) => lease.state === "ended" && nowMs - lease.endedAtMs >= policy.rememberGoneMs,
    )
    .map(({ id }) => id);
}

function supersededBy(incarnation: string, known: Member | undefined): readonly string[] {
  if (known === undefined) return [];
  return [known.incarnation, ...known.superseded]
    .filter((earlier, index, all) => earlier !== incarnation && all.indexOf(earlier) === index)
    .slice(0, MAX_SUPERSEDED);
}
