import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ApplianceReport } from "../../../appliance/contract/appliance-status.ts";
import {
  decideCancellation,
  decideHeartbeat,
  decideRegistration,
  forgettableIds,
  holdsLease,
  lapsedMembers,
  type Member,
  type RegistryDecision,
} from "./registry.ts";

const POLICY = { heartbeatMs: 1_000, leaseMs: 3_000, rememberGoneMs: 600_000, maxAppliances: 2 };
const REPORT: ApplianceReport = {
  state: "serving",
  activeRequests: 0,
  egressBitsPerSecond: 0,
  capacityBitsPerSecond: 1,
  eventLoopDelayMs: 0,
  ram: { objects: 0, usedBytes: 0, limitBytes: 0 },
  disk: { objects: 0, usedBytes: 0, limitBytes: 0, health: { state: "ok" } },
};

/** A registry that is told one thing after the other; each answers `reason`. */
function newRegistry() {
  const members = new Map<string, Member>();
  const keep = (decision: RegistryDecision): string => {
    if (decision.outcome === "accepted") members.set(decision.member.id, decision.member);
    return decision.reason;
  };
  return {
    members,
    register: (incarnation: string, nowMs: number, { id = "a", url = "http://a" } = {}) =>
      keep(
        decideRegistration(
          members,
          { id, region: "east", url, incarnation, report: REPORT },
          POLICY,
          nowMs,
        ),
      ),
    heartbeat: (incarnation: string, sequence: number, nowMs: number, id = "a") =>
      keep(
        decideHeartbeat(
          members,
          { id, heartbeat: { incarnation, sequence, report: REPORT } },
          POLICY,
          nowMs,
        ),
      ),
    cancel: (incarnation: string | undefined, nowMs: number) =>
      keep(decideCancellation(members, { id: "a", incarnation }, nowMs)),
    isHeld(nowMs: number): boolean {
      const member = members.get("a");
      return member !== undefined && holdsLease(member, nowMs);
    },
    /** Ends what has run out, as the shell does, and names it. */
    lapse(nowMs: number): string[] {
      const lapsed = lapsedMembers(members, nowMs);
      for (const member of lapsed) members.set(member.id, member);
      return lapsed.map(({ id }) => id);
    },
  };
}

describe("a lease", () => {
  for (const [nowMs, held] of [
    [1, true],
    [3_000, true],
    [3_001, false],
    [9_000, false],
  ] as const) {
    test(`taken at 1 ms for 3 s, is ${held ? "held" : "over"} at ${nowMs} ms`, () => {
      const registry = newRegistry();
      registry.register("1", 1);
      assert.equal(registry.isHeld(nowMs), held);
    });
  }

  test("runs from the last heartbeat", () => {
    const registry = newRegistry();
    registry.register("1", 1);
    assert.equal(registry.heartbeat("1", 0, 2_001), "renewed");
    assert.equal(registry.isHeld(5_000), true);
    assert.equal(registry.isHeld(5_001), false);
  });
  test("ends once", () => {
    const registry = newRegistry();
    registry.register("1", 1);
    assert.deepEqual(registry.lapse(3_000), []);
    assert.deepEqual(registry.lapse(3_001), ["a"]);
    assert.deepEqual(registry.lapse(3_002), []);
  });
  test("that has ended is not renewed: its holder registers again", () => {
    const registry = newRegistry();
    registry.register("1", 1);
    assert.equal(registry.heartbeat("1", 1, 3_001), "unknown-appliance");
    assert.equal(registry.register("1", 3_002), "registered");
    assert.equal(registry.isHeld(3_002), true);
  });
  test("that is given back has ended", () => {
    const registry = newRegistry();
    registry.register("1", 1);
    assert.equal(registry.cancel(undefined, 2), "cancelled");
    assert.equal(registry.isHeld(3), false);
    assert.equal(registry.cancel(undefined, 4), "unknown-appliance");
  });
});

describe("an incarnation", () => {
  test("that registers later takes the lease", () => {
    const registry = newRegistry();
    registry.register("1", 1);
    assert.equal(registry.register("2", 2), "registered");
    assert.equal(registry.heartbeat("2", 0, 3), "renewed");
  });
  test("that lost the lease neither renews, takes nor ends it", () => {
    const registry = newRegistry();
    registry.register("1", 1);
    registry.register("2", 2);
    assert.equal(registry.heartbeat("1", 9, 3), "superseded-incarnation");
    assert.equal(registry.register("1", 4), "superseded-incarnation");
    assert.equal(registry.cancel("1", 5), "superseded-incarnation");
    assert.equal(registry.isHeld(6), true);
  });
  test("that lost the lease may have it again once its successor is gone", () => {
    const registry = newRegistry();
    registry.register("1", 1);
    registry.register("2", 2);
    assert.equal(registry.register("1", 3_002), "registered");
    assert.equal(registry.heartbeat("2", 1, 3_003), "superseded-incarnation");
  });
  test("that says again where it is, only confirms it", () => {
    const registry = newRegistry();
    registry.register("1", 1);
    assert.equal(registry.register("1", 2), "confirmed");
  });
  test("that has moved begins a new life", () => {
    const registry = newRegistry();
    registry.register("1", 1);
    assert.equal(registry.register("1", 2, { url: "http://elsewhere" }), "registered");
  });
  test("never seen before cannot renew", () => {
    const registry = newRegistry();
    registry.register("1", 1);
    assert.equal(registry.heartbeat("2", 0, 2), "unknown-appliance");
  });
});

describe("a heartbeat", () => {
  test("of an unknown appliance asks it to register", () =>
    assert.equal(newRegistry().heartbeat("1", 0, 1), "unknown-appliance"));
  test("that is overtaken by a later one is refused, and changes nothing", () => {
    const registry = newRegistry();
    registry.register("1", 1);
    registry.heartbeat("1", 5, 2);
    const before = registry.members.get("a");
    assert.equal(registry.heartbeat("1", 4, 3), "stale-sequence");
    assert.equal(registry.members.get("a"), before);
  });
  test("sent twice counts twice: its first answer may have been lost", () => {
    const registry = newRegistry();
    registry.register("1", 1);
    registry.heartbeat("1", 5, 2);
    assert.equal(registry.heartbeat("1", 5, 3), "renewed");
  });
  test("may begin anew with a new incarnation", () => {
    const registry = newRegistry();
    registry.register("1", 1);
    registry.heartbeat("1", 50, 2);
    registry.register("2", 3);
    assert.equal(registry.heartbeat("2", 0, 4), "renewed");
  });
});

describe("the registry", () => {
  test("takes no more than its limit, but lets those it knows return", () => {
    const registry = newRegistry();
    registry.register("1", 1, { id: "a" });
    registry.register("1", 1, { id: "b" });
    assert.equal(registry.register("1", 2, { id: "c" }), "fleet-full");
    assert.equal(registry.register("2", 3, { id: "a" }), "registered");
  });
  test("remembers who is gone for ten minutes", () => {
    const registry = newRegistry();
    registry.register("1", 1);
    registry.lapse(5_000);
    assert.deepEqual(forgettableIds(registry.members, POLICY, 603_000), []);
    assert.deepEqual(forgettableIds(registry.members, POLICY, 603_001), ["a"]);
  });
  test("never forgets who holds a lease", () => {
    const registry = newRegistry();
    registry.register("1", 1);
    assert.deepEqual(forgettableIds(registry.members, POLICY, 9_000_000), []);
  });
});
