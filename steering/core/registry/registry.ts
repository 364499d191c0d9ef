/**
 * Who belongs to the fleet: each appliance holds a lease that its heartbeats renew, and that ends
 * exactly when it says (Eureka's idea, without its doubled expiry).
 *
 * An incarnation names one process. Whoever registers last holds the lease of an id, and the one
 * before it is refused from then on, so that two processes never share an identity. An id that is
 * taken anew again and again is flapping, and must wait. A lease that has run out is held no more,
 * but its holder may be spared for a while (lapse-leases.ts) and is then overdue. An appliance whose
 * lease has ended is remembered, because sessions that run still list it.
 */
import type { ApplianceReport } from "../../../appliance/contract/appliance-status.ts";
import type { Heartbeat, Registration } from "../../contract/appliance-lease.ts";
import { keptReport } from "./kept-report.ts";
import type { LapsePolicy, SpareReason } from "./lapse-leases.ts";

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
  /** When its latest lives began, oldest first; only what tells whether it flaps. */
  readonly bornAtMs: readonly number[];
  /** Known from before steering's own restart, and not heard of since. */
  readonly isRestored: boolean;
};

export type MemberLease =
  | { readonly state: "held"; readonly endsAtMs: number }
  /** It has run out at `endsAtMs`, and was not ended then. */
  | { readonly state: "overdue"; readonly endsAtMs: number; readonly reason: SpareReason }
  | { readonly state: "ended"; readonly endedAtMs: number; readonly reason: LeaseEnd };
export type LeaseEnd = "lease-expired" | "lease-cancelled";
export type LeaseState = MemberLease["state"];

export type Registry = Pick<ReadonlyMap<string, Member>, "get" | "size">;

export type RegistryPolicy = LapsePolicy & {
  readonly heartbeatMs: number;
  readonly leaseMs: number;
  readonly rememberGoneMs: number;
  readonly maxAppliances: number;
  /** So many new lives may one id begin within the window. */
  readonly flapping: { readonly maxRegistrations: number; readonly windowMs: number };
};

export type RegistryDecision =
  | { readonly outcome: "accepted"; readonly reason: Acceptance; readonly member: Member }
  | Refused;
export type Refused =
  | { readonly outcome: "refused"; readonly reason: Exclude<Refusal, "flapping"> }
  | { readonly outcome: "refused"; readonly reason: "flapping"; readonly retryAfterMs: number };

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
  | "fleet-full"
  /** A pathway that is not ours has this id. */
  | "id-taken"
  | "flapping";

export const MAX_SUPERSEDED = 8;

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
  const isHeld = known !== undefined && mayRenew(known, nowMs);
  if (isHeld && known.superseded.includes(registration.incarnation)) {
    return { outcome: "refused", reason: "superseded-incarnation" };
  }
  const isSameProcess =
    isHeld &&
    known.incarnation === registration.incarnation &&
    known.url === registration.url &&
    known.region === registration.region;
  const bornAtMs = lately(known?.bornAtMs ?? [], policy, nowMs);
  const [oldestMs = nowMs] = bornAtMs;
  if (!isSameProcess && bornAtMs.length >= policy.flapping.maxRegistrations) {
    const retryAfterMs = oldestMs + policy.flapping.windowMs - nowMs;
    return { outcome: "refused", reason: "flapping", retryAfterMs };
  }
  return {
    outcome: "accepted",
    reason: isSameProcess ? "confirmed" : "registered",
    member: {
      ...registration,
      sequence: isSameProcess ? known.sequence : -1,
      reportedAtMs: nowMs,
      lease: { state: "held", endsAtMs: nowMs + policy.leaseMs },
      superseded: supersededBy(registration.incarnation, known),
      bornAtMs: isSameProcess ? bornAtMs : [...bornAtMs, nowMs],
      isRestored: false,
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
  if (known.superseded.includes(heartbeat.incarnation) && mayRenew(known, nowMs)) {
    return { outcome: "refused", reason: "superseded-incarnation" };
  }
  // One that we have never seen, or whose lease has ended, must register: its address may be new.
  if (known.incarnation !== heartbeat.incarnation || !mayRenew(known, nowMs)) {
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
      report: keptReport(heartbeat.report, known.report),
      reportedAtMs: nowMs,
      lease: { state: "held", endsAtMs: nowMs + policy.leaseMs },
      isRestored: false,
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
  if (known === undefined || !mayRenew(known, nowMs)) {
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

/** As exact as `holdsLease`: one that has run out is overdue even before anybody has looked. */
export function leaseStateOf(member: Member, nowMs: number): LeaseState {
  const { state } = member.lease;
  return state === "held" && !holdsLease(member, nowMs) ? "overdue" : state;
}

/** One that was spared is believed to be there still, so its heartbeat is as good as in time. */
function mayRenew(member: Member, nowMs: number): boolean {
  return holdsLease(member, nowMs) || member.lease.state === "overdue";
}

function lately(
  timesMs: readonly number[],
  { flapping }: RegistryPolicy,
  nowMs: number,
): readonly number[] {
  return timesMs.filter((atMs) => nowMs - atMs < flapping.windowMs);
}

function supersededBy(incarnation: string, known: Member | undefined): readonly string[] {
  if (known === undefined) return [];
  return [known.incarnation, ...known.superseded]
    .filter((earlier, index, all) => earlier !== incarnation && all.indexOf(earlier) === index)
    .slice(0, MAX_SUPERSEDED);
}
