/**
 * Holds the leases of a whole fleet in the order in which they end, so that a heartbeat, and a look at
 * what has run out, cost the same with ten members and with ten thousand.
 *
 * All leases are equally long: who renews goes to the end of a queue, and who stands first ends first. Whoever
 * has missed a heartbeat moves on to a queue of the quiet, so that they are counted and not searched: half of a
 * fleet may fall silent, and each of its leases is looked at as it runs out, and then once a round.
 * What to do with a lease is decided in registry.ts and lapse-leases.ts; this only keeps it.
 */
import type { Heartbeat, Registration } from "../../contract/appliance-lease.ts";
import {
  decideLapses,
  evictionLimit,
  isTooQuiet,
  type RunOutMember,
  type Silence,
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
  /** Who stands where; those with a lease by its end, for a `Set` keeps its order. */
  readonly #held = new Set<string>();
  /** Held too, but a heartbeat is missing. */
  readonly #quiet = new Set<string>();
  readonly #overdue = new Set<string>();
  readonly #ended = new Set<string>();
  readonly #knownDead = new Set<string>();
  /** Of them, those that are quiet or overdue. */
  readonly #silentDead = new Set<string>();
  /** Overdue ones that have been found dead since they were looked at. */
  readonly #foundDead = new Set<string>();
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
    const isOverdue = this.#overdue.has(id);
    const isQuiet = this.#quiet.has(id);
    if (!this.#held.has(id) && !isQuiet && !isOverdue) return;
    this.#knownDead.add(id);
    if (isQuiet || isOverdue) this.#silentDead.add(id);
    if (!isOverdue) return;
    this.#foundDead.add(id);
    this.#lapseNoLaterThan(nowMs);
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
    const isAnyOut = runOut.length > 0 || this.#overdue.size > 0;
    this.#isPreserving = isAnyOut && isTooQuiet(this.#silence(nowMs), this.#policy);
    if (isAnyOut) this.#beginRound(nowMs);
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

  /**
   * Those at the heads of the queues; and of those that were spared before, all once a round, and in between
   * whoever has been found dead.
   */
  #runOut(nowMs: number): RunOutMember[] {
    const again = nowMs >= this.#roundEndsAtMs ? this.#overdue : this.#foundDead;
    const runOut = Array.from(again, (id) => this.#members.get(id) as RunOutMember);
    this.#foundDead.clear();
    for (const queue of [this.#quiet, this.#held]) {
      for (const id of queue) {
        const member = this.#members.get(id) as Member;
        if (holdsLease(member, nowMs)) break;
        runOut.push(member as RunOutMember);
      }
    }
    return runOut;
  }

  /** Whoever falls silent together has missed a heartbeat before the first of their leases ends. */
  #silence(nowMs: number): Silence {
    const { leaseMs, heartbeatMs } = this.#policy;
    const silentAfterMs = Math.max(heartbeatMs, leaseMs - heartbeatMs);
    for (const id of this.#held) {
      const { reportedAtMs } = this.#members.get(id) as Member;
      if (nowMs - reportedAtMs < silentAfterMs) break;
      this.#held.delete(id);
      this.#quiet.add(id);
      if (this.#knownDead.has(id)) this.#silentDead.add(id);
    }
    return {
      members: this.#standing - this.#knownDead.size,
      silent: this.#quiet.size + this.#overdue.size - this.#silentDead.size,
    };
  }

  /** All that have not ended. */
  get #standing(): number {
    return this.#held.size + this.#quiet.size + this.#overdue.size;
  }

  #beginRound(nowMs: number): void {
    if (nowMs < this.#roundEndsAtMs) return;
    this.#roundEndsAtMs = nowMs + this.#policy.eviction.everyMs;
    this.#evictionsLeft = evictionLimit(this.#standing, this.#policy);
  }

  #planLapse(): void {
    this.#nextLapseAtMs = Number.POSITIVE_INFINITY;
    for (const queue of [this.#quiet, this.#held]) {
      for (const id of queue) {
        this.#lapseNoLaterThan((this.#members.get(id) as RunOutMember).lease.endsAtMs);
        break;
      }
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
    this.#quiet.delete(id);
    this.#overdue.delete(id);
    this.#ended.delete(id);
    this.#silentDead.delete(id);
    this.#foundDead.delete(id);
    switch (lease.state) {
      case "held":
        this.#held.add(id);
        this.#lapseNoLaterThan(lease.endsAtMs);
        break;
      case "overdue":
        this.#overdue.add(id);
        if (this.#knownDead.has(id)) this.#silentDead.add(id);
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
