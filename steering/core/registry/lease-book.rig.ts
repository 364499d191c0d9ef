/** For tests: a book of leases on a clock that is given, and the few verbs that rules about it need. */

import type { ApplianceReport } from "../../../appliance/contract/appliance-status.ts";
import { seededRandom } from "../../../kernel/seeded-random.ts";
import { LeaseBook } from "./lease-book.ts";
import { leaseStateOf, type RegistryDecision, type RegistryPolicy } from "./registry.ts";

export const POLICY: RegistryPolicy = {
  heartbeatMs: 1_000,
  leaseMs: 3_000,
  rememberGoneMs: 600_000,
  maxAppliances: 100,
  flapping: { maxRegistrations: 4, windowMs: 60_000 },
  eviction: { maxShare: 0.2, everyMs: 1_000 },
  selfPreservation: { minMembers: 4, minSilent: 2, renewingShare: 0.85, preserveForMs: 15_000 },
};

export const REPORT: ApplianceReport = {
  state: "serving",
  activeRequests: 0,
  egressBitsPerSecond: 0,
  capacityBitsPerSecond: 1,
  eventLoopDelayMs: 0,
  ram: { objects: 0, usedBytes: 0, limitBytes: 0 },
  disk: { objects: 0, usedBytes: 0, limitBytes: 0, health: { state: "ok" } },
};

export type BookRig = ReturnType<typeof openBookRig>;

export function openBookRig(changes: Partial<RegistryPolicy> = {}, reserved: string[] = []) {
  const policy = { ...POLICY, ...changes };
  const book = new LeaseBook({
    policy,
    random: seededRandom("lots"),
    isReserved: (id) => reserved.includes(id),
  });
  return {
    book,
    policy,
    register(incarnation: string, nowMs: number, { id = "a", url = "http://a" } = {}): string {
      book.settle(nowMs);
      const registration = { id, region: "east", url, incarnation, report: REPORT };
      return book.register(registration, nowMs).reason;
    },
    heartbeat(incarnation: string, sequence: number, nowMs: number, id = "a"): string {
      book.settle(nowMs);
      return book.renew(id, { incarnation, sequence, report: REPORT }, nowMs).reason;
    },
    /** A registration of which the whole answer matters. */
    attempt(incarnation: string, nowMs: number): RegistryDecision {
      book.settle(nowMs);
      const registration = {
        id: "a",
        region: "east",
        url: "http://a",
        incarnation,
        report: REPORT,
      };
      return book.register(registration, nowMs);
    },
    cancel(incarnation: string | undefined, nowMs: number, id = "a"): string {
      book.settle(nowMs);
      return book.cancel(id, incarnation, nowMs).reason;
    },
    /** Those of which the lease has just ended. */
    ended: (nowMs: number): string[] =>
      book
        .settle(nowMs)
        .ended.map(({ id }) => id)
        .toSorted(),
    stateOf(nowMs: number, id = "a") {
      const member = book.get(id);
      return member === undefined ? "forgotten" : leaseStateOf(member, nowMs);
    },
  };
}
