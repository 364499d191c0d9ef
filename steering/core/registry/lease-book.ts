/**
 * Holds the leases of a whole fleet in the order in which they end, so that a heartbeat, and a look at
 * what has run out, cost the same with ten members and with ten thousand.
 *
 * All leases are equally long: who renews goes to the end of a queue, and who stands first ends first.
 * What to do with a lease is decided in registry.ts and lapse-leases.ts; this only keeps it.
 */
import type { Heartbeat, Registration } from "../../contract/appliance-lease.ts";
import {
  decideLapses,
  evictionLimit,
  isTooQuiet,
  type RunOutMember,
  type SpareReason,
} from "./lapse-leases.ts";
import {
  decideCancellation,
  decideHeartbeat,
  decideRegistration,
  holdsLease,
  type Member,
  type RegistryDecision,
  type RegistryPolicy,
} from "./registry.ts";
import { restoredMember } from "./stored-member.ts";

export type LeaseBookOptions = {
  readonly policy: RegistryPolicy;
  readonly random: () => number;
  /** Ids of pathways that are not ours: no appliance may have one. */
  readonly isReserved?: (id: string) => boolean;
};

/** What time has done to the leases since it was last asked. */
export type Settlement = {
  readonly ended: readonly Member[];
  /** Overdue from now on; each is named once. */
  readonly spared: readonly { readonly member: Member; readonly reason: SpareReason }[];
  /** Ended so long ago that no session needs them. */
  readonly forgotten: readonly string[];
};

const NOTHING: Settlement = { ended: [], spared: [], forgotten: [] };

export class LeaseBook {
  readonly #policy: RegistryPolicy;
  readonly #random: () => number;
  readonly #isReserved: (id: string) => boolean;
  readonly #members = new Map<string, Member>();
  /** Who stands where; held ones by the end of their lease, for a `Set` keeps its order. */
  readonly #held = new Set<string>();
  readonly #overdue = new Set<string>();
  readonly #ended = new Set<string>();
  readonly #knownDead = new Set<string>();
  /** Before this, nothing can have run out: looking into the queue each time would be dear. */
  #nextLapseAtMs = Number.POSITIVE_INFINITY;
  #nextForgettingAtMs = Number.POSITIVE_INFINITY;
  #roundEndsAtMs = Number.NEGATIVE_INFINITY;
  #evictionsLeft = 0;
  #isPreserving = false;

  constructor({ policy, random, isReserved = () => false }: LeaseBookOptions) {
    this.#policy = policy;
    this.#random = random;
    this.#isReserved = isReserved;
  }

  get(id: string): Member | undefined {
    return this.#members.get(id);
  }

  /** Those that are remembered, too. */
  list(): IteratorObject<Member> {
    return this.#members.values();
  }

  get size(): number {
    return this.#members.size;
  }

  /** True while so many are silent that no lease is let run out. */
  get isPreserving(): boolean {
    return this.#isPreserving;
  }

  /** Like each of the three below, after `settle`, so that none is answered on a lease that is over. */
  register(registration: Registration, nowMs: number): RegistryDecision {
    if (this.#isReserved(registration.id)) return { outcome: "refused", reason: "id-taken" };
    return this.#keep(decideRegistration(this.#members, registration, this.#policy, nowMs));
  }

  renew(id: string, heartbeat: Heartbeat, nowMs: number): RegistryDecision {
    return this.#keep(decideHeartbeat(this.#members, { id, heartbeat }, this.#policy, nowMs));
  }

  /** @param incarnation who gives it back; a process that has been superseded may not. */
  cancel(id: string, incarnation: string | undefined, nowMs: number): RegistryDecision {
    return this.#keep(decideCancellation(this.#members, { id, incarnation }, nowMs));
  }

  /** Nothing listens at its address: such a one is not spared, unless it is heard of again. */
  confirmDead(id: string, nowMs: number): void {
    if (!this.#held.has(id) && !this.#overdue.has(id)) return;
    this.#knownDead.add(id);
    if (this.#overdue.has(id)) this.#lapseNoLaterThan(nowMs);
  }

  /** For a start: rows that cannot be believed, or that there is no room for, are dropped. */
  restore(
    rows: Iterable<unknown>,
    nowMs: number,
  ): { readonly restored: readonly Member[]; readonly dropped: number } {
    const restored: Member[] = [];
    let dropped = 0;
    for (const row of rows) {
      const member = restoredMember(row, this.#policy, nowMs);
      if (member === undefined || !this.#hasRoomFor(member.id)) {
        dropped += 1;
      } else {
        this.#file(member);
        restored.push(member);
      }
    }
    return { restored, dropped };
  }

  /** Ends what has run out, as far as it may, and forgets who is long gone. */
  settle(nowMs: number): Settlement {
    if (nowMs < this.#nextLapseAtMs && nowMs < this.#nextForgettingAtMs) return NOTHING;
    const { ended, spared } = nowMs < this.#nextLapseAtMs ? NOTHING : this.#lapse(nowMs);
    return { ended, spared, forgotten: this.#forget(nowMs) };
  }

  #lapse(nowMs: number): Pick<Settlement, "ended" | "spared"> {
    const runOut = this.#runOut(nowMs);
    this.#isPreserving = runOut.length > 0 && isTooQuiet(this.#silence(nowMs), this.#policy);
    if (runOut.length > 0) this.#beginRound(nowMs);
    const lapse = decideLapses(
      {
        runOut,
        isPreserving: this.#isPreserving,
        isKnownDead: (id) => this.#knownDead.has(id),
        evictionsLeft: this.#evictionsLeft,
      },
      this.#policy,
      nowMs,
      this.#random,
    );
    this.#evictionsLeft -= lapse.ended.length;
    const ended = lapse.ended.map((member) => this.#file(withLeaseEnded(member, nowMs)));
    const spared = lapse.spared
      .filter(({ member }) => member.lease.state === "held")
      .map(({ member, reason }) => ({
        member: this.#file(withLeaseOverdue(member, reason)),
        reason,
      }));
    this.#planLapse();
    return { ended, spared };
  }

  /** Those that were spared so far, and those at the head of the queue. */
  #runOut(nowMs: number): RunOutMember[] {
    const runOut = Array.from(this.#overdue, (id) => this.#members.get(id) as RunOutMember);
    for (const id of this.#held) {
      const member = this.#members.get(id) as Member;
      if (holdsLease(member, nowMs)) break;
      runOut.push(member as RunOutMember);
    }
    return runOut;
  }

  /** Whoever falls silent together has missed a heartbeat before the first of their leases ends. */
  #silence(nowMs: number): { members: number; silent: number } {
    const { leaseMs, heartbeatMs } = this.#policy;
    const silentAfterMs = Math.max(heartbeatMs, leaseMs - heartbeatMs);
    const silent = [...this.#overdue];
    for (const id of this.#held) {
      const { reportedAtMs } = this.#members.get(id) as Member;
      if (nowMs - reportedAtMs < silentAfterMs) break;
      silent.push(id);
    }
    return {
      members: this.#held.size + this.#overdue.size - this.#knownDead.size,
      silent: silent.filter((id) => !this.#knownDead.has(id)).length,
    };
  }

  #beginRound(nowMs: number): void {
    if (nowMs < this.#roundEndsAtMs) return;
    this.#roundEndsAtMs = nowMs + this.#policy.eviction.everyMs;
    this.#evictionsLeft = evictionLimit(this.#held.size + this.#overdue.size, this.#policy);
  }

  #planLapse(): void {
    this.#nextLapseAtMs = Number.POSITIVE_INFINITY;
    for (const id of this.#held) {
      this.#lapseNoLaterThan((this.#members.get(id) as RunOutMember).lease.endsAtMs);
      break;
    }
    if (this.#overdue.size > 0) this.#lapseNoLaterThan(this.#roundEndsAtMs);
  }

  #lapseNoLaterThan(atMs: number): void {
    this.#nextLapseAtMs = Math.min(this.#nextLapseAtMs, atMs);
  }

  #forget(nowMs: number): string[] {
    if (nowMs < this.#nextForgettingAtMs) return [];
    this.#nextForgettingAtMs = Number.POSITIVE_INFINITY;
    const forgotten: string[] = [];
    for (const id of this.#ended) {
      const { lease } = this.#members.get(id) as Member;
      if (lease.state !== "ended") continue;
      const atMs = lease.endedAtMs + this.#policy.rememberGoneMs;
      if (nowMs >= atMs) forgotten.push(id);
      else this.#nextForgettingAtMs = Math.min(this.#nextForgettingAtMs, atMs);
    }
    for (const id of forgotten) {
      this.#members.delete(id);
      this.#ended.delete(id);
    }
    return forgotten;
  }

  #hasRoomFor(id: string): boolean {
    return (
      !this.#members.has(id) &&
      !this.#isReserved(id) &&
      this.#members.size < this.#policy.maxAppliances
    );
  }

  #keep(decision: RegistryDecision): RegistryDecision {
    if (decision.outcome === "accepted") {
      // Heard of: whatever was said of it before.
      this.#knownDead.delete(decision.member.id);
      this.#file(decision.member);
    }
    return decision;
  }

  #file(member: Member): Member {
    const { id, lease } = member;
    this.#members.set(id, member);
    this.#held.delete(id);
    this.#overdue.delete(id);
    this.#ended.delete(id);
    switch (lease.state) {
      case "held":
        this.#held.add(id);
        this.#lapseNoLaterThan(lease.endsAtMs);
        break;
      case "overdue":
        this.#overdue.add(id);
        break;
      case "ended":
        this.#knownDead.delete(id);
        this.#ended.add(id);
        this.#nextForgettingAtMs = Math.min(
          this.#nextForgettingAtMs,
          lease.endedAtMs + this.#policy.rememberGoneMs,
        );
    }
    return member;
  }
}

function withLeaseOverdue(member: RunOutMember, reason: SpareReason): Member {
  return { ...member, lease: { state: "overdue", endsAtMs: member.lease.endsAtMs, reason } };
}

/** Whoever was spared is remembered from when it was given up, as viewers were told of it till then. */
function withLeaseEnded(member: RunOutMember, nowMs: number): Member {
  const endedAtMs = member.lease.state === "overdue" ? nowMs : member.lease.endsAtMs;
  return { ...member, lease: { state: "ended", endedAtMs, reason: "lease-expired" } };
}
